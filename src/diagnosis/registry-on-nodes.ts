/** A registry or mirror that images reach on the pulling node itself: `localhost:5000`, or a node's address with a pod's host port. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { inClusterHost } from '../evidence/in-cluster-host.ts';
import { valueOf } from '../evidence/observation.ts';
import type { RegistryService } from '../evidence/registry-service.ts';
import type { PodSnapshot } from '../evidence/snapshots.ts';
import type { CheckResult, Finding } from './check.ts';
import { failedOn } from './failed-on.ts';
import { isUnready, readyOf, trouble, wear, workloadOf } from './registry-backing.ts';
import { mendPods } from './registry-mending.ts';
import { commandLine } from './shell.ts';
import { count, list } from './words.ts';

type OnNodes = Extract<RegistryService, { readonly kind: 'host-port' }>;
type Nothing = Extract<RegistryService, { readonly kind: 'none' }>;
type Seen = EvidenceView<'pullFailure' | 'pod'>;

/** Pods take the port on their nodes: is the one on the pulling node ready? */
export function onNodes(seen: OnNodes, evidence: Seen): CheckResult {
  const node = valueOf(evidence.pod)?.node;
  const own = seen.pods.filter((pod) => node !== undefined && pod.node === node);
  // Pods of another kind may take the same port elsewhere.
  const meant = own.length > 0 ? own : seen.pods;
  const who = workloadOf(meant) ?? count(meant.length, 'pod');
  const place = `${seen.host} is port ${seen.port} of the node itself, which ${who} takes on its nodes`;
  if (node === undefined)
    return { verdict: 'inconclusive', note: `${place}; the pulling node is not known`, missing: ['pod'] };
  if (own.some((pod) => !isUnready(pod))) {
    const note = `${place}; ${own[0]?.name ?? ''} is ready on ${node}`;
    return { verdict: 'pass', note, ruledOut: [{ cause: 'registry-down', because: ['registryService'] }] };
  }
  if (own.length === 0 && seen.isPartial === true) {
    const note = `${place}; whether one of them is on ${node} is not known, because not all pods could be listed`;
    return { verdict: 'inconclusive', note, missing: ['registryService'] };
  }
  const elsewhere = [...new Set(seen.pods.flatMap((pod) => pod.node ?? []))];
  const why =
    own.length > 0
      ? `on ${node} ${readyOf(own)}; ${list(own.slice(0, 3).map(trouble))}`
      : `and none of its pods is on ${node}, only on ${list(elsewhere.slice(0, 5)) || 'no node yet'}`;
  return fail({
    cause: 'registry-down',
    // Another program of the node may be meant to serve the port where no pod of the cluster does.
    confidence: own.length > 0 && isAbout(evidence, seen.port) ? 'certain' : 'likely',
    because: ['registryService', ...(isAbout(evidence, seen.port) ? (['pullFailure'] as const) : [])],
    summary: `${place}; ${why}.`,
    detail: {
      host: seen.host,
      node,
      workload: workloadOf(meant) ?? null,
      pods: own.length,
      podsReady: 0,
      ...wear(own),
      look: look(meant),
    },
    ...mendPods(own),
    alternatives: [],
  });
}

/** The node's words are about this port, and say that nobody serves it. */
function isAbout({ pullFailure }: Seen, port: number): boolean {
  const failure = valueOf(pullFailure);
  return failure?.classification.kind === 'connection-refused' && failedOn(failure)?.port === port;
}

function look(pods: readonly PodSnapshot[]): string {
  const namespace = pods[0]?.namespace ?? '';
  const beside = pods.filter((pod) => pod.namespace === namespace);
  const names = beside.slice(0, 5).map(({ name }) => name);
  return commandLine('kubectl', 'get', 'pods', '-n', namespace, ...names, '-o', 'wide');
}

/** `localhost:5000`, and nothing of the cluster serves it there; undefined where the node did not say that it was refused. */
export function nothingOnNode({ host, lookalikes, isPartial }: Nothing, evidence: Seen): CheckResult | undefined {
  const meant = inClusterHost(host);
  if (meant?.kind !== 'node-itself' || meant.port === undefined || !isAbout(evidence, meant.port)) return undefined;
  const node = valueOf(evidence.pod)?.node ?? 'unknown';
  const near = lookalikes.map(({ name, namespace, addresses }) => `${namespace}/${name} (${addresses.join(', ')})`);
  const hint = near.length === 0 ? '' : ` On that port there is Service ${list(near)}.`;
  const pods =
    isPartial === true ? 'whether a pod takes it on its node could not be seen' : 'no pod takes it on its node';
  return fail({
    cause: 'connection-refused',
    confidence: 'certain',
    because: ['registryService', 'pullFailure'],
    summary: `${host} means the node that pulls, ${node}, itself, and nothing listens there on port ${meant.port}: no Service of the cluster has that node port, and ${pods}.${hint}`,
    detail: { host, node, service: null, namedAlike: near },
    fix: 'Let a mirror or registry serve that port on every node, or name the registry in the image by an address that nodes reach.',
    alternatives: [],
  });
}

function fail(finding: Finding): CheckResult {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}
