/** Pods that wait for an image of one registry with one pull secret: deleted, so that their owner makes new ones that pull at once. */
import type { PodSnapshot } from '../../evidence/snapshots.ts';
import { parseReference } from '../../image/reference.ts';
import { stuckContainers } from '../pods.ts';
import type { RemedyPorts, WriteReceipt } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';
import { refusalOf } from './outcome.ts';

export interface StuckPods {
  /** Their controller makes them again. */
  readonly owned: readonly PodSnapshot[];
  /** Nobody would: left alone. */
  readonly bare: readonly PodSnapshot[];
}

/** Lists them, live. */
export async function stuckPods(
  query: { readonly namespace: string; readonly secret: string; readonly registry: string },
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<{ readonly kind: 'found'; readonly value: StuckPods } | Extract<RemedyOutcome, { kind: 'refused' }>> {
  const list = await ports.reader.pods({ namespace: query.namespace }, signal);
  if (list.status !== 'observed') return refusalOf(`the pods of namespace ${query.namespace}`, list);
  const stuck = list.value.pods.filter(
    (pod) =>
      pod.deletedAt === undefined &&
      pod.imagePullSecrets.includes(query.secret) &&
      stuckContainers(pod).some((container) => registryOf(container.image) === query.registry),
  );
  return {
    kind: 'found',
    value: { owned: stuck.filter((pod) => pod.controller), bare: stuck.filter((pod) => !pod.controller) },
  };
}

/** Deletes the owned ones, each with its uid as precondition; one that is gone already is no failure. */
export async function deleteStuckPods(
  pods: StuckPods,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<readonly WriteReceipt[]> {
  const receipts: WriteReceipt[] = [];
  for (const pod of pods.owned) {
    const result = await ports.writer.deletePod(pod.namespace, pod.name, pod.uid, 'apply', signal);
    if (result.kind === 'done') receipts.push(result.receipt);
  }
  return receipts;
}

function registryOf(image: string): string | undefined {
  const parsed = parseReference(image);
  return parsed.ok ? parsed.reference.registry : undefined;
}
