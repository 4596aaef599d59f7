/** Is the image built for the nodes where a new pod may land? For a pod that does not exist yet; where one has a node, `tag-exists` looks at that. */
import type { ManifestView, RegistryAccess } from '../../evidence/registry-access.ts';
import type { NodeList, NodeSnapshot } from '../../evidence/snapshots.ts';
import { type Fit, OPEN, parsePlatform, runsOn } from '../../image/platform.ts';
import { type CheckResult, type Confidence, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { count, list } from '../words.ts';

/** Node names shown; the count says the rest. */
const MOST_NAMES = 5;

export const platformFitsNodes = defineCheck({
  id: 'platform-fits-nodes',
  question: 'Is the image built for the nodes?',
  needs: ['registryAccess', 'nodes'],
  run({ registryAccess, nodes }): CheckResult {
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess, nodes });
    const manifest = manifestIn(registryAccess.value);
    if (manifest === undefined) {
      return { verdict: 'not-applicable', note: 'nobody was shown the image, so its platforms are not known' };
    }
    if (manifest.headOnly === true) {
      const note = 'the registry was asked without pulling (a pull would count), so the platforms are not known';
      return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
    }
    if (manifest.listsNothing === true) {
      return { verdict: 'not-applicable', note: 'the index lists no image at all, for no platform' };
    }
    if (manifest.platforms.length === 0) {
      const note = 'the registry shows one manifest without a list of platforms; a runtime pulls it on any node';
      return { verdict: 'not-applicable', note };
    }
    if (nodes.status !== 'observed') {
      return couldNotLook({ nodes }, `the image is built for ${list(manifest.platforms)}`);
    }
    return compare(manifest, nodes.value);
  },
  command() {
    return 'kubectl get nodes -L kubernetes.io/os,kubernetes.io/arch';
  },
});

function manifestIn({ attempts }: RegistryAccess): ManifestView | undefined {
  for (const { outcome } of attempts) if (outcome.kind === 'found') return outcome.manifest;
  return undefined;
}

/** A node that does not tell its platform proves nothing, and an image for Linux need not run on Windows nodes. */
function compare({ platforms, digest }: ManifestView, { nodes, truncated }: NodeList): CheckResult {
  const known = nodes.filter(({ os, arch }) => os !== '' && arch !== '');
  const by = (fit: Fit) => known.filter((node) => runsOn(node, platforms) === fit);
  const [unfit, fit, open] = [by('no'), by('yes'), by('unknown')];
  if (known.length === 0) {
    return { verdict: 'inconclusive', note: 'no node tells its platform', missing: ['nodes'] };
  }
  const all = `${truncated ? 'the first ' : ''}${count(known.length, 'node')}`;
  if (unfit.length === 0 && open.length > 0) {
    const note = `${fit.length} of ${all} can run it (built for ${list(platforms)}); of ${named(open)} ${OPEN}`;
    return { verdict: 'inconclusive', note, missing: ['nodes'] };
  }
  if (unfit.length === 0) {
    const ruledOut = truncated
      ? []
      : [{ cause: 'platform-mismatch' as const, because: ['registryAccess', 'nodes'] as const }];
    return { verdict: 'pass', note: `all of ${all} can run it (built for ${list(platforms)})`, ruledOut };
  }
  const sameSystem = unfit.filter(({ os }) => platforms.some((platform) => parsePlatform(platform).os === os));
  if (fit.length > 0 && sameSystem.length === 0) {
    const note = `${fit.length} of ${all} can run it; ${named(unfit)} have another operating system`;
    return { verdict: 'pass', note };
  }
  const none = fit.length === 0 && open.length === 0;
  const confidence: Confidence = none && !truncated ? 'certain' : 'possible';
  const where = none
    ? `none of ${all} can run it`
    : `${unfit.length} of ${all} cannot run it; whether the pod may land there depends on its node selector and affinity, which are not known`;
  const summary = `The image is built for ${list(platforms)}, and ${where}: ${named(unfit)}.`;
  return {
    verdict: 'fail',
    note: summary,
    findings: [
      {
        cause: 'platform-mismatch',
        confidence,
        because: ['registryAccess', 'nodes'],
        summary,
        detail: { platforms, nodes: unfit.slice(0, MOST_NAMES).map(({ name }) => name), unfit: unfit.length, digest },
        alternatives: [],
      },
    ],
  };
}

function named(nodes: readonly NodeSnapshot[]): string {
  const shown = nodes.slice(0, MOST_NAMES).map(({ name, os, arch }) => `${name} (${os}/${arch})`);
  const more = nodes.length - shown.length;
  return list(more > 0 ? [...shown, `${more} more`] : shown);
}
