/**
 * A rollout restart of the owning workload: new pods, made from the service account as it is now, pulling at once. It helps in three
 * cases only: the fault is gone and the pods still wait in their back-off; the pods were made before their service account
 * got its pull secret (the list is copied at creation, never later); or they run an old image of a tag that is always pulled.
 * Everything else it would make no better.
 */
import { z } from 'zod';
import type { Cause } from '../../diagnosis/cause.ts';
import type { Finding } from '../../diagnosis/check.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import type { PodSnapshot } from '../../evidence/snapshots.ts';
import { kubectlName } from '../../target/target.ts';
import { refusalOf } from '../execute/outcome.ts';
import { pullability } from '../execute/pullability.ts';
import { isHealthy } from '../pods.ts';
import type { RemedyPorts } from '../ports.ts';
import type { Remedy, RemedyPlan } from '../remedy.ts';
import { verifyRecovery } from '../verify-recovery.ts';

const Params = z.strictObject({
  namespace: z.string(),
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name: z.string(),
  /** Images of the template when it was diagnosed: `container=image`. */
  images: z.array(z.string()),
});
type Params = z.infer<typeof Params>;

/** Faults that pass by themselves; a restart only skips the rest of the back-off, so it is offered once the registry answers again. */
const PASSING: readonly Cause[] = [
  'registry-error',
  'registry-down',
  'registry-unreachable',
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'transfer-interrupted',
  'cancelled-or-deadline',
  'dns-failure',
  'backoff-only',
];

export const restartRollout: Remedy<Params> = {
  id: 'restart-rollout',
  title: 'Restart the rollout',
  risk: 'disruptive',
  Params,

  propose({ finding, evidence }) {
    const workload = valueOf(evidence.workload);
    if (!workload || workload.paused) return undefined;
    const { kind } = workload;
    if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
    if (!isUseful(finding, evidence)) return undefined;
    const images = Object.entries(workload.images).map(([container, image]) => `${container}=${image}`);
    return { namespace: workload.namespace, kind, name: workload.name, images };
  },

  object: (params) => kubectlName(params),

  command: (params) => `kubectl rollout restart ${kubectlName(params)} -n ${params.namespace}`,

  async run(params, ports, mode, signal) {
    const seen = await ports.reader.workload(params, signal);
    if (seen.status !== 'observed') return refusalOf(kubectlName(params), seen);
    const workload = seen.value;
    if (workload.paused) {
      return {
        kind: 'refused',
        reason: `${kubectlName(params)} is paused: resume it first (kubectl rollout resume ${kubectlName(params)} -n ${params.namespace})`,
      };
    }
    const images = Object.entries(workload.images).map(([container, image]) => `${container}=${image}`);
    if (images.toSorted().join() !== params.images.toSorted().join()) {
      return {
        kind: 'refused',
        reason: 'the workload was changed since the diagnosis (other images). Press Re-run first.',
      };
    }
    const risk = await healthyAtRisk(params, ports, { selector: workload.selector, images: workload.images }, signal);
    if (typeof risk === 'string') return { kind: 'refused', reason: risk };
    // The instant is the claim's, so that a second run after a crash writes the same value and starts no second rollout.
    const write = await ports.writer.restartWorkload(params, workload.resourceVersion, ports.now(), mode, signal);
    if (write.kind !== 'done') return refusalOf(kubectlName(params), write);
    const plan = planOf(params, risk);
    return mode === 'dry-run' ? { kind: 'planned', plan } : { kind: 'applied', plan, receipts: [write.receipt] };
  },

  verify: (_params, after) => verifyRecovery(after),
};

function isUseful({ cause, detail }: Finding, evidence: Evidence): boolean {
  // With any other policy the node keeps the copy that it has.
  if (cause === 'stale-cached-image') return detail['pullPolicy'] === 'Always' && canPullNow(evidence);
  return secretCameLater(evidence) || (PASSING.includes(cause) && canPullNow(evidence));
}

