/** The look before somebody is woken up: a pull that is over is over, although a tag has moved since. */
import { describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { lookAgain } from '../../src/flow/look-again.ts';
import { apply } from '../../src/incident/apply.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { createManualClock } from '../support/clock.ts';
import { API_KEY, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';

function old(status: 'passed' | 'failed' | 'inconclusive'): Diagnosis {
  const cause = 'stale-cached-image';
  return {
    ...TAG_NOT_FOUND,
    verdict: { ...TAG_NOT_FOUND.verdict, cause },
    findings: TAG_NOT_FOUND.findings.map((finding) => ({ ...finding, cause })),
    steps: TAG_NOT_FOUND.steps.map((step) => ({ ...step, id: 'running', status })),
  };
}

async function look(seen: Diagnosis, about: Diagnosis = TAG_NOT_FOUND) {
  const opened = apply(undefined, triggered(0, null), { id: 'i1', key: API_KEY });
  const incident: Incident = { ...opened, diagnosis: about };
  const scope = () => Promise.reject(new Error('not asked'));
  return (await lookAgain({ clock: createManualClock(), diagnose: async () => seen, scope }, incident)).kind;
}

describe('right before a page', () => {
  it('a failed pull is over where everything runs, be it on an older image', async () => {
    expect(await look(old('passed'))).toBe('recovered');
  });

  it.each(['failed', 'inconclusive'] as const)('it is not where a container is seen as %s', async (status) => {
    expect(await look(old(status))).toBe('still-failing');
  });

  it('an old image is not over by running on', async () => {
    expect(await look(old('passed'), old('passed'))).toBe('still-failing');
  });
});
