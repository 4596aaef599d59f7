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
import { valueOf } from '../../evidence/observation.ts';
import { kubectlName } from '../../target/target.ts';
import { refusalOf } from '../execute/outcome.ts';
import { type Risk, riskSentences, rolloutRisk } from '../execute/rollout-risk.ts';
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
    const rollout = { ...params, selector: workload.selector, images: workload.images };
    const risk = await rolloutRisk(rollout, 'a restart', ports, signal);
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

function planOf(params: Params, risk: Risk): RemedyPlan {
  return {
    diff: [
      `  ${kubectlName(params)} (namespace ${params.namespace})`,
      '  spec.template.metadata.annotations:',
      '+   kubectl.kubernetes.io/restartedAt: now',
    ],
    consequences: [
      'Every pod of it is replaced, in the order and pace of its update strategy.',
      'Where a pod waits for its image the kubelet would retry by itself within 5 minutes; this retries at once.',
      ...riskSentences(risk),
    ],
  };
}
