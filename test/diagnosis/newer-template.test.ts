/** A pod that runs while its workload's template has moved on: healthy, and the person who waits for the new image hears why. */
import { describe, expect, it } from '@jest/globals';
import { observed, valueOf } from '../../src/evidence/observation.ts';
import type { WorkloadSnapshot } from '../../src/evidence/snapshots.ts';
import { evidence, running, verdictOf } from './support.ts';

const NEW = 'registry.example.com/team/api:2.0.0';

function said(more: Partial<WorkloadSnapshot>) {
  const owner = valueOf(evidence().workload);
  if (owner === undefined) throw new Error('no workload');
  const workload = observed<WorkloadSnapshot>({ ...owner, images: { app: NEW }, ...more });
  return verdictOf(evidence({ container: observed(running), workload }));
}

describe('a template that names another image than the pod runs', () => {
  it('is said where the Deployment is paused, with the command that ends the pause', () => {
    const verdict = said({ paused: true, replicas: { desired: 2, updated: 0, available: 2 } });
    expect(verdict).toMatchObject({ cause: 'healthy', confidence: 'certain' });
    expect(verdict.summary).toContain(`deployment/api names ${NEW} by now`);
    expect(verdict.summary).toContain('kubectl rollout resume deployment/api -n staging');
  });

  it('is said while its rollout is under way', () => {
    expect(said({}).summary).toContain('its rollout has not reached this pod');
  });

  it.each([
    [
      'the rollout has ended, so that admission writes other names',
      { replicas: { desired: 2, updated: 2, available: 2 } },
    ],
    ['both agree', { paused: true, images: { app: running.image } }],
    ['it names no such container', { paused: true, images: { other: NEW } }],
    ['it is a Job, whose finished pods are none of its updated ones', { kind: 'Job' as const }],
  ])('is no matter where %s', (_story, more) => {
    expect(said(more).summary).not.toContain(NEW);
  });
});
