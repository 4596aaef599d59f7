/** A secret in any words of the outside is in nothing that people, stores or a terminal get. */
import { describe, expect, it } from '@jest/globals';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import { loadConfig } from '../../src/config/config.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { type Observation, observed } from '../../src/evidence/observation.ts';
import { replay } from '../../src/flow/replay.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import type { StepProgress } from '../../src/runbook/runbook.ts';
import { wireDiagnosis } from '../../src/wire/diagnosis.ts';
import { shown, shownBy } from '../../src/wire/shown.ts';
import { FORMS, leaksIn, planted } from '../support/canaries.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aPod, NOON } from '../support/snapshots.ts';
import { WHOLE_EVIDENCE } from '../support/whole-evidence.ts';

const runbook = shippedRunbook('image-pull');

/** What a run says whose every kind of evidence holds canaries. */
async function saidOf(form: string): Promise<{ diagnosis: Diagnosis; canaries: Readonly<Record<string, string>> }> {
  const canaries: Record<string, string> = {};
  const variants: Record<string, Observation<unknown>> = {};
  const whole = planted(
    Object.fromEntries(Object.entries(WHOLE_EVIDENCE).map(([kind, [value]]) => [kind, value])),
    form,
  );
  Object.assign(canaries, whole.canaries);
  for (const [kind, value] of Object.entries(whole.value)) variants[kind] = observed(value);
  // Closed words decide which check speaks at all: those of the pod stay as they are.
  const [pod] = WHOLE_EVIDENCE.pod;
  const diagnosis = await replay(
    { runbooks: [runbook], checks: CHECKS, remedies: REMEDIES },
    {
      target: { cluster: 'test', namespace: 'staging', kind: 'Pod', name: 'api-7d9c5-x2x7k' },
      runbook: runbook.id,
      cases: [
        {
          subject: { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' },
          evidence: { ...variants, ...(pod ? { pod: observed(pod) } : {}) },
        },
      ],
      credentialHosts: ['registry.example.com'],
      startedAt: NOON,
    },
  );
  return { diagnosis, canaries };
}

describe.each(Object.keys(FORMS))('%s', (form) => {
  it('is in no store, no message and no terminal', async () => {
    const { diagnosis, canaries } = await saidOf(form);
    const told = shown(diagnosis);
    expect(leaksIn(JSON.stringify(told), canaries)).toEqual([]);
    expect(leaksIn(JSON.stringify(findings(told)), canaries)).toEqual([]);
    expect(leaksIn(renderDiagnosis(told, createStyle(false)), canaries)).toEqual([]);
  });
});

it('changes nothing where there is no secret', async () => {
  const whole = Object.fromEntries(Object.entries(WHOLE_EVIDENCE).map(([kind, [value]]) => [kind, observed(value)]));
  const diagnosis = await replay(
    { runbooks: [runbook], checks: CHECKS, remedies: REMEDIES },
    {
      target: { cluster: 'test', namespace: 'staging', kind: 'Pod', name: 'api-7d9c5-x2x7k' },
      runbook: runbook.id,
      cases: [{ subject: { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' }, evidence: whole }],
      credentialHosts: ['registry.example.com'],
      startedAt: NOON,
    },
  );
  expect(shown(diagnosis)).toEqual(diagnosis);
});

it('holds for what is told on the way, too', async () => {
  const { diagnosis } = await saidOf('a setting');
  const heard: string[] = [];
  const step: StepProgress = {
    id: 's',
    title: 't',
    status: 'running',
    summary: 'API_TOKEN=C4nary0000xYz',
    command: '',
  };
  const use = shownBy(async ({ onProgress }: { onProgress?: (steps: readonly StepProgress[]) => void }) => {
    onProgress?.([step]);
    return diagnosis;
  });
  await use({ onProgress: ([told]) => heard.push(told?.summary ?? '') });
  expect(heard).toEqual(['API_TOKEN=[masked]']);
});

it('holds for the quick assessment, and for the list of credentials', async () => {
  const image = 'https://robot:canary-7f3a9c@registry.example.com/team/api:1';
  const pod = aPod({ containers: [aContainer({ image, waitingReason: 'InvalidImageName' })] });
  const cluster = fakeCluster(aStory({ pods: [pod] }));
  const outside = {
    readers: () => ({ cluster, registry: fakeRegistry() }),
    credentialHosts: [],
    ownCredential: () => undefined,
  };
  const config = loadConfig({ variables: {}, need: 'cli', readFile: () => '' });
  const parts = wireDiagnosis(config, outside, createManualClock());
  const { signal } = new AbortController();
  const told = [await parts.scope({ signal }), await parts.credentials({ image, namespace: 'staging', signal })];
  expect(JSON.stringify(told)).toContain('registry.example.com/team/api:1');
  expect(JSON.stringify(told)).not.toContain('canary-7f3a9c');
});
