import { describe, expect, it } from '@jest/globals';
import { observed } from '../../../src/evidence/observation.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../../src/evidence/snapshots.ts';
import { allForbidden, aPod, evidence, failure, firstFinding, runCheck, running, waiting } from '../support.ts';

function see(container: Partial<ContainerSnapshot>, more: Parameters<typeof evidence>[0] = {}) {
  return runCheck('container-healthy', evidence({ container: observed({ ...waiting, ...container }), ...more }));
}

function event(reason: string, message = ''): EventSnapshot {
  return { type: 'Warning', reason, message, count: 1 };
}

const starting = { waitingReason: 'ContainerCreating', waitingMessage: '' };

describe('does the container run', () => {
  it('running and completed are well', () => {
    expect(runCheck('container-healthy', evidence({ container: observed(running) })).verdict).toBe('pass');
    expect(see({ state: 'terminated', exitCode: 0 }).verdict).toBe('pass');
  });

  it.each([
    ['in a crash loop', { waitingReason: 'CrashLoopBackOff', exitCode: 1, restartCount: 7 }],
    ['ended with an error', { state: 'terminated', exitCode: 137, terminatedReason: 'OOMKilled' }],
    ['ended in an unknown way', { state: 'terminated' }],
  ] as const)('%s is crashing, not an image cause', (_story, container) => {
    expect(firstFinding(see(container))).toBe('container-crashing certain');
  });

  it.each([
    [
      'a missing ConfigMap',
      { waitingReason: 'CreateContainerConfigError', waitingMessage: 'configmap "x" not found' },
      [],
      'certain',
      'CreateContainerConfigError',
    ],
    ['a volume', starting, [event('FailedMount', 'MountVolume.SetUp failed')], 'likely', 'Pod Pending: storage'],
    ['a quota', starting, [event('FailedCreate', 'exceeded quota: compute')], 'likely', 'quota'],
  ] as const)('%s belongs to another runbook', (...[, container, events, confidence, runbook]) => {
    const result = see(container, { events: observed(events) });
    expect(firstFinding(result)).toBe(`not-an-image-problem ${confidence}`);
    expect(result.verdict === 'fail' ? result.findings[0].detail['runbook'] : '').toBe(runbook);
  });

  it('an old mount error is over once the pull began', () => {
    const result = see(starting, { events: observed([event('Pulling'), event('FailedMount')]) });
    expect(result).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('is being pulled') });
  });

  it('a scheduling problem does not explain a container that waits for its image', () => {
    const unmet = [{ type: 'PodScheduled', reason: 'Unschedulable', message: '' }];
    expect(see({}, { pod: observed({ ...aPod, unmet }), pullFailure: observed(failure('unauthorized')) }).verdict).toBe(
      'not-applicable',
    );
  });

  it('does not call a starting container fine when the events may not be read', () => {
    const result = see(starting, { events: allForbidden.events });
    expect(result).toMatchObject({ verdict: 'inconclusive', missing: ['events'] });
  });
});
