/** An image that is not built for the pod's node: and would another node do? */
import type { ManifestView } from '../evidence/registry-access.ts';
import type { NodeList, NodeSnapshot } from '../evidence/snapshots.ts';
import { formatPlatform, runsOn } from '../image/platform.ts';
import type { Finding } from './check.ts';
import { count, list } from './words.ts';

/** Node names shown; the count says the rest. */
const MOST_NAMES = 3;

/** `landing`: the nodes where the pod may land, as far as they could be read. */
export function platformMismatch(manifest: ManifestView, node: NodeSnapshot, landing: NodeList | undefined): Finding {
  const fact = `The image exists for ${list(manifest.platforms)}, but node ${node.name} is ${nameOf(node)}.`;
  const fit = (landing?.nodes ?? []).filter((one) => runsOn(one, manifest.platforms) === 'yes');
  return {
    cause: 'platform-mismatch',
    confidence: 'certain',
    because: landing === undefined ? ['registryAccess', 'node'] : ['registryAccess', 'node', 'landing'],
    summary: [fact, ...others(manifest, fit, landing)].join(' '),
    detail: {
      platforms: manifest.platforms,
      node: nameOf(node),
      digest: manifest.digest,
      ...(landing === undefined ? {} : { fittingNodes: fit.slice(0, MOST_NAMES).map(({ name }) => name) }),
    },
    ...(isNowhere(fit, landing, manifest) ? { fix: `Build and push the image for ${nameOf(node)} as well.` } : {}),
    alternatives: [],
  };
}

/** All nodes where it may land are known, and none of them runs it. */
function isNowhere(fit: readonly NodeSnapshot[], landing: NodeList | undefined, { platforms }: ManifestView): boolean {
  if (landing === undefined || landing.truncated || fit.length > 0) return false;
  return landing.nodes.every((one) => runsOn(one, platforms) === 'no');
}

function others(manifest: ManifestView, fit: readonly NodeSnapshot[], landing: NodeList | undefined): string[] {
  if (landing === undefined) return [];
  const all = `${landing.truncated ? 'the first ' : ''}${count(landing.nodes.length, 'node')} where the pod may land`;
  const open = landing.nodes.filter((one) => runsOn(one, manifest.platforms) === 'unknown').length;
  if (fit.length === 0) {
    return open > 0 || landing.truncated
      ? [`Of the ${all}, none is known to run it.`]
      : [
          landing.nodes.length === 1
            ? 'That is the only node where the pod may land.'
            : `None of the ${all} can run it: it must be built for them.`,
        ];
  }
  const names = fit.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = fit.length > names.length ? [`${fit.length - names.length} more`] : [];
  const arches = [...new Set(fit.map(({ arch }) => arch))];
  const steer = arches.length === 1 ? ` (kubernetes.io/arch=${arches[0] ?? ''})` : '';
  return [
    `It works on ${list([...names, ...more])} of the ${all}: build it for both, or keep the pod to those nodes${steer}.`,
  ];
}

function nameOf({ os, arch, osVersion = '' }: NodeSnapshot): string {
  return formatPlatform({ os, arch, osVersion });
}
