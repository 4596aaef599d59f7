/** "I fixed it, committed it, and ran the workflow again": the fix was never pushed, so the same commit was built again. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { CodeHost } from '../../src/evidence/code-host.ts';
import { observed } from '../../src/evidence/observation.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aSha } from '../support/fake-code-host.ts';
import { at, codeHost, REPOSITORY, RUN, SHA } from '../support/lost-tag-story.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aPod } from '../support/snapshots.ts';

const runbook = shippedRunbook('crash-loop');
const DIGEST = `sha256:${'b'.repeat(64)}`;

/** A pod whose right image is there and ends at once. */
async function note(host: CodeHost | undefined): Promise<string> {
  const crashed = aContainer({
    waitingReason: 'CrashLoopBackOff',
    restartCount: 4,
    exitCode: 1,
    imageID: `registry.example.com/team/api@${DIGEST}`,
  });
  const pod = aPod({ containers: [crashed] });
  const cluster = fakeCluster(aStory({ pods: [pod] }));
  const registry = {
    ...fakeRegistry(() => ({
      kind: 'found',
      manifest: { digest: DIGEST, mediaType: 'x', platforms: [], manifests: [] },
    })),
    origin: async () => observed({ source: `https://github.com/${REPOSITORY}`, runUrl: RUN.url }),
  };
  const diagnose = makeDiagnose({
    clock: createManualClock(),
    readers: () => ({ cluster, registry, ...(host ? { codeHost: host } : {}) }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const { steps, verdict } = await diagnose({
    request: { name: pod.name, namespace: 'staging' },
    runbook: 'crash-loop',
    signal: new AbortController().signal,
  });
  expect(verdict.cause).toBe('container-crashing');
  return steps.find(({ id }) => id === 'build')?.summary ?? '';
}

describe('a container that crashes with the image that its tag means', () => {
  it('was built from a commit that is still the newest of the branch: the fix is not there yet', async () => {
    const before = { ...RUN, id: 16, createdAt: at('09:20:00') };
    const host = codeHost({ runs: [before, RUN] });
    expect(await note(host)).toBe(
      `what runs was built from a1b2c3d of ${REPOSITORY} at 2026-05-24 17:51 UTC by ${RUN.url}, which built the same commit as the run before; branch main is still at that commit, so a fix made since is not on the remote`,
    );
    expect(host.calls.filter((call) => /^(?:jobs|jobLog|file)/.test(call))).toEqual([]);
  });

  it('was built before the branch moved on', async () => {
    const head = aSha('fix');
    const commits = [
      { sha: SHA, title: 'Broken' },
      { sha: head, title: 'Fix' },
    ];
    expect(await note(codeHost({ commits, refs: { main: head } }))).toContain(
      `branch main is at ${head.slice(0, 7)} by now`,
    );
  });

  it('asks nobody where no code host is configured', async () => {
    expect(await note(undefined)).toContain('did not say that the image is missing');
  });
});
