/**
 * The Service of a registry has a ready backend, and yet the node got no answer, or a bad one: it came up a moment ago, traffic goes to a
 * port where nobody listens, the node does not serve the node port on its own loopback, or the registry itself is broken.
 */
import { formatTime } from '../clock.ts';
import type { EvidenceView } from '../evidence/evidence.ts';
import { inClusterHost } from '../evidence/in-cluster-host.ts';
import { valueOf } from '../evidence/observation.ts';
import type { AccessAttempt, AccessOutcome } from '../evidence/registry-access.ts';
import type { ContainerSnapshot, PodSnapshot } from '../evidence/snapshots.ts';
import type { PullErrorKind } from '../image/pull-error.ts';
import type { Finding } from './check.ts';
import { readAttempt } from './registry-answers.ts';
import {
  type Backed,
  backingDetail,
  declaredPorts,
  isUnready,
  nameOf,
  past,
  ready,
  standing,
} from './registry-backing.ts';
import { commandLine } from './shell.ts';
import { count, list, minuteOf } from './words.ts';

type Seen = EvidenceView<'pullFailure' | 'registryAccess'>;

/** What a registry that was away for a moment makes the node say. */
const AWAY: ReadonlySet<PullErrorKind> = new Set([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'transfer-interrupted',
  'registry-error',
]);

/** undefined: what is seen of the Service does not explain the node's words. `policies`: `free` where none can be what refuses. */
export function unansweredThough(seen: Backed, evidence: Seen, policies: 'free' | 'unknown'): Finding | undefined {
  const failure = valueOf(evidence.pullFailure);
  const said = failure?.classification.kind;
  if (said === undefined) return undefined;
  const gap = AWAY.has(said) ? gapIn(seen, failure?.at, evidence) : undefined;
  if (gap !== undefined) return wasDown(seen, said, gap);
  if (isLoopback(seen) && !isStrange(seen)) return said === 'connection-refused' ? loopback(seen) : undefined;
  if (said === 'connection-refused' && !answersBot(seen, evidence.registryAccess))
    return refused(seen, evidence, policies);
  return said === 'registry-error' ? broken(seen, evidence) : undefined;
}

/**
 * What the bot met at this registry: what another registry says tells nothing of its mirror, and the bot's own loopback nothing of the
 * node's.
 */
function attemptsAt({ host, mirrorOf }: Backed, access: Seen['registryAccess']): readonly AccessAttempt[] {
  const isOther = mirrorOf !== undefined || inClusterHost(host)?.kind === 'node-itself';
  return isOther ? [] : (valueOf(access)?.attempts ?? []);
}

/** The bot got an answer of the registry itself, good or bad. */
export function answersBot(seen: Backed, access: Seen['registryAccess']): boolean {
  return attemptsAt(seen, access).some(
    (attempt) => wasAnswered(attempt) || !['network', 'not-asked', 'server-error'].includes(readAttempt(attempt)),
  );
}

/** With a challenge, or a word at `/v2/`: whoever did not answer then stands behind the registry. */
function wasAnswered({ challenge, way = [] }: AccessAttempt): boolean {
  return challenge.realm !== undefined || way.some(({ name, state }) => name === 'api' && state === 'reached');
}

interface Run {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
  readonly startedAt: number;
}

interface Gap extends Run {
  /** It counts as ready, and yet nobody is answered. */
  readonly isOpen: boolean;
}

/** When every backend was away: it began to run only after the node had failed, or it ends again and again. */
function gapIn(seen: Backed, failedAt: number | undefined, { registryAccess }: Seen): Gap | undefined {
  const runs = standing(seen.pods).flatMap((pod) => (isUnready(pod) ? [] : runOf(pod)));
  if (alsoRefused(seen, registryAccess)) {
    const worn = runs.find(({ container }) => container.restartCount > 0);
    return worn === undefined ? undefined : { ...worn, isOpen: true };
  }
  // Whoever is still not answered meets something else than a gap that is over.
  if (failedAt === undefined || isCutOff(seen, registryAccess) || runs.some(({ startedAt }) => startedAt < failedAt))
    return undefined;
  const [first] = runs;
  return first === undefined ? undefined : { ...first, isOpen: false };
}

