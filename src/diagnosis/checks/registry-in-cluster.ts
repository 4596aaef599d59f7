/**
 * Does the registry inside the cluster answer? Its Service, what stands behind it, and the policies before it. A Service without a
 * ready backend is a registry that is down; a policy is only blamed where everything else is fine and the node timed out.
 */
import type { EvidenceView } from '../../evidence/evidence.ts';
import { inClusterHost } from '../../evidence/in-cluster-host.ts';
import { notCollected, valueOf } from '../../evidence/observation.ts';
import type { RegistryService } from '../../evidence/registry-service.ts';
import type { PullErrorKind } from '../../image/pull-error.ts';
import { type CheckResult, defineCheck, type Finding, type RuledOut } from '../check.ts';
import { failedElsewhere } from '../failed-on.ts';
import { couldNotLook, gapOf } from '../gaps.ts';
import { blockedByPolicy } from '../policy-block.ts';
import { type Backed, backingDetail, isServed, nameOf, ready, unsteady, whyDown } from '../registry-backing.ts';
import { mend } from '../registry-mending.ts';
import { nothingOnNode, onNodes } from '../registry-on-nodes.ts';
import { answersBot, unansweredThough, waysFromNodes } from '../registry-refused.ts';
import { commandLine } from '../shell.ts';
import { count, list } from '../words.ts';

type Seen = EvidenceView<'reference' | 'registryService' | 'registryAccess' | 'pullFailure' | 'pod' | 'scope'>;

export const registryInCluster = defineCheck({
  id: 'registry-in-cluster',
  question: 'Does the registry inside the cluster answer?',
  needs: ['reference', 'registryService', 'registryAccess', 'pullFailure', 'pod', 'scope'],
  run(evidence): CheckResult {
    const { reference, registryService } = evidence;
    if (reference.status !== 'observed') return couldNotLook({ reference });
    if (!reference.value.ok) return { verdict: 'not-applicable', note: 'the image names no registry' };
    const { registry } = reference.value.reference;
    if (inClusterHost(registry) === undefined && valueOf(registryService)?.mirrorOf === undefined) {
      return { verdict: 'not-applicable', note: `${registry} is a public name, no Service of this cluster` };
    }
    const unnamed = nameForPodsOnly(evidence, registry);
    if (unnamed !== undefined) return fail(unnamed);
    if (registryService.status === 'not-collected' && evidence.registryAccess.status === 'observed') {
      return { verdict: 'not-applicable', note: registryService.reason };
    }
    if (registryService.status !== 'observed') return couldNotLook({ registryService });
    const seen = registryService.value;
    const result = judge(seen, evidence);
    return seen.mirrorOf === undefined ? result : atMirror(result, seen.host, registry);
  },
  command({ registryService }) {
    const seen = registryService && valueOf(registryService);
    if (seen?.kind !== 'service') return undefined;
    const { namespace, name } = seen.service;
    const chosen = `kubernetes.io/service-name=${name}`;
    return commandLine('kubectl', 'get', 'endpointslices', '-n', namespace, '-l', chosen);
  },
});

function judge(seen: RegistryService, evidence: Seen): CheckResult {
  switch (seen.kind) {
    case 'none':
      return nothingOnNode(seen, evidence) ?? noService(seen);
    case 'host-port':
      return onNodes(seen, evidence);
    case 'service':
      return behind(seen, evidence);
  }
}

/** The runtime goes on to the registry itself where a mirror does not answer: that fails too, or there would be no complaint. */
function atMirror(result: CheckResult, mirror: string, registry: string): CheckResult {
  // What is known of the mirror clears nobody at the registry.
  if (result.verdict === 'pass') return { verdict: 'pass', note: result.note };
  if (result.verdict !== 'fail') return result;
  const [first, ...rest] = result.findings;
  const told = (finding: Finding): Finding => ({
    ...finding,
    confidence: finding.confidence === 'certain' ? 'likely' : finding.confidence,
    because: finding.because.includes('pullFailure') ? finding.because : [...finding.because, 'pullFailure'],
    summary: `${finding.summary} The node asked it as a mirror of ${registry}.`,
    detail: { ...finding.detail, mirror, registry },
  });
  return { verdict: 'fail', note: result.note, findings: [told(first), ...rest.map(told)] };
}

