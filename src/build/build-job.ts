/** Jobs in the cluster that build images: what they push, read from their command lines. Facts: kaniko `--destination`, buildctl `--output type=image,name=…`, `buildah push`, `docker push`. */
import { type ImageReference, parseReference } from '../image/reference.ts';

export type Builder = 'kaniko' | 'buildkit' | 'buildah' | 'docker' | 'other';

/** A container of a Job's template: its image, and everything on its command line, `$(NAME)` of its own environment filled in. */
export interface JobContainer {
  readonly image: string;
  readonly words: readonly string[];
}

const BUILDERS: readonly (readonly [RegExp, Builder])[] = [
  [/kaniko/i, 'kaniko'],
  [/buildkit|buildctl|buildx/i, 'buildkit'],
  [/buildah|podman/i, 'buildah'],
  [/\bdocker\b|\bdind\b/i, 'docker'],
  [/\bskopeo\b|\bcrane\b|\bjib\b|\bimg\b|\bmakisu\b|\bpack\b/i, 'other'],
];

/** Which tool a container builds or pushes images with; undefined: none that is known. */
export function builderOf({ image, words }: JobContainer): Builder | undefined {
  const text = [image, ...words].join(' ').slice(0, 20_000);
  return BUILDERS.find(([pattern]) => pattern.test(text))?.[1];
}

export interface Destination {
  readonly reference: ImageReference;
  /** The same registry as well, not only the same path: the builder may know it by another name (Service, node port). */
  readonly sameRegistry: boolean;
}

/** What a build only reads: caches, its arguments, and the sources of a copy. https://github.com/moby/buildkit#cache, kaniko `--cache-repo` */
const ONLY_READ = [
  /--(?:cache-(?:from|to|repo)|import-cache|export-cache|build-arg|build-context|opt)[=\s]+\S+/g,
  /\b(?:docker|podman|buildah|nerdctl|crane|skopeo)\s+(?:image\s+)?(?:pull|run|inspect|from|manifest)\b[^;&|\n]*/g,
  /\b(?:skopeo|crane)\s+(?:copy|cp)(?:\s+--\S+)*\s+\S+/g,
];

/** References on the command lines to the repository of `image`; a tag that is still a variable is left out. */
export function destinationsFor(image: ImageReference, containers: readonly JobContainer[]): readonly Destination[] {
  const lines = containers.filter((one) => builderOf(one) !== undefined).map(({ words }) => words.join(' '));
  return lines.flatMap(candidates).flatMap((text): Destination[] => {
    const parsed = parseReference(text);
    if (!parsed.ok || parsed.reference.repository !== image.repository) return [];
    return [{ reference: parsed.reference, sameRegistry: parsed.reference.registry === image.registry }];
  });
}

/** Words that may be references: `--destination=REF`, `name=REF`, `docker://REF`; whole scripts are taken apart. */
function candidates(line: string): string[] {
  return ONLY_READ.reduce((text, pattern) => text.replaceAll(pattern, ' '), line.slice(0, 20_000))
    .split(/[\s"',;=]+/)
    .map((part) => part.replace(/^docker:\/\//, ''))
    .filter((part) => part.length <= 512 && /^[\w.-]+(?::\d+)?\/[\w./-]+/.test(part) && !part.includes('://'));
}
