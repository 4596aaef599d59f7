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
import { stories } from './stories.ts';
import type { Story } from './token-stories.ts';

const CANARY = 'correct-horse-canary';
const leaks = leaksOf([CANARY]);
const POD = 'api-7d9c5-x2x7k';
const runbook = shippedRunbook('image-pull');
/** Far longer than anything takes on a busy machine: only what hangs on purpose may meet a limit, and it gets the short ones. */
const LIMITS = { connectMs: 20_000, requestMs: 20_000, totalMs: 25_000, tagPages: 5 };
const SHORT = { ...LIMITS, requestMs: 1_500, totalMs: 4_000 };

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** What the node says after `failed to resolve reference`; `undefined`: only that it backs off. */
async function diagnose({ habit, says, hangs }: Story) {
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
      const reader = createRegistryReader({
        meter,
        clock: systemClock,
        registries: [],
        limits: hangs === true ? SHORT : LIMITS,
      });
      return { cluster, registry: reader, close: () => reader.close() };
    },
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const diagnosis = await run({
    request: { kind: 'Pod', name: POD, namespace: 'staging' },
    signal: new AbortController().signal,
    onProgress: (steps) => heard.push(printed(steps)),
    onRecording: ({ cases }) => heard.push(JSON.stringify(redactEvidence(cases))),
  });
  heard.push(printed(diagnosis), printed(findings(diagnosis)), renderDiagnosis(diagnosis, createStyle(false)));
  return { diagnosis, heard: heard.join('\n'), thief, registry };
}

describe('a registry that misbehaves', () => {
  it.each(Object.entries(stories))('%s', async (_name, story) => {
    const { verdict, tells } = story;
    const { diagnosis, heard, thief, registry } = await diagnose(story);
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
  });
});
