import { parseImageId } from '../../image/image-id.ts';
import { defineCollector } from '../collector.ts';
import { hasStarted } from '../crashes.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import type { ManifestView, RegistryAccess } from '../registry-access.ts';
import { matchImage, type NodeCopy } from '../running-image.ts';
import type { PodSnapshot } from '../snapshots.ts';

/**
 * What the node runs beside what the tag means now, by the answer that the registry gave anyway. The workload's other pods are listed
 * only where the two differ.
 */
export const runningImage = defineCollector({
  kind: 'runningImage',
  needs: ['pod', 'container', 'reference', 'registryAccess', 'workload'],
  collect: async (read, { cluster, signal }, subject) => {
    const [pod, container, parsed] = await Promise.all([read('pod'), read('container'), read('reference')]);
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    if (container.status !== 'observed') return blockedBy('the container', container);
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    const { imageID } = container.value;
    if (!hasStarted(container.value) || imageID === undefined) return notCollected('the container has not started');
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    if (parsed.value.reference.digest !== undefined) return notCollected('the image is pinned by its digest');
    const running = parseImageId(imageID);
    if (running === undefined) return notCollected('the node names its image in a form that is not known');
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    const now = manifestNow(access.value);
    if (now === undefined) return notCollected('the registry did not show what the tag means now');
    const match = matchImage(running, now);
    if (match !== 'different') return observed({ running, now, match, copies: [] });
    const workload = await read('workload');
    const list =
      workload.status === 'observed'
        ? await cluster.pods({ namespace: subject.namespace, selector: workload.value.selector }, signal)
        : undefined;
    const pods = list?.status === 'observed' && list.value.pods.length > 0 ? list.value.pods : [pod.value];
    return observed({ running, now, match, copies: copiesOf(pods, container.value) });
  },
});

/** As the kubelet would be answered: with the pod's own login before anonymously, with the bot's own last. */
function manifestNow({ attempts }: RegistryAccess): ManifestView | undefined {
  const rank = ['pull-secret', 'anonymous', 'new', 'bot'];
  const found = attempts.flatMap(({ credential, outcome }) =>
    outcome.kind === 'found'
      ? [
          {
            manifest: outcome.manifest,
            rank: rank.indexOf(credential.kind === 'anonymous' ? 'anonymous' : credential.origin),
          },
        ]
      : [],
  );
  return found.toSorted((a, b) => a.rank - b.rank)[0]?.manifest;
}

/** Pods that run the same image name in the same container, by node and digest. */
function copiesOf(pods: readonly PodSnapshot[], like: { readonly name: string; readonly image: string }): NodeCopy[] {
  const copies = new Map<string, NodeCopy>();
  for (const pod of pods) {
    const container = pod.containers.find(({ name, image }) => name === like.name && image === like.image);
    const digest = container && hasStarted(container) ? parseImageId(container.imageID ?? '')?.digest : undefined;
    if (digest === undefined || pod.deletedAt !== undefined) continue;
    const { node = '' } = pod;
    const key = `${node} ${digest}`;
    copies.set(key, { node, digest, pods: [...(copies.get(key)?.pods ?? []), pod.name] });
  }
  return [...copies.values()];
}
