/** Something is there under the name, and no runtime runs it. */
import type { AccessOutcome, ArtifactView, ManifestView } from '../evidence/registry-access.ts';
import type { Finding } from './check.ts';

type Unsupported = Extract<AccessOutcome, { kind: 'unsupported-manifest' }>;

/** A manifest of an old format, or of no image. */
export function unsupported({ mediaType, artifact }: Unsupported): Finding {
  if (artifact !== undefined) return ofArtifact(artifact);
  const summary = `The image is there, but in the format ${mediaType}, which current runtimes refuse.`;
  return finding(summary, { detail: { mediaType } });
}

/** undefined: as far as the manifest tells, it is an image. */
export function noImage({ artifact, listsNothing, mediaType, digest }: ManifestView): Finding | undefined {
  if (artifact !== undefined) return ofArtifact(artifact);
  if (listsNothing !== true) return undefined;
  const fix = 'Push the images first and then the index again; or ask for another tag.';
  const summary = 'The tag is an index that lists no image at all, so there is nothing to pull.';
  return { ...finding(summary, { detail: { mediaType, digest } }), confidence: 'certain', fix };
}

/** Where the runtime ends that took it all the same (containerd 2.4: "no command specified"). */
const NOT_MADE: ReadonlySet<unknown> = new Set(['CreateContainerError', 'RunContainerError', 'StartError']);

/** What was taken for an image and is none is why no container comes of it; undefined: nothing shows that. */
export function takenForImage(state: readonly Finding[], shown: readonly Finding[]): Finding | undefined {
  const artifact = shown.find(({ detail }) => typeof detail['artifact'] === 'string');
  if (artifact === undefined || !state.some(({ detail }) => NOT_MADE.has(detail['reason']))) return undefined;
  const because: Finding['because'] = ['registryAccess', 'container'];
  return { ...artifact, because, summary: `${artifact.summary} The node took it and cannot make a container of it.` };
}

function ofArtifact({ name, type }: ArtifactView): Finding {
  const summary = `What is there is ${name} (${type}), not a container image: a runtime cannot run it.`;
  const fix = name.includes('Helm')
    ? 'Ask for the image itself, whose name the chart’s values hold; the chart is installed with helm.'
    : 'Ask for the image itself: something else was pushed under this name.';
  return { ...finding(summary, { detail: { artifact: name, mediaType: type } }), fix };
}

function finding(summary: string, { detail }: Pick<Finding, 'detail'>): Finding {
  return {
    cause: 'manifest-unsupported',
    confidence: 'likely',
    because: ['registryAccess'],
    summary,
    detail,
    alternatives: [],
  };
}