/** A ClusterIP changes when its Service is made anew; a name can be another thing than a Service. */
function noService({ host, lookalikes }: Extract<RegistryService, { kind: 'none' }>): CheckResult {
  const shape = inClusterHost(host);
  const near = lookalikes.map(({ name, namespace, addresses }) => `${namespace}/${name} (${addresses.join(', ')})`);
  const hint = near.length === 0 ? '' : `; on that port there is ${list(near)}`;
  if (shape?.kind !== 'name' || !shape.isCertain) {
    return { verdict: 'not-applicable', note: `no Service of this cluster is meant by ${host}${hint}` };
  }
  const summary = `There is no Service ${shape.namespace}/${shape.name} in this cluster, which ${host} would be${hint}.`;
  return fail({
    cause: 'registry-down',
    // The node may map the name to a mirror of its own.
    confidence: 'likely',
    because: ['registryService'],
    summary,
    detail: { host, service: null, namedAlike: near },
    alternatives: [],
  });
}

function behind(seen: Backed, heard: Seen): CheckResult {
  const other = askedElsewhere(seen, heard);
  // What the node met at another host says nothing of this one.
  const evidence = other === undefined ? heard : { ...heard, pullFailure: notCollected(`it is about ${other}`) };
  const said = valueOf(evidence.pullFailure)?.classification.kind;
  if (seen.service.type === 'ExternalName') {
    const note = `Service ${nameOf(seen)} is only another name for a host outside of the cluster`;
    return { verdict: 'not-applicable', note };
  }
  if (seen.port === undefined) return wrongPort(seen, said);
  const served = isServed(seen);
  if (served === 'unknown') return unread(seen);
  if (served === 'no') return down(seen, evidence, other);
  return up(seen, evidence, said);
}

/** The node's words name another host than this Service. That a mirror was asked is known from the very words. */
function askedElsewhere({ host, mirrorOf, service, endpoints }: Backed, { pullFailure }: Seen): string | undefined {
  const failure = valueOf(pullFailure);
  if (failure === undefined || mirrorOf !== undefined) return undefined;
  const own = [...service.addresses, ...(valueOf(endpoints) ?? []).flatMap(({ addresses }) => addresses)];
  return failedElsewhere(failure, host, own);
}

function wrongPort(seen: Backed, said: PullErrorKind | undefined): CheckResult {
  const ports = seen.service.ports.map(({ port }) => String(port));
  const summary = `${seen.host} is Service ${nameOf(seen)}, which serves no such port; it serves ${list(ports) || 'none'}.`;
  if (said === undefined || !DEAD_PORT.has(said)) {
    return { verdict: 'inconclusive', note: summary, missing: ['registryService'] };
  }
  return fail({
    cause: said,
    confidence: 'certain',
    because: ['registryService', 'pullFailure'],
    summary,
    detail: { ...backingDetail(seen), ports },
    fix: `Write the registry in the image as ${waysFromNodes({ ...seen, port: seen.service.ports[0] })}, or let Service ${nameOf(seen)} serve the port that the image names.`,
    alternatives: [],
  });
}

/** How a port that nothing serves shows itself. */
const DEAD_PORT: ReadonlySet<PullErrorKind> = new Set([
  'connection-refused',
  'connection-timeout',
  'network-unreachable',
]);

function unread({ endpoints, pods }: Backed): CheckResult {
  const gaps = [endpoints, pods].flatMap((one) => gapOf('registryService', one) ?? []);
  const note = `what stands behind the registry’s Service could not be read: ${[...new Set(gaps)].join('; ')}`;
  return { verdict: 'inconclusive', note, missing: ['registryService'] };
}

