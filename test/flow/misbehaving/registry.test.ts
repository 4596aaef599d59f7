/**
 * The whole diagnosis against a registry that misbehaves: nothing leaks, nothing hangs, and it ends in a named cause that is not
 * surer than what was seen. The node's words are those of containerd for that fault, where it has any.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { redactEvidence } from '../../../src/adapters/files/case-redact.ts';
import { DiagnosisSchema } from '../../../src/adapters/redis/schema-results.ts';
import { createRegistryReader } from '../../../src/adapters/registry/client.ts';
import { findings } from '../../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../../src/adapters/terminal/style.ts';
import { systemClock } from '../../../src/clock.ts';
import { CHECKS } from '../../../src/diagnosis/checks/index.ts';
import { makeDiagnose } from '../../../src/flow/diagnose.ts';
import { REMEDIES } from '../../../src/remediation/remedies/index.ts';
import { type FakeServer, json, oneManifest, startFake } from '../../adapters/registry/fake-registry.ts';
import { leaksOf, printed } from '../../support/leaks.ts';
import { aStory, fakeCluster } from '../../support/readers.ts';
import { shippedRunbook } from '../../support/runbooks.ts';
import { aContainer, aFailedEvent, aPod, aPullSecret } from '../../support/snapshots.ts';
import type { Habit } from './habits.ts';
import { stories } from './stories.ts';

const CANARY = 'correct-horse-canary';
const leaks = leaksOf([CANARY]);
const POD = 'api-7d9c5-x2x7k';
const runbook = shippedRunbook('image-pull');
/** Short, so that what hangs on purpose costs little; each is hit by one habit only. */
const LIMITS = { connectMs: 400, requestMs: 400, totalMs: 1_500, tagPages: 5 };

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** What the node says after `failed to resolve reference`; `undefined`: only that it backs off. */
async function diagnose(habit: Habit, says?: string) {
  const thief = await startFake((_request, response) => json(response, 200, oneManifest), '127.0.0.2');
  const registry = await startFake((request, response, host) => habit(request, response, { host, other: thief.host }));
  servers.push(thief, registry);
  const { host } = registry;
  const image = `${host}/team/api:1.4.2`;
  const pod = aPod({ containers: [aContainer({ image, waitingMessage: `Back-off pulling image "${image}"` })] });
  const message = `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${says?.replaceAll('HOST', host) ?? ''}`;
  const cluster = fakeCluster(
    aStory({
      pods: [pod],
      secrets: [aPullSecret({ host, password: CANARY })],
      events: says === undefined ? {} : { [`uid-${POD}`]: [aFailedEvent({ message })] },
    }),
  );
  const heard: string[] = [];
  const run = makeDiagnose({
    clock: systemClock,
    readers: (_cluster, meter) => {
      const reader = createRegistryReader({ meter, clock: systemClock, registries: [], limits: LIMITS });
      return { cluster, registry: reader, close: () => reader.close() };
    },
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const began = systemClock.now();
  const diagnosis = await run({
    request: { kind: 'Pod', name: POD, namespace: 'staging' },
    signal: new AbortController().signal,
    onProgress: (steps) => heard.push(printed(steps)),
    onRecording: ({ cases }) => heard.push(JSON.stringify(redactEvidence(cases))),
  });
  heard.push(printed(diagnosis), printed(findings(diagnosis)), renderDiagnosis(diagnosis, createStyle(false)));
  return { diagnosis, heard: heard.join('\n'), tookMs: systemClock.now() - began, thief, registry };
}

describe('a registry that misbehaves', () => {
  it.each(Object.entries(stories))('%s', async (_name, { habit, says, verdict, tells }) => {
    const { diagnosis, heard, tookMs, thief, registry } = await diagnose(habit, says);
    const { cause, confidence, summary } = diagnosis.verdict;
    expect(`${cause} ${confidence}`).toBe(verdict);
    expect(summary).toContain(tells.replaceAll('HOST', registry.host));
    // Two steps that looked at one answer tell it once.
    expect(summary.split('for safety').length).toBeLessThanOrEqual(2);
    expect(leaks(heard)).toEqual([]);
    const stored: unknown = JSON.parse(JSON.stringify(diagnosis));
    expect(DiagnosisSchema.parse(stored)).toEqual(stored);
    // Nobody has named the other host: not even a question without a credential goes there.
    expect(thief.seen).toEqual([]);
    expect(registry.seen.length).toBeLessThanOrEqual(12);
    expect(tookMs).toBeLessThan(LIMITS.totalMs + 4_000);
  });
});
