import { describe, expect, it } from '@jest/globals';
import { type CheckResult, defineCheck } from '../../src/diagnosis/check.ts';
import type { CaseEvidence } from '../../src/evidence/collect.ts';
import { collectCase } from '../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../src/evidence/collect-shared.ts';
import { runRunbook } from '../../src/runbook/run.ts';
import type { Runbook, StepProgress } from '../../src/runbook/runbook.ts';
import { createManualClock, settle } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { aContainer, aPod } from '../support/snapshots.ts';

/** Answers by container name. */
function answering(id: string, answers: Readonly<Record<string, CheckResult>>) {
  return defineCheck({
    id,
    question: id,
    needs: ['container'],
    run({ container }) {
      const name = container.status === 'observed' ? container.value.name : '';
      const answer = answers[name];
      if (!answer) throw new Error(`nothing to say about ${name}`);
      return answer;
    },
    command: ({ container }) => (container?.status === 'observed' ? `look ${container.value.name}` : undefined),
  });
}

const pass: CheckResult = { verdict: 'pass', note: 'all is well' };
const fail: CheckResult = {
  verdict: 'fail',
  note: 'it is broken',
  findings: [
    { cause: 'other', confidence: 'likely', because: ['container'], summary: 'broken', detail: {}, alternatives: [] },
  ],
};
const unsure: CheckResult = { verdict: 'inconclusive', note: 'could not look', missing: ['node'] };
const moot: CheckResult = { verdict: 'not-applicable', note: 'does not arise' };

function runbookOf(...checks: readonly string[]): Runbook {
  const steps = checks.map((check) => ({ id: `step-${check}`, ask: `${check}?`, check }));
  return { id: 'r', title: 'R', trigger: { alerts: [], reasons: [] }, steps, offer: {}, escalate: [] };
}

function cases(instead: Instead = {}): readonly CaseEvidence[] {
  const pod = aPod({ containers: [aContainer({ name: 'one' }), aContainer({ name: 'two' })] });
  const { signal } = new AbortController();
  const readers = { cluster: fakeCluster(aStory({ pods: [pod] }), instead), registry: fakeRegistry() };
  const shared = shareReaders(readers, createManualClock(), DEFAULT_LIMITS, signal);
  return ['one', 'two'].map((container) =>
    collectCase(
      { namespace: 'staging', pod: pod.name, container },
      { ...shared, signal, ownCredential: () => undefined },
    ),
  );
}

async function statusOf(one: CheckResult, two: CheckResult) {
  const checks = [answering('c', { one, two })];
  const run = await runRunbook({ runbook: runbookOf('c'), checks, cases: cases(), now: () => 0 });
  return run.steps[0]!;
}

describe('a step over several containers', () => {
  it('takes the worst answer, and never lets "fine" hide "could not look"', async () => {
    expect(await statusOf(pass, fail)).toMatchObject({
      status: 'failed',
      summary: 'it is broken',
      command: 'look two',
    });
    expect(await statusOf(unsure, fail)).toMatchObject({ status: 'failed' });
    expect(await statusOf(pass, unsure)).toMatchObject({ status: 'inconclusive', summary: 'could not look' });
    expect(await statusOf(moot, pass)).toMatchObject({ status: 'passed', command: 'look two' });
    expect(await statusOf(moot, moot)).toMatchObject({ status: 'skipped', summary: 'does not arise' });
  });

  it('says the same thing once and different things by container', async () => {
    expect((await statusOf(pass, pass)).summary).toBe('all is well');
    expect((await statusOf(fail, { ...fail, note: 'it is gone' })).summary).toBe('one: it is broken; two: it is gone');
  });

  it('is inconclusive where its check fails on unexpected data, and the others go on', async () => {
    const checks = [answering('odd', {}), answering('c', { one: pass, two: pass })];
    const run = await runRunbook({ runbook: runbookOf('odd', 'c'), checks, cases: cases(), now: () => 0 });
    expect(run.steps.map(({ status }) => status)).toEqual(['inconclusive', 'passed']);
    expect(run.steps[0]!.summary).toContain('nothing to say about one');
  });
});

describe('progress', () => {
  it('shows a step as soon as its own evidence is there, while others still wait', async () => {
    const slow = defineCheck({
      id: 'slow',
      question: 'slow',
      needs: ['node'],
      run: () => pass,
      command: () => undefined,
    });
    const checks = [slow, answering('quick', { one: fail, two: fail })];
    const seen: (readonly StepProgress[])[] = [];
    const instead: Instead = { node: () => new Promise<never>(() => undefined) };
    void runRunbook({
      runbook: runbookOf('slow', 'quick'),
      checks,
      cases: cases(instead),
      now: () => 0,
      onProgress: (steps) => seen.push(steps),
    });
    await settle();
    expect(seen.at(-1)!.map(({ id, status }) => [id, status])).toEqual([
      ['step-slow', 'running'],
      ['step-quick', 'failed'],
    ]);
  });

  it('refuses a step whose check nobody knows', async () => {
    const input = { runbook: runbookOf('ghost'), checks: [], cases: cases(), now: () => 0 };
    await expect(runRunbook(input)).rejects.toThrow('runbook step step-ghost asks for the unknown check ghost');
  });
});
