import { type ImageId, parseImageId } from '../../image/image-id.ts';
import { type ImageReference, type ParsedReference, parseReference } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { hasStarted } from '../crashes.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import type { AccessAttempt, ManifestView, RegistryAccess, RegistryCredential } from '../registry-access.ts';
import { matchImage, type NodeCopy, type RunningImage } from '../running-image.ts';
import type { ContainerSnapshot, PodSnapshot } from '../snapshots.ts';

/**
 * What the node runs beside what the tag means now, by the answer that the registry gave anyway. Only where the two differ one more
 * manifest is asked for, and the workload's other pods.
 */
export const runningImage = defineCollector({
  kind: 'runningImage',
  needs: ['pod', 'container', 'reference', 'registryAccess', 'workload'],
  collect: async (read, { cluster, registry, signal }, { namespace }) => {
    const [pod, container, parsed] = await Promise.all([read('pod'), read('container'), read('reference')]);
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    if (container.status !== 'observed') return blockedBy('the container', container);
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    const asked = comparable(container.value, parsed.value);
    if (typeof asked === 'string') return notCollected(asked);
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    const answer = answerNow(access.value);
    if (answer === undefined) return notCollected('the registry did not show what the tag means now');
    const seen = await compare(asked, answer, (old) => registry.manifest(old, answer.credential, signal));
    if (seen.match !== 'different') return observed(seen);
    const workload = await read('workload');
    const list =
      workload.status === 'observed'
        ? await cluster.pods({ namespace, selector: workload.value.selector }, signal)
        : undefined;
    const pods = list?.status === 'observed' && list.value.pods.length > 0 ? list.value.pods : [pod.value];
    return observed({ ...seen, copies: copiesOf(pods, container.value) });
  },
});

interface Asked {
  readonly running: ImageId;
  readonly image: ImageReference;
}

/** What to compare; a text: why there is nothing to compare. */
function comparable(container: ContainerSnapshot, parsed: ParsedReference): Asked | string {
  if (!hasStarted(container) || container.imageID === undefined) return 'the container has not started';
  if (!parsed.ok) return 'the image reference is not well formed';
  if (parsed.reference.digest !== undefined) return 'the image is pinned by its digest';
  const running = parseImageId(container.imageID);
  if (running === undefined) return 'the node names its image in a form that is not known';
  return { running, image: parsed.reference };
}

type Ask = (reference: ImageReference) => Promise<AccessAttempt>;

async function compare({ running, image }: Asked, { manifest: now }: Shown, ask: Ask): Promise<RunningImage> {
  const match = matchImage(running, now);
  if (match !== 'different') return { running, now, match, copies: [] };
  const runningConfig = await configOf(running, { image, now }, ask);
  if (runningConfig === undefined) return { running, now, match, copies: [] };
  return { running, runningConfig, now, match: runningConfig === now.configDigest ? 'same' : match, copies: [] };
}

/**
 * One image can have several manifests (packed again, or pushed under a second name, and a runtime reports only one of its names): the
 * config tells. Asked only of the registry that was asked anyway, and only where the config of what the tag means now is known.
 */
async function configOf(
  running: ImageId,
  { image, now }: { readonly image: ImageReference; readonly now: ManifestView },
  ask: Ask,
): Promise<string | undefined> {
  const parsed = parseReference(`${running.repository ?? ''}@${running.digest}`);
  // The credential belongs to this registry and to no other that a status may name.
  if (now.configDigest === undefined || !parsed.ok || parsed.reference.registry !== image.registry) return undefined;
  const { outcome } = await ask(parsed.reference);
  return outcome.kind === 'found' ? outcome.manifest.configDigest : undefined;
}

interface Shown {
  readonly manifest: ManifestView;
  readonly credential: RegistryCredential;
}

/** As the kubelet would be answered: with the pod's own login before anonymously, with the bot's own last. */
function answerNow({ attempts }: RegistryAccess): Shown | undefined {
  const rank = ['pull-secret', 'anonymous', 'new', 'bot'];
  const found = attempts.flatMap(({ credential, outcome }) =>
    outcome.kind === 'found'
      ? [{ manifest: outcome.manifest, credential, rank: rank.indexOf(originOf(credential)) }]
      : [],
  );
  return found.toSorted((a, b) => a.rank - b.rank)[0];
}

function originOf(credential: RegistryCredential): string {
  return credential.kind === 'anonymous' ? 'anonymous' : credential.origin;
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
