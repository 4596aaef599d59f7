/**
 * Who succeeds with what this pod fails with: the same image, registry, Secret, node? From the list of pods alone. A running pod
 * proves only that its image was there when it started; a contrast is one that asked the registry (policy Always) after this pod had
 * begun to fail, and got its image. Pure.
 */
import { isNearHost } from '../image/near-host.ts';
import { parseReference } from '../image/reference.ts';
import { ownerByLabels } from './owner-by-labels.ts';
import { waitsForImage } from './pull-failures.ts';
import type { Axis, Contrast, NearHost } from './scope.ts';
import type { ContainerSnapshot, PodSnapshot } from './snapshots.ts';

interface Use {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
  readonly registry: string;
}

/** undefined: this pod is not among those that wait for an image. */
export function contrastOf(
  pods: readonly PodSnapshot[],
  subject: { readonly namespace: string; readonly pod: string; readonly container: string },
): Contrast | undefined {
  const own = pods.find(({ namespace, name }) => namespace === subject.namespace && name === subject.pod);
  const waiting = own?.containers.find((one) => one.name === subject.container && waitsForImage(one));
  if (own === undefined || waiting === undefined) return undefined;
  const mine = useOf(own, waiting);
  const failing = pods.flatMap((pod) => {
    const container = pod.deletedAt === undefined ? pod.containers.find(waitsForImage) : undefined;
    return container ? [useOf(pod, container)] : [];
  });
  const running = pods.flatMap((pod) =>
    pod.containers.flatMap((one) => (one.state === 'running' && pod.deletedAt === undefined ? [useOf(pod, one)] : [])),
  );
  const since = waiting.restartCount === 0 ? own.createdAt : undefined;
  const same = axesOf(mine);
  const near = nearHosts(mine, running);
  return {
    ...(since === undefined ? {} : { since }),
    axes: same.map((axis) => measure(axis, { mine, failing, running, since })),
    unrelated: failing.filter((use) => !same.some(({ holds }) => holds(use))).length,
    oneWorkload: new Set(failing.map(workloadOf)).size === 1,
    ...(near.length === 0 ? {} : { near }),
  };
}

const MOST_NEAR = 2;

/** By what runs: a host from which nothing came may be as wrong as this one. */
function nearHosts({ pod, registry }: Use, running: readonly Use[]): readonly NearHost[] {
  const byHost = new Map<string, Use[]>();
  for (const use of running) {
    const uses = byHost.get(use.registry);
    if (uses === undefined) byHost.set(use.registry, [use]);
    else uses.push(use);
  }
  const images = (uses: readonly Use[]) => new Set(uses.map(({ container }) => container.image)).size;
  return [...byHost]
    .filter(([host]) => host !== '' && isNearHost(registry, host))
    .map(([host, uses]) => ({
      host,
      images: images(uses),
      here: images(uses.filter((use) => use.pod.namespace === pod.namespace)),
    }))
    .sort((a, b) => b.here - a.here || b.images - a.images)
    .slice(0, MOST_NEAR);
}

interface AxisOf {
  readonly by: Axis['by'];
  readonly value: string;
  readonly holds: (use: Use) => boolean;
}

function axesOf({ pod, container, registry }: Use): readonly AxisOf[] {
  const secrets = [...new Set(pod.imagePullSecrets)].map(
    (name): AxisOf => ({
      by: 'secret',
      value: `${pod.namespace}/${name}`,
      holds: (use) =>
        use.pod.namespace === pod.namespace && use.pod.imagePullSecrets.includes(name) && use.registry === registry,
    }),
  );
  const { node } = pod;
  return [
    { by: 'image', value: container.image, holds: (use) => use.container.image === container.image },
    ...(registry === ''
      ? []
      : [{ by: 'registry', value: registry, holds: (use: Use) => use.registry === registry } as const]),
    ...secrets,
    ...(node === undefined ? [] : [{ by: 'node', value: node, holds: (use: Use) => use.pod.node === node } as const]),
  ];
}

interface Field {
  readonly mine: Use;
  readonly failing: readonly Use[];
  readonly running: readonly Use[];
  readonly since: number | undefined;
}

function measure({ by, value, holds }: AxisOf, { mine, failing, running, since }: Field): Axis {
  const stuck = failing.filter(holds);
  const well = running.filter((use) => holds(use) && use.pod !== mine.pod);
  const pulled = well.filter(({ container }) => hasPulledSince(container, since));
  const earlier = well.filter((use) => !pulled.includes(use));
  return {
    by,
    value,
    failing: podsIn(stuck),
    ...optional('failingSince', lowest(stuck.flatMap(({ pod }) => pod.createdAt ?? []))),
    failingOn: nodesIn(stuck),
    images: new Set(stuck.map(({ container }) => container.image)).size,
    pulledSince: podsIn(pulled),
    pulledOn: nodesIn(pulled),
    earlier: podsIn(earlier),
    ...optional(
      'lastEarlier',
      highest(earlier.flatMap(({ container, pod }) => container.startedAt ?? pod.createdAt ?? [])),
    ),
  };
}

/** Only `Always` asks the registry whatever the node holds. */
function hasPulledSince({ pullPolicy, startedAt }: ContainerSnapshot, since: number | undefined): boolean {
  return pullPolicy === 'Always' && since !== undefined && startedAt !== undefined && startedAt > since;
}

function useOf(pod: PodSnapshot, container: ContainerSnapshot): Use {
  const parsed = parseReference(container.image);
  return { pod, container, registry: parsed.ok ? parsed.reference.registry : '' };
}

function workloadOf({ pod }: Use): string {
  const owner = ownerByLabels(pod);
  return owner === undefined ? `${pod.namespace}/pod/${pod.name}` : `${pod.namespace}/${owner.kind}/${owner.name}`;
}

function nodesIn(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.flatMap(({ pod }) => pod.node ?? []))].sort();
}

function podsIn(uses: readonly Use[]): number {
  return new Set(uses.map(({ pod }) => pod)).size;
}

function lowest(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b));
}

function highest(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b));
}

function optional<K extends string>(key: K, value: number | undefined): { readonly [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: number });
}
