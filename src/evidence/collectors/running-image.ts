import { type ImageId, parseImageId } from '../../image/image-id.ts';
import { type ImageReference, type ParsedReference, parseReference } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { hasStarted } from '../crashes.ts';
import { blockedBy, notCollected, type Observation, observed } from '../observation.ts';
import {
  type AccessAttempt,
  anonymous,
  type ManifestView,
  type RegistryAccess,
  type RegistryCredential,
} from '../registry-access.ts';
import {
  isRenamed,
  manifestFor,
  matchImage,
  matchManifests,
  type NodeCopy,
  type RunningImage,
} from '../running-image.ts';
import type { ContainerSnapshot, NodeSnapshot, PodSnapshot } from '../snapshots.ts';

/**
 * What the node runs beside what the tag means now, by the answer that the registry gave anyway. Only where the two differ the manifest
 * that runs is asked for, the platform's of both where they are indexes, and the workload's other pods.
 */
export const runningImage = defineCollector({
  kind: 'runningImage',
  needs: ['pod', 'container', 'reference', 'registryAccess', 'workload', 'node'],
  collect: async (read, { cluster, registry, signal, ownCredential }, { namespace }) => {
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
      // The pod's credential belongs to its image's registry, and to no other that a status may name.
      ask: (old) => {
        const isHere = old.registry === asked.image.registry;
        const login = isHere ? answer.credential : (ownCredential(old.registry) ?? anonymous);
        return registry.manifest(old, login, signal);
      },
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
  // Where a GET counts as a pull, none is spent.
  const before = match !== 'different' || now.headOnly || !parsed.ok ? undefined : await shown(parsed.reference, means);
  const renamed = isRenamed(running, image);
  if (before === undefined || !parsed.ok) {
    return { running, now, match: match === 'different' && renamed ? 'unknown' : match, copies: [] };
  }
  const platform = await means.platform();
  const closer = matchManifests(before, now, platform);
  const told =
    closer === 'different'
      ? matchManifests(
          ...(await Promise.all([
            packed(before, parsed.reference, platform, means),
            packed(now, image, platform, means),
          ])),
          platform,
        )
      : closer;
  if (told === 'same') return { running, before, now, match: 'same', copies: [] };
  return { running, before, now, match: told === 'unknown' && renamed ? 'unknown' : match, copies: [] };
}

async function shown(reference: ImageReference, { ask }: Means): Promise<ManifestView | undefined> {
  const { outcome } = await ask(reference);
  return outcome.kind === 'found' ? outcome.manifest : undefined;
}

/** The platform's own manifest, which tells the config: the same image packed or pushed in another way has another manifest. */
async function packed(
  view: ManifestView,
  { registry, repository }: ImageReference,
  platform: string | undefined,
  means: Means,
): Promise<ManifestView> {
  const digest = view.configDigest === undefined ? manifestFor(view, platform) : undefined;
  const parsed = parseReference(`${registry}/${repository}@${digest ?? ''}`);
  return (parsed.ok && digest !== view.digest ? await shown(parsed.reference, means) : undefined) ?? view;
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