/** Of the main container that began last. */
function runOf(pod: PodSnapshot): Run[] {
  const runs = pod.containers.flatMap((container) =>
    container.role === 'main' && container.startedAt !== undefined
      ? [{ pod, container, startedAt: container.startedAt }]
      : [],
  );
  return runs.sort((a, b) => b.startedAt - a.startedAt).slice(0, 1);
}

function wasDown(seen: Backed, said: PullErrorKind, { pod, container, startedAt, isOpen }: Gap): Finding {
  const { namespace, name } = pod;
  const since = minuteOf(formatTime(startedAt));
  const now = isOpen
    ? `is away again and again: ${name} counts as ready since ${since}${past(container)}, and neither node nor bot gets through.`
    : `was away when the node asked: ${name} runs only since ${since}${past(container)}.`;
  const log = commandLine('kubectl', 'logs', '-n', namespace, name, '-c', container.name, '--previous', '--tail=50');
  const fix = isOpen
    ? 'Find out why the registry’s container ends, and mend that.'
    : 'The kubelet tries again by itself. Find out why the registry was away, before it is so again.';
  return {
    cause: 'registry-down',
    confidence: 'likely',
    because: ['registryService', 'pullFailure', ...(isOpen ? (['registryAccess'] as const) : [])],
    summary: `The registry ${seen.host} (Service ${nameOf(seen)}) ${now}`,
    detail: { ...backingDetail(seen), isBack: !isOpen },
    fix,
    ...(container.restartCount > 0 ? { commands: [log] } : {}),
    alternatives: [said],
  };
}

function isLoopback({ host, route }: Backed): boolean {
  return route === 'node-port' && inClusterHost(host)?.kind === 'node-itself';
}

/** `10.43.170.72:5000 or any node’s address with port 30500`: how a node reaches the Service. */
export function waysFromNodes({ service, port }: Backed): string {
  const [address] = service.addresses;
  const wide = address?.includes(':') ? `[${address}]` : address;
  const direct = wide === undefined ? [] : [port === undefined ? wide : `${wide}:${port.port}`];
  const opened = port?.nodePort === undefined ? 'a NodePort' : `any node’s address with port ${port.nodePort}`;
  return [...direct, opened].join(' or ');
}

/** kube-proxy serves node ports on loopback in its iptables mode only, for IPv4 only (kube-proxy, --iptables-localhost-nodeports). */
function loopback(seen: Backed): Finding {
  return {
    cause: 'connection-refused',
    confidence: 'certain',
    because: ['registryService', 'pullFailure'],
    summary: `${seen.host} is the node port of Service ${nameOf(seen)}, which is up, but this node refuses it on its own loopback: kube-proxy serves node ports there only in iptables mode, and only for IPv4. From a node it is reached as ${waysFromNodes(seen)}.`,
    detail: backingDetail(seen),
    fix: 'Name the registry in the image by an address that nodes reach, or serve the port on every node’s loopback by a mirror or proxy on each node.',
    alternatives: [],
  };
}

/** kube-proxy sends on to the backend: who refuses is the backend's own address. */
function refused(seen: Backed, { registryAccess }: Seen, policies: 'free' | 'unknown'): Finding | undefined {
  const pods = standing(seen.pods);
  if (pods.some(({ containers }) => containers.some(({ restartCount }) => restartCount > 0))) return undefined;
  const both = alsoRefused(seen, registryAccess);
  const targets = targetsOf(seen);
  if (targets.length === 0) return undefined;
  const declared = declaredPorts(pods);
  const strange = isStrange(seen);
  const who = list(
    ready(seen)
      .slice(0, 3)
      .map(({ pod, addresses }) => pod ?? addresses.join(', ')),
  );
  const instead = strange
    ? `, where nothing seems to listen: its container declares port ${list(declared.map(({ port }) => String(port)))}`
    : declared.length > 0
      ? ': it may listen on its pod’s own loopback only, or not yet'
      : ': nothing seems to listen there, or only on its pod’s own loopback';
  return {
    cause: 'connection-refused',
    confidence: strange || (both && policies === 'free') ? 'certain' : 'likely',
    because: ['registryService', 'pullFailure', ...(both ? (['registryAccess'] as const) : [])],
    summary: `The registry ${seen.host} is Service ${nameOf(seen)}, which sends on to port ${list(targets.map(String))} of ${who}: ready, and yet connections to it are refused${instead}.${policies === 'free' ? '' : ' Or a NetworkPolicy refuses them.'}`,
    detail: { ...backingDetail(seen), targetPorts: targets.map(String) },
    fix: `Let the targetPort of Service ${nameOf(seen)} be the port on which the registry listens, on all of its pod’s addresses.`,
    commands: [retarget(seen, strange ? declared[0]?.port : undefined)],
    alternatives: [],
  };
}

