/** P1 where a rollout is blocked or several workloads fail, else P2: the runbook's own rule. */
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { tally } from './checks/blast-radius.ts';
import type { Affected } from './sharing.ts';

/**
 * Does this case hold up a rollout? The newest revision wants more pods than are ready, and either none of them ever became ready
 * or an older revision still carries the load. A surge keeps the old pods available, so availability alone does not tell.
 */
export function blocksRollout({ workload, revisions }: Pick<Evidence, 'workload' | 'revisions'>): boolean {
  const owner = valueOf(workload);
  if (owner === undefined || owner.kind === 'Job' || owner.kind === 'CronJob') return false;
  const { desired, updated, available } = owner.replicas;
  if (desired === 0 || owner.paused) return false;
  const known = valueOf(revisions) ?? [];
  const current = known.find(({ isCurrent }) => isCurrent);
  if (current === undefined) return available === 0 || (available < desired && updated < desired);
  const older = known.some(({ isCurrent, ready }) => !isCurrent && ready > 0);
  return current.ready < desired && (current.ready === 0 || older);
}

/** The fault holds up more than one workload. */
export function hitsSeveralWorkloads(affected: readonly Affected[]): boolean {
  return tally(affected).workloads > 1;
}
