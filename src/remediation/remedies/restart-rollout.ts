/**
 * A rollout restart of the owning workload: new pods, made from the service account as it is now, pulling at once. It helps in three
 * cases only: the fault is gone and the pods still wait in their back-off; the pods were made before their service account
 * got its pull secret (the list is copied at creation, never later); or they run an old image of a tag that is always pulled.
 * Everything else it would make no better.
 */
import { z } from 'zod';
import type { Finding } from '../../diagnosis/check.ts';
import { noRestart } from '../../diagnosis/withheld.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import { kubectlName } from '../../target/target.ts';
import { refusalOf } from '../execute/outcome.ts';
import { type Risk, riskSentences, rolloutRisk } from '../execute/rollout-risk.ts';
import type { Proposal, Remedy, RemedyPlan } from '../remedy.ts';
import { canPullNow, PASSING, secretCameLater, wouldFail } from '../restart-guard.ts';
import { verifyRecovery } from '../verify-recovery.ts';

const Params = z.strictObject({
  namespace: z.string(),
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name: z.string(),
  /** Images of the template when it was diagnosed: `container=image`. */
  images: z.array(z.string()),
});
type Params = z.infer<typeof Params>;

export const restartRollout: Remedy<Params> = {
  id: 'restart-rollout',
  title: 'Restart the rollout',
  risk: 'disruptive',
  Params,

  propose(proposal) {
    const { finding, evidence } = proposal;
    const isOver = secretCameLater(evidence) || canPullNow(evidence);
    return isMeant(finding, evidence) && isOver ? paramsFor(proposal) : undefined;
  },

  withheld(proposal, cases) {
    const { finding, evidence } = proposal;
    if (!isMeant(finding, evidence) || paramsFor(proposal) === undefined) return undefined;
    const why = wouldFail(cases, valueOf(evidence.workload)?.images ?? {}, valueOf(evidence.pod)?.name);
    return why === undefined ? undefined : noRestart(why);
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
    const risk = await rolloutRisk(workload, 'a restart', ports, signal);
    if (typeof risk === 'string') return { kind: 'refused', reason: risk };
    // The instant is the claim's, so that a second run after a crash writes the same value and starts no second rollout.
    const write = await ports.writer.restartWorkload(params, workload.resourceVersion, ports.now(), mode, signal);
    if (write.kind !== 'done') return refusalOf(kubectlName(params), write);
    const plan = planOf(params, risk);
    return mode === 'dry-run' ? { kind: 'planned', plan } : { kind: 'applied', plan, receipts: [write.receipt] };
  },

  verify: (_params, after) => verifyRecovery(after),
};

/** Whether a restart is what such a fault calls for, once the image can be pulled. */
function isMeant({ cause, detail }: Finding, evidence: Evidence): boolean {
  // With any other policy the node keeps the copy that it has.
  if (cause === 'stale-cached-image') return detail['pullPolicy'] === 'Always';
  return PASSING.has(cause) || secretCameLater(evidence);
}

function paramsFor({ evidence }: Pick<Proposal, 'evidence'>): Params | undefined {
  const workload = valueOf(evidence.workload);
  if (!workload || workload.paused) return undefined;
  const { kind } = workload;
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  const images = Object.entries(workload.images).map(([container, image]) => `${container}=${image}`);
  return { namespace: workload.namespace, kind, name: workload.name, images };
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