/** `other`: whom the node's words are about instead. */
function down(seen: Backed, { registryAccess }: Seen, other: string | undefined): CheckResult {
  const answered = answersBot(seen, registryAccess);
  const summary = `The registry ${seen.host} is Service ${nameOf(seen)} in this cluster, and ${whyDown(seen)}.`;
  if (answered) {
    const note = `${summary} Yet it answered the bot: it is coming up, or something else answers there.`;
    return { verdict: 'inconclusive', note, missing: ['registryService'] };
  }
  return fail({
    cause: 'registry-down',
    // Without its endpoints, the pods’ own readiness is all that is known.
    confidence: seen.endpoints.status === 'observed' && other === undefined ? 'certain' : 'likely',
    because: ['registryService'],
    summary: other === undefined ? summary : `${summary} The node’s own words are about ${other}.`,
    detail: backingDetail(seen),
    ...mend(seen),
    alternatives: [],
  });
}

function up(seen: Backed, evidence: Seen, said: PullErrorKind | undefined): CheckResult {
  const backends = count(ready(seen).length, 'ready endpoint');
  const worn = unsteady(seen);
  const note = `Service ${nameOf(seen)} stands behind ${seen.host} with ${backends}${worn === undefined ? '' : `; ${worn}`}`;
  const ruledOut: RuledOut[] = [{ cause: 'registry-down', because: ['registryService'] }];
  if (said === 'dns-failure' && seen.route === 'name') return unresolved(seen, ruledOut);
  const policy = blockedByPolicy(seen, evidence);
  if (policy.kind === 'blocked')
    return { verdict: 'fail', note: policy.finding.summary, findings: [policy.finding], ruledOut };
  const isFree: RuledOut[] =
    policy.kind === 'free' ? [{ cause: 'network-policy-blocks-registry', because: ['registryService'] }] : [];
  const finding = unansweredThough(seen, evidence, policy.kind);
  if (finding !== undefined)
    return {
      ...fail(finding),
      ruledOut: [...ruledOut, ...isFree].filter(({ cause }) => cause !== finding.cause),
    };
  return { verdict: 'pass', note: `${note}; ${policy.note}`, ruledOut: [...ruledOut, ...isFree] };
}

/** Before there is a pod no node was heard, and the bot, which may be a pod itself, resolves what nodes do not. */
function nameForPodsOnly({ pod, registryAccess }: Seen, registry: string): Finding | undefined {
  const meant = inClusterHost(registry);
  if (pod.status !== 'not-collected' || meant?.kind !== 'name' || !meant.isCertain) return undefined;
  const known = valueOf(registryAccess)?.attempts.some(({ outcome }) => outcome.kind !== 'network') ?? false;
  return {
    cause: 'dns-failure',
    confidence: 'likely',
    because: ['reference'],
    summary: `${registry} is the name of a Service, which pods resolve and nodes mostly do not: a node would not find the registry${known ? ', though the bot does' : ''}. Unless the nodes are set up to know the name, the image has to name the Service’s cluster IP or a node port.`,
    detail: { host: registry },
    fix: `Find the address with: ${commandLine('kubectl', 'get', 'service', meant.name, ...(meant.namespace === undefined ? [] : ['-n', meant.namespace]))}. Write it, or a node port, in the image; or let the nodes resolve the name.`,
    alternatives: known ? ['healthy'] : [],
  };
}

/** Nodes ask their own resolver, which knows nothing of Services (kubernetes.io, "DNS for Services and Pods" is for pods). */
function unresolved(seen: Backed, ruledOut: readonly RuledOut[]): CheckResult {
  const ways = waysFromNodes(seen);
  const finding: Finding = {
    cause: 'dns-failure',
    confidence: 'certain',
    because: ['registryService', 'pullFailure'],
    summary: `${seen.host} is the name of Service ${nameOf(seen)}, which is up; nodes do not resolve Service names. From a node it is reached as ${ways}.`,
    detail: backingDetail(seen),
    fix: `Write the registry in the image as ${ways}, and mark it as plain HTTP on the nodes where it has no certificate; or let the nodes resolve the name.`,
    alternatives: [],
  };
  return { verdict: 'fail', note: finding.summary, findings: [finding], ruledOut };
}

function fail(finding: Finding): Extract<CheckResult, { readonly verdict: 'fail' }> {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}
