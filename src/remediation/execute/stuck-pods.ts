/** Pods that wait for an image which one entry of one pull secret opens: deleted, so that their owner makes new ones that pull at once. */
import type { PodSnapshot, SecretSnapshot } from '../../evidence/snapshots.ts';
import { lookupCredentials } from '../../image/keyring.ts';
import { stuckContainers } from '../pods.ts';
import type { RemedyPorts, WriteReceipt, WriteResult } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';
import { refusalOf } from './outcome.ts';

export interface StuckPods {
  /** Their controller makes them again, and nothing in them runs yet. */
  readonly owned: readonly PodSnapshot[];
  /** Nobody would make them again, or another container of theirs runs: the kubelet retries there by itself. */
  readonly spared: readonly PodSnapshot[];
}

/** Lists them, live. */
export async function stuckPods(
  { secret, entry }: { readonly secret: SecretSnapshot; readonly entry: string },
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<{ readonly kind: 'found'; readonly value: StuckPods } | Extract<RemedyOutcome, { kind: 'refused' }>> {
  const list = await ports.reader.pods({ namespace: secret.namespace }, signal);
  if (list.status !== 'observed') return refusalOf(`the pods of namespace ${secret.namespace}`, list);
  const opens = (image: string) => lookupCredentials(image, [secret]).tried.some((one) => one.entry === entry);
  const stuck = list.value.pods.filter(
    (pod) =>
      pod.deletedAt === undefined &&
      pod.imagePullSecrets.includes(secret.name) &&
      stuckContainers(pod).some((container) => opens(container.image)),
  );
  return {
    kind: 'found',
    value: { owned: stuck.filter(isReplaceable), spared: stuck.filter((pod) => !isReplaceable(pod)) },
  };
}

/** May they be deleted? Asked of the API server before anything is written; undefined: yes. */
export async function tryDelete(
  { owned }: StuckPods,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<Exclude<WriteResult, { kind: 'done' | 'changed' }> | undefined> {
  const [pod] = owned;
  if (!pod) return undefined;
  const trial = await ports.writer.deletePod(pod.namespace, pod.name, pod.uid, 'dry-run', signal);
  return trial.kind === 'forbidden' || trial.kind === 'failed' ? trial : undefined;
}

/** Deletes the owned ones, each with its uid as precondition; one that is gone, or stays, is no failure: the kubelet retries. */
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

/** A static pod's mirror belongs to its node and cannot be made anew through the API. */
function isReplaceable(pod: PodSnapshot): boolean {
  const runs = pod.containers.some((container) => container.role === 'main' && container.state === 'running');
  return pod.controller !== undefined && pod.controller.kind !== 'Node' && !runs;
}
