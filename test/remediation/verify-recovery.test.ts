/** When a remedy is seen to have helped, to wait for, to be undone, or to be given up. */
import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/diagnosis/cause.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { After } from '../../src/remediation/remedy.ts';
import { type OwnFault, verifyRecovery } from '../../src/remediation/verify-recovery.ts';
import { TAG_NOT_FOUND } from '../support/incidents.ts';

const IMAGE = 'ghcr.io/org/api-service:v1.2.4';
const own: OwnFault = { image: IMAGE, proven: ['credentials-rejected'], said: ['unauthorized'] };

function after(
  cause: Cause,
  over: Partial<After> = {},
  confidence: 'certain' | 'likely' | 'possible' = 'certain',
): After {
  const [found] = TAG_NOT_FOUND.findings;
  if (!found) throw new Error('no finding');
  const diagnosis: Diagnosis = {
    ...TAG_NOT_FOUND,
    verdict: { ...TAG_NOT_FOUND.verdict, cause, confidence, summary: `it is ${cause}` },
    findings: cause === 'healthy' ? [] : [{ ...found, cause, confidence, image: IMAGE }],
  };
  return { diagnosis, stuck: 0, stuckSince: 0, ...over };
}
const replicas = { desired: 3, updated: 3, available: 3 };

describe('after a remedy', () => {
  it('it helped when all run, none is stuck, and the rollout is through', () => {
    expect(verifyRecovery(after('healthy'))).toMatchObject({ kind: 'recovered' });
    expect(verifyRecovery(after('healthy', { replicas }))).toMatchObject({ kind: 'recovered' });
    expect(verifyRecovery(after('healthy', { stuck: 2 }))).toEqual({
      kind: 'waiting',
      note: 'some of it runs, but 2 pods of it still cannot pull',
    });
    for (const short of [{ updated: 2 }, { available: 1 }]) {
      const seen = verifyRecovery(after('healthy', { replicas: { ...replicas, ...short } }));
      expect(seen).toEqual({ kind: 'waiting', note: expect.stringContaining('of 3 pods are available') });
    }
  });

  it('it helped with a pull when all run, although a tag has moved under one of them; a restart for that did not', () => {
    const old = after('stale-cached-image', { replicas });
    const steps = TAG_NOT_FOUND.steps.map((step) => ({ ...step, id: 'running', status: 'passed' as const }));
    const running: After = { ...old, diagnosis: { ...old.diagnosis, steps } };
    expect(verifyRecovery(running, own)).toMatchObject({ kind: 'recovered' });
    expect(verifyRecovery({ ...running, stuck: 1 }, own)).toMatchObject({ kind: 'waiting' });
    expect(verifyRecovery(running)).toMatchObject({ kind: 'waiting' });
    expect(verifyRecovery(old, own)).toMatchObject({ kind: 'waiting' });
  });

  it('it waits for what may pass, could not be seen, or is only the memory of an old pod', () => {
    const waiting = [
      after('undetermined', {}, 'possible'),
      after('backoff-only', { stuck: 1, stuckSince: 1 }, 'possible'),
      after('connection-refused', { stuck: 1, stuckSince: 1 }, 'likely'),
      after('unauthorized', { stuck: 1 }, 'likely'),
      after('tag-not-found', { stuck: 1 }),
    ];
    for (const one of waiting) expect(verifyRecovery(one, own)).toMatchObject({ kind: 'waiting' });
  });

  it('it is worse when the registry refuses what was put in place, or a fresh pod was refused with it', () => {
    const worse = { kind: 'not-recovered', worse: true };
    expect(verifyRecovery(after('credentials-rejected', { stuck: 1 }), own)).toMatchObject(worse);
    expect(verifyRecovery(after('unauthorized', { stuck: 1, stuckSince: 1 }, 'possible'), own)).toMatchObject(worse);
    expect(verifyRecovery(after('credentials-rejected', { stuck: 1 }, 'possible'), own)).toMatchObject({
      kind: 'waiting',
    });
    const other = { ...own, image: 'ghcr.io/org/sidecar:1' };
    expect(verifyRecovery(after('unauthorized', { stuck: 1, stuckSince: 1 }), other)).toMatchObject({ worse: false });
    expect(verifyRecovery(after('credentials-rejected', { stuckSince: 1 }))).toMatchObject({ worse: false });
  });

  it('it did not help, and nothing is undone, when a fresh pod certainly fails for another reason', () => {
    const seen = verifyRecovery(after('tag-not-found', { stuck: 1, stuckSince: 1 }), own);
    expect(seen).toEqual({ kind: 'not-recovered', note: 'it is tag-not-found', worse: false });
  });
});
