/** Is it a NetworkPolicy that keeps the node from the registry? Nobody sees a policy act: at most `likely` without a contrast between nodes. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { admission } from '../evidence/network-policy.ts';
import { valueOf } from '../evidence/observation.ts';
import type { PodSnapshot } from '../evidence/snapshots.ts';
import type { PullErrorKind } from '../image/pull-error.ts';
import type { Finding } from './check.ts';
import { gapOf } from './gaps.ts';
import { type Backed, backingDetail, nameOf, ready } from './registry-backing.ts';
import { list } from './words.ts';

type Seen = EvidenceView<'pod' | 'pullFailure' | 'scope'>;

export type PolicyAnswer =
  | { readonly kind: 'blocked'; readonly finding: Finding }
  /** It cannot be a policy. */
  | { readonly kind: 'free'; readonly note: string }
  | { readonly kind: 'unknown'; readonly note: string };

/** Dropped packets; a policy that refuses instead looks like many other things. */
const DROPPED: ReadonlySet<PullErrorKind> = new Set(['connection-timeout', 'cancelled-or-deadline']);

/** For a registry that is up. */
export function blockedByPolicy(seen: Backed, evidence: Seen): PolicyAnswer {
  if (seen.policies.status !== 'observed') {
    return { kind: 'unknown', note: gapOf('registryService', seen.policies) ?? 'policies unknown' };
  }
  const policies = seen.policies.value;
  const puller = valueOf(evidence.pod);
  const said = valueOf(evidence.pullFailure)?.classification.kind;
  const backends = ready(seen);
  const answers = backends.map(({ pod, ports, node }) => {
    const target = (valueOf(seen.pods) ?? []).find(({ name }) => name === pod);
    const port = ports.find(({ name }) => name === seen.port?.name)?.port;
    const isNeighbour = node !== undefined && node === puller?.node;
    return { target, isNeighbour, says: target && admission(policies, { pod: target, address: puller?.hostIP, port }) };
  });
  if (answers.some(({ says }) => says === undefined)) {
    return { kind: 'unknown', note: 'whether a NetworkPolicy is about its pods is not known' };
  }
  const away = answers.filter(({ isNeighbour }) => !isNeighbour);
  const holding = [...new Set(answers.flatMap(({ says }) => (says && 'policies' in says ? says.policies : [])))];
  if (holding.length === 0) return { kind: 'free', note: 'no NetworkPolicy restricts who may reach it' };
  const named = `NetworkPolicy ${list(holding)}`;
  if (away.length === 0) {
    return {
      kind: 'free',
      note: `${named} is about it, but it runs on the pulling node, whose traffic is always let in`,
    };
  }
  if (away.every(({ says }) => says?.kind === 'open' || says?.kind === 'admitted')) {
    return { kind: 'free', note: `${named} admits the node` };
  }
  if (!away.some(({ says }) => says?.kind === 'blocked')) {
    return { kind: 'unknown', note: `whether ${named} admits the node cannot be told` };
  }
  if (said === undefined || !DROPPED.has(said)) {
    return { kind: 'unknown', note: `${named} does not name the node’s address, but the pull did not time out` };
  }
  return { kind: 'blocked', finding: blame(seen, evidence, holding, said) };
}

function blame(seen: Backed, evidence: Seen, policies: readonly string[], said: PullErrorKind): Finding {
  const puller = valueOf(evidence.pod);
  const contrast = nodesApart(seen, evidence);
  const proof =
    contrast === undefined
      ? ''
      : ` Pods on ${contrast.node}, where the registry runs, have pulled from it since; those on other nodes fail.`;
  return {
    cause: 'network-policy-blocks-registry',
    confidence: contrast === undefined ? 'likely' : 'certain',
    because: contrast === undefined ? ['registryService', 'pullFailure'] : ['registryService', 'pullFailure', 'scope'],
    summary: `The registry ${seen.host} (Service ${nameOf(seen)}) is up, but NetworkPolicy ${list(policies)} admits no traffic from node ${puller?.node ?? 'unknown'}${puller?.hostIP === undefined ? '' : ` (${puller.hostIP})`}, and the pull timed out.${proof}`,
    detail: {
      ...backingDetail(seen),
      policies,
      node: puller?.node ?? null,
      nodeAddress: puller?.hostIP ?? null,
      contrast: contrast === undefined ? null : `pulled on ${contrast.node}`,
    },
    alternatives: contrast === undefined ? [said] : [],
  };
}

/** The registry's own node has pulled from it since this pod began to fail, and no other node has. */
function nodesApart(seen: Backed, { scope, pod }: Seen): { readonly node: string } | undefined {
  const axis = valueOf(scope)?.contrast?.axes.find(({ by }) => by === 'registry');
  const homes = new Set(ready(seen).flatMap(({ node }) => node ?? []));
  const puller: PodSnapshot | undefined = valueOf(pod);
  if (axis === undefined || axis.pulledOn.length === 0 || homes.has(puller?.node ?? '')) return undefined;
  const [node] = axis.pulledOn;
  return node !== undefined && axis.pulledOn.every((one) => homes.has(one)) ? { node } : undefined;
}
