/**
 * Who shares the trouble decides who acts: all of one registry, only one node, every pod with one Secret, one workload. The same
 * failing pod is diagnosed in a different neighbourhood each time.
 */
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import type { PodSnapshot } from '../../src/evidence/snapshots.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aPod, aRunningContainer, IMAGE, NOON } from '../support/snapshots.ts';

const HOST = 'registry.example.com';
const runbook = shippedRunbook('image-pull');

/** What nodes and bot meet. */
interface Fault {
  readonly words: string;
  readonly outcome: AccessOutcome;
}
const refusedLogin: Fault = {
  words:
    'unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4.2: 401 Unauthorized',
  outcome: { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: '' },
};
const noAnswer: Fault = {
  words:
    'failed to do request: Head "https://registry.example.com/v2/team/api/manifests/1.4.2": dial tcp 10.0.0.9:443: i/o timeout',
  outcome: { kind: 'network', fault: 'connection-timeout', detail: 'no answer within 5 s' },
};
const answers: Fault = {
  ...noAnswer,
  outcome: { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' },
};

function waits(image: string, { words }: Fault) {
  return aContainer({
    image,
    waitingMessage: `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${words}`,
  });
}

/** Another workload that cannot pull either. */
function fails(name: string, fault: Fault, over: Partial<PodSnapshot> = {}): PodSnapshot {
  const controller = { kind: 'StatefulSet', name, uid: name };
  return aPod({
    name: `${name}-0`,
    labels: {},
    controller,
    containers: [waits(`${HOST}/team/${name}:1`, fault)],
    ...over,
  });
}

/** Another workload that got its image since, or `earlier`. */
function runs(name: string, over: Partial<PodSnapshot> = {}, earlier = false): PodSnapshot {
  const controller = { kind: 'StatefulSet', name, uid: name };
  const started = earlier ? NOON - 6_000_000 : NOON - 60_000;
  const container = aRunningContainer({ image: `${HOST}/team/${name}:1`, pullPolicy: 'Always', startedAt: started });
  return aPod({ name: `${name}-0`, labels: {}, controller, node: 'node-2', containers: [container], ...over });
}

async function told(fault: Fault, ...neighbours: readonly PodSnapshot[]) {
  const pod = aPod({ containers: [waits(IMAGE, fault)] });
  const cluster = fakeCluster(aStory({ pods: [pod, ...neighbours] }));
  const run = makeDiagnose({
    clock: systemClock,
    readers: () => ({ cluster, registry: fakeRegistry(() => fault.outcome) }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const request = { kind: 'Pod', name: pod.name, namespace: 'staging' } as const;
  const { verdict, scope, steps } = await run({ request, signal: new AbortController().signal });
  const step = steps.find(({ id }) => id === 'scope')?.summary ?? '';
  return { verdict, scope, step, owner: verdict.told?.owner, notes: verdict.told?.notes.join() ?? '' };
}

describe('every pod with one Secret', () => {
  it('fails, and others pull without it: look at the Secret, and it is nobody’s own', async () => {
    const { verdict, scope, owner, notes } = await told(
      refusedLogin,
      fails('web', refusedLogin),
      runs('shop', { imagePullSecrets: ['other'], node: 'node-1' }),
    );
    expect(verdict.cause).toBe('credentials-rejected');
    expect(notes).toMatch(
      /^every failing pod uses Secret staging\/regcred, while 1 other pod pulled from registry\.example\.com since .* without it; look at that Secret \[platform\]$/,
    );
    expect({ owner, severity: verdict.severity, scope }).toEqual({
      owner: 'platform',
      severity: 'P1',
      scope: { pods: 2, workloads: 2, namespaces: 1, nodes: 1 },
    });
  });

  it('fails, and some without it fail too: both are said', async () => {
    const { notes } = await told(
      refusedLogin,
      fails('web', refusedLogin),
      fails('cron', refusedLogin, { imagePullSecrets: ['other'] }),
      runs('shop', { imagePullSecrets: [], node: 'node-1' }),
    );
    expect(notes).toContain('all 2 pods that use Secret staging/regcred fail, while 1 other pod pulled');
    expect(notes).toContain('; 1 pod without it fails too; look at that Secret');
  });

  it('fails, and nobody was seen to succeed: that is said, and no more', async () => {
    const { verdict, owner, notes } = await told(
      refusedLogin,
      fails('web', refusedLogin),
      fails('cron', refusedLogin),
      runs('shop', { imagePullSecrets: ['other'] }, true),
      runs('mail', {}, true),
    );
    expect(notes).toMatch(
      /^all 3 pods that use Secret staging\/regcred fail, and none was seen to pull with it since 20\d\d-[-\d: UTC]+; look at that Secret \[platform\];/,
    );
    expect(notes).toContain('; 1 running pod with it may not have pulled since; 1 pod without it runs');
    expect([verdict.cause, owner]).toEqual(['credentials-rejected', 'platform']);
  });

  it('of one workload is that team’s matter', async () => {
    const sibling = aPod({ name: 'api-7d9c5-other', containers: [waits(IMAGE, refusedLogin)] });
    const { owner, notes } = await told(refusedLogin, sibling, runs('shop', { imagePullSecrets: ['other'] }));
    expect(owner).toBe('team that deploys');
    expect(notes).toMatch(/^one workload fails, while 1 other pod pulled/);
  });

  it('is not blamed where the nodes get no answer at all', async () => {
    const { notes, step } = await told(noAnswer, fails('web', noAnswer), fails('cron', noAnswer));
    expect(notes + step).not.toContain('Secret');
  });

  it('is not blamed where pods with another fail alike, nor where one image is all that fails', async () => {
    const other = await told(refusedLogin, fails('web', refusedLogin, { imagePullSecrets: ['other'] }));
    expect(other.notes + other.step).not.toContain('Secret');
    const twin = fails('web', refusedLogin, { containers: [waits(IMAGE, refusedLogin)] });
    expect((await told(refusedLogin, twin)).step).not.toContain('Secret');
  });
});

describe('only one node', () => {
  it('fails, and others pull elsewhere: the platform looks at that node', async () => {
    const { verdict, owner, notes } = await told(answers, fails('web', answers), runs('shop'));
    expect(verdict.cause).toBe('connection-timeout');
    expect(notes).toMatch(/^only node node-1 fails: 1 other pod pulled .* on node-2; look at that node \[platform\]$/);
    expect(owner).toBe('platform');
  });

  it('and one Secret, where no node gives a reason: it may be either', async () => {
    const mute = { ...answers, words: '' };
    const silent = (name: string) =>
      fails(name, mute, { containers: [aContainer({ image: `${HOST}/team/${name}:1` })] });
    const pod = aPod();
    const neighbours = [silent('web'), runs('shop', { imagePullSecrets: ['other'] })];
    const cluster = fakeCluster(aStory({ pods: [pod, ...neighbours] }));
    const run = makeDiagnose({
      clock: systemClock,
      readers: () => ({ cluster, registry: fakeRegistry(() => noAnswer.outcome) }),
      runbooks: [runbook],
      checks: CHECKS,
      remedies: REMEDIES,
      credentialHosts: [],
    });
    const request = { kind: 'Pod', name: pod.name, namespace: 'staging' } as const;
    const { steps } = await run({ request, signal: new AbortController().signal });
    expect(steps.find(({ id }) => id === 'scope')?.summary).toContain(
      'every failing pod is on node node-1 and uses Secret staging/regcred, while 1 other pod pulled',
    );
  });
});

describe('all of one registry', () => {
  it('fails on several nodes, with and without Secrets: the registry and the way to it', async () => {
    const { verdict, scope, notes, owner } = await told(
      noAnswer,
      fails('web', noAnswer, { node: 'node-2', namespace: 'prod', imagePullSecrets: [] }),
      runs('shop', {}, true),
    );
    expect(verdict).toMatchObject({ cause: 'connection-timeout', confidence: 'certain', severity: 'P1' });
    expect(notes).toMatch(
      /^2 images of registry\.example\.com, and nobody is known to have pulled there since .*: look at the registry and the way to it/,
    );
    expect(scope).toEqual({ pods: 2, workloads: 2, namespaces: 2, nodes: 2 });
    expect(owner).toBe('network');
  });
});

describe('one workload', () => {
  it('fails, and others pull with the same Secret on the same node: its team looks at it', async () => {
    const { verdict, owner, notes, scope } = await told(refusedLogin, runs('shop', { node: 'node-1' }));
    expect(notes).toMatch(/^one workload fails, while 1 other pod pulled .*look at the image and its credentials/);
    expect({ owner, severity: verdict.severity, scope }).toMatchObject({
      owner: 'team that deploys',
      scope: { pods: 1, workloads: 1 },
    });
  });
});
