import { type ImageId, parseImageId } from '../../image/image-id.ts';
import { type ImageReference, type ParsedReference, parseReference } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { hasStarted } from '../crashes.ts';
import { blockedBy, notCollected, type Observation, observed } from '../observation.ts';
import type { AccessAttempt, ManifestView, RegistryAccess, RegistryCredential } from '../registry-access.ts';
import { matchImage, matchManifests, type NodeCopy, type RunningImage } from '../running-image.ts';
import type { ContainerSnapshot, NodeSnapshot, PodSnapshot } from '../snapshots.ts';

/**
 * What the node runs beside what the tag means now, by the answer that the registry gave anyway. Only where the two differ one more
 * manifest is asked for, and the workload's other pods.
 */
export const runningImage = defineCollector({
  kind: 'runningImage',
  needs: ['pod', 'container', 'reference', 'registryAccess', 'workload', 'node'],
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
    const seen = await compare(asked, answer, {
      ask: (old) => registry.manifest(old, answer.credential, signal),
      platform: async () => platformOf(await read('node')),
    });
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

interface Means {
  readonly ask: (reference: ImageReference) => Promise<AccessAttempt>;
  /** `os/arch` of the node; undefined: not known. */
  readonly platform: () => Promise<string | undefined>;
}

async function compare({ running, image }: Asked, { manifest: now }: Shown, means: Means): Promise<RunningImage> {
  const match = matchImage(running, now);
  const parsed = parseReference(`${running.repository ?? ''}@${running.digest}`);
  // The credential belongs to this registry and to no other that a status may name. Where a GET counts as a pull, none is spent.
  if (match !== 'different' || now.headOnly || !parsed.ok || parsed.reference.registry !== image.registry) {
    return { running, now, match, copies: [] };
  }
  const { outcome } = await means.ask(parsed.reference);
  if (outcome.kind !== 'found') return { running, now, match, copies: [] };
  const closer = matchManifests(outcome.manifest, now, await means.platform());
  return { running, before: outcome.manifest, now, match: closer === 'same' ? 'same' : match, copies: [] };
}

function platformOf(node: Observation<NodeSnapshot>): string | undefined {
  return node.status === 'observed' ? `${node.value.os}/${node.value.arch}` : undefined;
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
