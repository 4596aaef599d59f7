/** A new pod pulls every image of the workload, also those that run now and gave no case: they are asked for before a restart is offered. */
import { noRestart } from '../diagnosis/withheld.ts';
import { type CaseEvidence, collectCase } from '../evidence/collect.ts';
import type { Outside } from '../evidence/collector.ts';
import { valueOf } from '../evidence/observation.ts';
import type { PodSnapshot } from '../evidence/snapshots.ts';
import { restartRollout } from '../remediation/remedies/restart-rollout.ts';
import { secretCameLater, wouldFail } from '../remediation/restart-guard.ts';
import type { Looked } from './look.ts';

/** Different images; each costs registry calls. */
const MOST_SIBLINGS = 8;

/** Why a restart is not offered after all; undefined where none was, or nothing speaks against it. Rejects when the caller gave up. */
export async function siblingTrouble(
  { remedies }: Pick<Looked, 'remedies'>,
  pods: readonly PodSnapshot[],
  cases: readonly CaseEvidence[],
  outside: Outside,
): Promise<string | undefined> {
  if (!remedies.some(({ id }) => id === restartRollout.id)) return undefined;
  const [workload] = cases.flatMap((one) => valueOf(one.soFar().workload) ?? []);
  const images = workload?.images ?? {};
  const seen = new Set(cases.flatMap((one) => valueOf(one.soFar().container)?.image ?? []));
  const alive = pods.filter(({ deletedAt }) => deletedAt === undefined);
  const [newest] = alive.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const others = new Map<string, string>();
  for (const { role, image, pullPolicy, name } of newest?.containers ?? []) {
    const isAsked = role !== 'ephemeral' && pullPolicy !== 'Never' && images[name] === image && !seen.has(image);
    if (isAsked && !others.has(image)) others.set(image, name);
  }
  if (others.size > MOST_SIBLINGS) {
    return noRestart(`its pods have ${others.size} more images, too many to ask whether each can be pulled now`);
  }
  const looked = await Promise.all(
    [...others.values()].map(async (name) => {
      const subject = { namespace: newest?.namespace ?? '', pod: newest?.name ?? '', container: name };
      const one = collectCase(subject, outside);
      await one.view(['container', 'pod', 'registryAccess', 'serviceAccount']);
      if (secretCameLater(one.soFar())) await one.get('unattachedSecrets');
      return { findings: [], evidence: one.soFar() };
    }),
  );
  const why = wouldFail(looked, images, undefined);
  return why === undefined ? undefined : noRestart(why);
}

/** The same without the restart, the reason in its place. */
export function withheldFor(looked: Looked, reason: string | undefined): Looked {
  if (reason === undefined) return looked;
  const remedies = looked.remedies.filter(({ id }) => id !== restartRollout.id);
  return { ...looked, remedies, notes: [...(looked.notes ?? []), reason] };
}
