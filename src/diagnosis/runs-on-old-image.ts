import type { Diagnosis } from './diagnosis.ts';

/**
 * Every container runs, and the only thing found is that what runs is older than what its tag means now. A pull that had failed is
 * over then: tags like `redis:7.4` move all the time under pods that are well.
 */
export function runsOnOldImage({
  verdict,
  findings,
  steps,
}: Pick<Diagnosis, 'verdict' | 'findings' | 'steps'>): boolean {
  const runs = steps.some(({ id, status }) => id === 'running' && status === 'passed');
  return runs && verdict.cause === 'stale-cached-image' && findings.every(({ cause }) => cause === verdict.cause);
}