/** The pod brings no secret, its service account has one now: made before it was attached. */
function secretCameLater(evidence: Evidence): boolean {
  const pod = valueOf(evidence.pod);
  const account = valueOf(evidence.serviceAccount);
  return pod?.imagePullSecrets.length === 0 && (account?.imagePullSecrets.length ?? 0) > 0;
}

function canPullNow(evidence: Evidence): boolean {
  const attempts = valueOf(evidence.registryAccess)?.attempts ?? [];
  const own = attempts.filter(
    (attempt) => attempt.credential.kind === 'password' && attempt.credential.origin === 'pull-secret',
  );
  const used = own.length > 0 ? own : attempts.filter((attempt) => attempt.credential.kind === 'anonymous');
  return used.some((attempt) => attempt.outcome.kind === 'found');
}

interface Risk {
  readonly healthy: number;
  /** Why nobody can say whether the image can be pulled; only where no healthy pod is at stake. */
  readonly doubt?: string;
}

/** A restart replaces healthy pods too. If the new ones could not pull, it would take down what still lives on a cached image. */
async function healthyAtRisk(
  params: Params,
  ports: RemedyPorts,
  workload: { selector: string; images: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Risk | string> {
  const list = await ports.reader.pods({ namespace: params.namespace, selector: workload.selector }, signal);
  if (list.status !== 'observed') {
    return `Nobody can say what a restart would stop. ${describeGap(`The pods of ${kubectlName(params)}`, list)}`;
  }
  const pods = list.value.pods.filter((pod) => pod.deletedAt === undefined);
  const healthy = pods.filter(isHealthy).length;
  const newest = pods.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
  if (!newest) return { healthy };
  const danger = healthy > 0 ? ` It would stop ${healthy} healthy pod${healthy === 1 ? '' : 's'}.` : '';
  const secrets = await secretsOf(newest, ports, signal);
  if ('doubt' in secrets) return undecided(healthy, danger, secrets.doubt);
  let doubt: string | undefined;
  for (const image of new Set(Object.values(workload.images))) {
    const answer = await pullability({ image, namespace: params.namespace, secrets: secrets.names }, ports, signal);
    if (answer.kind === 'refused') {
      return `As far as can be seen from here, ${image} cannot be pulled right now (${answer.reason}).${danger} A restart does not help before that is mended.`;
    }
    if (answer.kind === 'unknown') doubt = answer.reason;
  }
  return doubt === undefined ? { healthy } : undecided(healthy, danger, doubt);
}

/** Harmless where nothing runs; else the answer is no. */
function undecided(healthy: number, danger: string, doubt: string): Risk | string {
  return healthy > 0 ? `Nobody can say whether the image can be pulled.${danger} ${doubt}` : { healthy, doubt };
}

/** As a pod made now would bring them: its own list, else its service account's as it is today. */
async function secretsOf(
  pod: PodSnapshot,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<{ readonly names: readonly string[] } | { readonly doubt: string }> {
  if (pod.imagePullSecrets.length > 0) return { names: pod.imagePullSecrets };
  const account = await ports.reader.serviceAccount(pod.namespace, pod.serviceAccount, signal);
  if (account.status === 'observed') return { names: account.value.imagePullSecrets };
  return account.status === 'absent'
    ? { names: [] }
    : { doubt: describeGap(`serviceaccount/${pod.serviceAccount}`, account) };
}

function planOf(params: Params, { healthy, doubt }: Risk): RemedyPlan {
  return {
    diff: [
      `  ${kubectlName(params)} (namespace ${params.namespace})`,
      '  spec.template.metadata.annotations:',
      '+   kubectl.kubernetes.io/restartedAt: now',
    ],
    consequences: [
      'Every pod of it is replaced, in the order and pace of its update strategy.',
      healthy > 0
        ? `${healthy} healthy pod${healthy === 1 ? ' is' : 's are'} replaced too.`
        : 'No healthy pod is affected: there is none.',
      'Where a pod waits for its image the kubelet would retry by itself within 5 minutes; this retries at once.',
      ...(doubt === undefined ? [] : [`Whether the image can be pulled now could not be tried. ${doubt}`]),
    ],
  };
}
