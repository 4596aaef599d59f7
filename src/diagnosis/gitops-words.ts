/** Whose a workload is when Argo CD or Flux writes it, and where a change of its image belongs. Pure. */
import type { EvidenceKind, EvidenceView } from '../evidence/evidence.ts';
import type { GitOpsOwner } from '../evidence/gitops.ts';
import { type FoundManifest, type GitOpsSource, type ManifestPlace, overridesOf } from '../evidence/gitops-source.ts';
import { describeGap, valueOf } from '../evidence/observation.ts';
import { manifestSelector } from '../image/reference.ts';
import { adviceFor } from './advice.ts';
import type { Cause } from './cause.ts';
import type { Detail, Finding } from './check.ts';
import { list, tidy } from './words.ts';

type View = EvidenceView<'workload' | 'reference' | 'gitopsSource'>;

/** What is mended where the image is written down. */
const IN_MANIFEST: ReadonlySet<Cause> = new Set([
  'tag-not-found',
  'repository-not-found',
  'digest-not-found',
  'image-not-found',
  'invalid-reference',
  'ci-output-lost',
  'ci-silent-fallback',
  'stale-cached-image',
]);

/** Adds where the change belongs to a finding that is mended by one. */
export function withOwner(finding: Finding, evidence: View): Finding {
  if (!IN_MANIFEST.has(finding.cause)) return finding;
  const source = valueOf(evidence.gitopsSource);
  const owner = source?.owner ?? sureOwner(evidence);
  if (owner === undefined) return finding;
  const seen: EvidenceKind = source === undefined ? 'workload' : 'gitopsSource';
  const [first, ...others] = finding.because;
  const where = whereToChange(evidence) ?? bare(owner);
  // What a tag means now is had by a restart; the manifest is for who wants another tag.
  const isStale = finding.cause === 'stale-cached-image';
  const fix = `${adviceFor(finding)} ${isStale ? where.replace(/^It is/, 'To ask for another tag or digest: it is') : where}`;
  const detail = { ...finding.detail, gitops: ownerName(owner), ...placesOf(source) };
  return {
    ...finding,
    because: [first, ...others.filter((kind) => kind !== seen), ...(first === seen ? [] : [seen])],
    fix,
    detail,
  };
}

function sureOwner({ workload }: View): GitOpsOwner | undefined {
  const owner = valueOf(workload)?.gitOps;
  return owner?.isSure ? owner : undefined;
}

function placesOf(source: GitOpsSource | undefined): Detail {
  const manifest = source && valueOf(source.manifest);
  if (manifest === undefined || manifest.places.length === 0) return {};
  return {
    manifests: manifest.places.map((place) => lineOf(manifest, place)),
    manifestUrls: manifest.places.map(({ url }) => url),
  };
}

/** `Argo CD application shop`. */
export function ownerName({ controller, application, namespace }: GitOpsOwner): string {
  const place = namespace === undefined ? application : `${namespace}/${application}`;
  switch (controller) {
    case 'argo-cd':
      return `Argo CD application ${place}`;
    case 'flux-kustomize':
      return `Flux Kustomization ${place}`;
    case 'flux-helm':
      return `Flux HelmRelease ${place}`;
  }
}

function bare(owner: GitOpsOwner): string {
  return `It is owned by ${ownerName(owner)}: change it in the repository that this deploys from, not in the cluster (the controller would write it back).`;
}

const NOT_HERE = 'not in the cluster (the controller would write it back)';

/** One or two sentences; undefined where nothing more than the owner's mark is known. */
export function whereToChange({ gitopsSource, reference }: View): string | undefined {
  const source = valueOf(gitopsSource);
  if (source === undefined) return undefined;
  const { owner, origin, manifest, convention } = source;
  const who = `It is owned by ${ownerName(owner)}`;
  const probably = `probably ${convention}, by the usual layout; nobody looked`;
  if (origin.status !== 'observed') {
    return `${who}: change it in the repository that this deploys from (${probably}), ${NOT_HERE}. Which repository that is could not be told: ${describeGap(`the ${kindOf(owner)}`, origin)}.`;
  }
  const parsed = valueOf(reference);
  const set = parsed?.ok ? overridesOf(origin.value, manifestSelector(parsed.reference)) : [];
  const found = valueOf(manifest);
  const files = found?.places ?? [];
  if (set.length > 0 && !files.some(({ object }) => object === `${kindOf(owner)}/${owner.application}`)) {
    return `${who}, whose own object sets it over the files (${tidy(set.slice(0, 3).join(', '))}): change it where that ${kindOf(owner)} is written down, ${NOT_HERE}.`;
  }
  const from = origin.value.map(
    ({ repoUrl, path, revision }) =>
      `${repoUrl}${path === '' ? '' : `, folder ${path}`}${revision === undefined ? '' : `, at ${revision}`}`,
  );
  const deployed = `which deploys from ${tidy(list(from.slice(0, 3)))}`;
  if (manifest.status !== 'observed') {
    const gap = manifest.status === 'not-collected' ? manifest.reason : describeGap('its files', manifest);
    return `${who}, ${deployed}: change it there (${probably}), ${NOT_HERE}. The file was not looked for: ${gap}.`;
  }
  return `${who}${told(manifest.value, deployed)}`;
}

function told(manifest: FoundManifest, deployed: string): string {
  const { places, changed, read, isComplete, base } = manifest;
  const [first, second] = places;
  if (changed !== undefined) {
    return `. Git is changed already (${lineOf(manifest, changed)} asks for ${tidy(changed.selector)}); the controller has yet to apply it.`;
  }
  if (first === undefined) {
    const more = isComplete ? '' : ', and not all of its files were read';
    return `, ${deployed}: change it there, ${NOT_HERE}. No file that was read writes this image down (${read.length} read${more}).`;
  }
  const pinned = base === undefined ? ' It follows a fixed revision: move that as well.' : '';
  if (second !== undefined) {
    const all = places.slice(0, 5).map((place) => lineOf(manifest, place));
    return `: change it in its repository, ${NOT_HERE}. It is written down in more than one place: ${list(all)}.${pinned}`;
  }
  const shared = first.isShared ? ' That file is outside of its own folder: others may be made of it too.' : '';
  const weak = first.isWeak ? ' (likely: the tag is the same, the image’s name does not stand beside it)' : '';
  return `: change it in ${lineOf(manifest, first)}${weak}, ${NOT_HERE}.${shared}${pinned}`;
}

function lineOf({ repository }: FoundManifest, { path, line }: ManifestPlace): string {
  return `${repository} ${tidy(path)}:${line}`;
}

function kindOf({ controller }: GitOpsOwner): string {
  return { 'argo-cd': 'Application', 'flux-kustomize': 'Kustomization', 'flux-helm': 'HelmRelease' }[controller];
}