/** The ports of its backends to which the Service sends on. */
function targetsOf(seen: Backed): readonly number[] {
  const all = ready(seen).flatMap(({ ports }) => ports.filter(({ name }) => name === seen.port?.name));
  return [...new Set(all.map(({ port }) => port))];
}

/** It sends on to none of the ports that the pods' containers declare. */
function isStrange(seen: Backed): boolean {
  const declared = declaredPorts(standing(seen.pods)).map(({ port }) => port);
  const targets = targetsOf(seen);
  return declared.length > 0 && targets.length > 0 && !targets.some((port) => declared.includes(port));
}

function retarget({ service, port }: Backed, target: number | undefined): string {
  const { namespace, name, ports } = service;
  const index = ports.findIndex(({ port: one }) => one === port?.port);
  if (target === undefined || index < 0)
    return commandLine('kubectl', 'get', 'service', name, '-n', namespace, '-o', 'yaml');
  const patch = JSON.stringify([{ op: 'replace', path: `/spec/ports/${index}/targetPort`, value: target }]);
  return commandLine('kubectl', 'patch', 'service', name, '-n', namespace, '--type=json', '-p', patch);
}

/** The bot gets no answer from there, in whatever way. */
function isCutOff(seen: Backed, access: Seen['registryAccess']): boolean {
  const attempts = attemptsAt(seen, access);
  return attempts.length > 0 && attempts.every((one) => one.outcome.kind === 'network' && !wasAnswered(one));
}

/** The bot, from its own place, is refused as well. */
function alsoRefused(seen: Backed, access: Seen['registryAccess']): boolean {
  const attempts = attemptsAt(seen, access);
  const isRefused = (one: AccessAttempt) =>
    one.outcome.kind === 'network' && one.outcome.fault === 'connection-refused' && !wasAnswered(one);
  return attempts.length > 0 && attempts.every(isRefused);
}

/** It answers, and cannot do what it is asked: its storage, mostly. */
function broken(seen: Backed, { registryAccess }: Seen): Finding {
  const answer = attemptsAt(seen, registryAccess)
    .map(({ outcome }) => outcome)
    .find((outcome): outcome is Extract<AccessOutcome, { kind: 'server-error' }> => outcome.kind === 'server-error');
  const also = answer === undefined ? '' : ` The bot is answered the same (HTTP ${answer.status}).`;
  const pod = ready(seen)[0]?.pod;
  const log = commandLine('kubectl', 'logs', '-n', seen.service.namespace, pod ?? 'POD', '--tail=50');
  return {
    cause: 'registry-error',
    confidence: answer === undefined ? 'likely' : 'certain',
    because: ['registryService', 'pullFailure', ...(answer === undefined ? [] : (['registryAccess'] as const))],
    summary: `The registry ${seen.host} is Service ${nameOf(seen)}; ${count(ready(seen).length, 'backend')} of it ${ready(seen).length === 1 ? 'is' : 'are'} ready and answers with errors of its own.${also} Its log tells why: storage that is full, lost or not writable, mostly.`,
    detail: { ...backingDetail(seen), httpStatus: answer?.status ?? null, look: log },
    fix: 'Read the registry’s log and mend its storage. Image name, tag and credentials are not the problem.',
    commands: [log],
    alternatives: [],
  };
}
