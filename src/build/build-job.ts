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

/** References on the command lines to the repository of `image`; a tag that is still a variable is left out. */
export function destinationsFor(image: ImageReference, containers: readonly JobContainer[]): readonly Destination[] {
  const words = containers.filter((one) => builderOf(one) !== undefined).flatMap((one) => one.words);
  return words.flatMap(candidates).flatMap((text): Destination[] => {
    const parsed = parseReference(text);
    if (!parsed.ok || parsed.reference.repository !== image.repository) return [];
    return [{ reference: parsed.reference, sameRegistry: parsed.reference.registry === image.registry }];
  });
}

/** Words that may be references: `--destination=REF`, `name=REF`, `docker://REF`; whole scripts are taken apart. */
function candidates(word: string): string[] {
  return word
    .slice(0, 20_000)
    .split(/[\s"',;=]+/)
    .map((part) => part.replace(/^docker:\/\//, ''))
    .filter((part) => part.length <= 512 && /^[\w.-]+(?::\d+)?\/[\w./-]+/.test(part) && !part.includes('://'));
}
