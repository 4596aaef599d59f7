/** What the contrast with other pods narrows a failure down to, and who should look. Never more than the pods show. */
import { formatTime } from '../clock.ts';
import type { Axis, Contrast, FailingPod } from '../evidence/scope.ts';
import { familyOf } from './catalogue.ts';
import { isMute } from './explains.ts';
import { count, list, minuteOf, tidy } from './words.ts';

export interface Narrowed {
  readonly to: 'node' | 'secret' | 'image' | 'workload' | 'registry' | 'open';
  /** A sentence without its full stop. */
  readonly note: string;
}

/** The narrowest reading that the pods allow; `open` where nothing has been pulled since that would tell. `failing`: what each node says. */
export function narrow(contrast: Contrast, failing: readonly Pick<FailingPod, 'registry' | 'kind'>[] = []): Narrowed {
  const axis = (by: Axis['by']) => contrast.axes.find((one) => one.by === by);
  const registry = axis('registry');
  if (registry === undefined) return { to: 'open', note: '' };
  const since = contrast.since === undefined ? '' : ` since ${minuteOf(formatTime(contrast.since))}`;
  const others = `${count(registry.pulledSince, 'other pod')} pulled from ${registry.value}${since}`;
  if (registry.pulledSince === 0) return alike(contrast, registry, failing);
  const image = axis('image');
  // One image on one node says nothing about the node: it may be the image.
  const isSeveral = registry.images > 1 || (image?.pulledSince ?? 0) > 0;
  const shared = isSeveral ? (oneNode(registry, others) ?? oneSecret(registry, axis('secret'), others)) : undefined;
  if (shared !== undefined) return shared;
  if (image !== undefined && image.failing === registry.failing && image.pulledSince === 0) {
    const who = contrast.oneWorkload ? 'one workload' : 'one image';
    const note = `${who} fails, while ${others}; look at the image and its credentials [team that deploys]`;
    return { to: contrast.oneWorkload ? 'workload' : 'image', note };
  }
  return { to: 'open', note: `${others}, so the registry answers some of them` };
}

function oneNode({ failingOn, pulledOn }: Axis, others: string): Narrowed | undefined {
  const [node] = failingOn;
  if (node === undefined || failingOn.length > 1 || pulledOn.includes(node)) return undefined;
  const note = `only node ${node} fails: ${others}, on ${list(pulledOn)}; look at that node [platform]`;
  return { to: 'node', note };
}

function oneSecret(registry: Axis, secret: Axis | undefined, others: string): Narrowed | undefined {
  if (secret === undefined || secret.failing !== registry.failing || secret.pulledSince > 0) return undefined;
  const note = `every failing pod uses Secret ${secret.value}, while ${others} without it; look at that Secret [platform]`;
  return { to: 'secret', note };
}

/** Nobody has pulled from it since: it may be the registry, if nothing else fails. */
function alike(
  contrast: Contrast,
  registry: Axis,
  failing: readonly Pick<FailingPod, 'registry' | 'kind'>[],
): Narrowed {
  const past = earlier(registry);
  const words = failing.filter((pod) => pod.registry === registry.value && !isMute(pod.kind)).map(({ kind }) => kind);
  // A registry that refuses one login and has not the other's tag answers both: nothing is wrong with it.
  if (new Set(words.map(familyOf)).size > 1) {
    const note = `pods with images from ${tidy(registry.value)} fail in different ways (${list([...new Set(words)])})${past}`;
    return { to: 'open', note };
  }
  if (registry.images > 1 && words.length > 0 && words.every((kind) => familyOf(kind) === 'reference')) {
    const note = `${registry.images} images of ${tidy(registry.value)}, and it answers for each (${list([...new Set(words)])}): look at the names, and at what the registry holds${past}`;
    return { to: 'open', note };
  }
  if (contrast.unrelated > 0) {
    const note = `not ${tidy(registry.value)} alone: pods fail that share neither image, registry, Secret nor node with this one (${contrast.unrelated})${past}`;
    return { to: 'open', note };
  }
  if (registry.images < 2) return { to: 'open', note: past.replace(/^; /, '') };
  const from = registry.failingSince === undefined ? '' : ` since ${minuteOf(formatTime(registry.failingSince))}`;
  const note = `${registry.images} images of ${tidy(registry.value)}, and nobody is known to have pulled there${from}: look at the registry and the way to it${past}`;
  return { to: 'registry', note };
}

/** Pods that run prove a pull only where it was needed since. */
function earlier({ earlier: pods }: Axis): string {
  return pods === 0 ? '' : `; ${count(pods, 'running pod')} with its images may not have pulled since`;
}
