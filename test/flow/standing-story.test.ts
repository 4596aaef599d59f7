/** A pull request that was opened before: it is shown instead of a second button, and what became of it decides what is offered. */
import { describe, expect, it } from '@jest/globals';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { PullRequest } from '../../src/evidence/code-host.ts';
import { makeOfferActions } from '../../src/flow/offer-actions.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { openFixPullRequest } from '../../src/remediation/remedies/open-fix-pull-request.ts';
import { fakeCodeWriter } from '../remediation/code-host.ts';
import { fakePorts } from '../remediation/fakes.ts';
import { aRepository } from '../support/fake-code-host.ts';
import { diagnose } from '../support/gitops-world.ts';
import { codeHost, FILE, REPOSITORY, SHA, WORKFLOW } from '../support/lost-tag-story.ts';
import { look } from '../support/lost-tag-world.ts';
import { aStory } from '../support/readers.ts';

const BRANCH = 'pullcheck/deploy-yml-needs-not-declared-needs-build-outputs-image-tag';
const FIX = 'open-fix-pull-request';
function aPull(state: PullRequest['state'], repository = REPOSITORY): PullRequest {
  return { number: 7, url: `https://github.com/${repository}/pull/7`, state, base: 'main' };
}

async function lostTag(state: PullRequest['state'], now = WORKFLOW): Promise<Diagnosis> {
  const moved = 'b'.repeat(40);
  const host = codeHost({
    commits: [
      { sha: SHA, title: 'Add a route' },
      { sha: moved, title: 'Later' },
    ],
    refs: { main: moved },
    files: { [SHA]: { [FILE]: WORKFLOW }, [moved]: { [FILE]: now } },
    pulls: { [BRANCH]: aPull(state) },
  });
  return await look({ host });
}

function offerOf({ remedies }: Diagnosis, id = FIX) {
  return remedies.find((one) => one.id === id);
}

/** Titles of the buttons that a thread would get. */
async function buttons(diagnosis: Diagnosis): Promise<readonly string[]> {
  const kept: RemedyAction[] = [];
  const store = { put: async (action: RemedyAction) => void kept.push(action) };
  const none = async () => undefined;
  const actions = { ...store, get: none, move: async () => false, request: none };
  const offer = makeOfferActions({ actions, newId: () => 'x', now: () => 0 });
  const made = await offer(diagnosis, { channel: 'C1', ts: '1' }, { kind: 'inquiry', id: 'i' });
  expect(made).toEqual(kept);
  return made.map(({ title }) => title);
}

describe('the fix of a pipeline that was proposed before', () => {
  it('is linked while it is open, and has no button', async () => {
    const diagnosis = await lostTag('open');
    expect(offerOf(diagnosis)?.standing).toEqual({
      number: 7,
      url: 'https://github.com/mycompany/api-service/pull/7',
      state: 'open',
      settled: true,
      note: 'Pull request #7 of mycompany/api-service is open already and waits to be merged; the next run of the pipeline has it.',
    });
    expect(await buttons(diagnosis)).toEqual(['Run the tag that was pushed']);
    const { blocks } = findings(diagnosis);
    const shown = JSON.stringify(blocks);
    expect(shown).toContain('Pull request #7 of mycompany/api-service is open already');
    expect(shown).toContain('https://github.com/mycompany/api-service/pull/7');
    expect(shown).not.toContain('gh pr create');
    const text = renderDiagnosis(diagnosis, createStyle(false));
    expect(text).toContain('open already');
    expect(text).not.toContain('gh pr create');
  });

  it('is said to be merged, and not offered again, once the fault is gone from the branch', async () => {
    const mended = WORKFLOW.replace('needs: push', 'needs: [push, build]').replace(/ +if \[ -z[\s\S]*? fi\n/, '');
    const diagnosis = await lostTag('merged', mended);
    expect(offerOf(diagnosis)?.standing).toMatchObject({ settled: true, note: expect.stringContaining('was merged;') });
    expect(await buttons(diagnosis)).not.toContain(openFixPullRequest.title);
  });

  it('is offered again where it was merged and the fault came back', async () => {
    const diagnosis = await lostTag('merged');
    expect(offerOf(diagnosis)?.standing).toMatchObject({
      settled: false,
      note: expect.stringContaining('there again'),
    });
    expect(await buttons(diagnosis)).toContain(openFixPullRequest.title);
  });

  it('is offered again where it was closed, by whoever reads so; the writer is told that it is known', async () => {
    const diagnosis = await lostTag('closed');
    const offer = offerOf(diagnosis);
    expect(offer?.standing).toMatchObject({
      settled: false,
      note: expect.stringContaining('closed without being merged'),
    });
    expect(await buttons(diagnosis)).toContain(openFixPullRequest.title);
    const story = {
      [REPOSITORY]: aRepository({
        commits: [{ sha: SHA, title: 'x' }],
        refs: { main: SHA },
        files: { [SHA]: { [FILE]: WORKFLOW } },
      }),
    };
    const fake = fakeCodeWriter({ repositories: story });
    const ports = { ...fakePorts(aStory()), codeHost: fake.codeHost };
    const params = openFixPullRequest.Params.parse(offer?.params);
    await openFixPullRequest.run(params, ports, 'apply', new AbortController().signal);
    expect(fake.opened).toMatchObject([{ branch: BRANCH, despite: 7 }]);
  });

  it('counts only where it goes to the same branch', async () => {
    const elsewhere = { ...aPull('open'), base: 'release' };
    const diagnosis = await look({ host: codeHost({ pulls: { [BRANCH]: elsewhere } }) });
    expect(offerOf(diagnosis)).toBeDefined();
    expect(offerOf(diagnosis)?.standing).toBeUndefined();
  });
});

describe('the tag in the manifest that was proposed before', () => {
  const branch = 'pullcheck/deploy-apps-staging-api-deployment-a1b2c3d-2026-03-19-17-52';
  const id = 'open-gitops-pull-request';

  it('is linked while it is open', async () => {
    const { diagnosis } = await diagnose({ pulls: { [branch]: aPull('open', 'acme/deploy') } });
    expect(offerOf(diagnosis, id)?.standing).toMatchObject({
      settled: true,
      note: expect.stringContaining('then Argo CD application shop deploys it'),
    });
    expect(await buttons(diagnosis)).toEqual([]);
  });

  it('is offered again where it was merged and the old tag stands there again', async () => {
    const { diagnosis } = await diagnose({ pulls: { [branch]: aPull('merged', 'acme/deploy') } });
    expect(offerOf(diagnosis, id)?.standing).toMatchObject({ settled: false });
  });
});
