import { describe, expect, it } from '@jest/globals';
import { assert as assertProperty, asyncProperty, shuffledSubarray } from 'fast-check';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { forbidden, type Observation, observed, unreachable } from '../../src/evidence/observation.ts';
import { type DiagnoseDeps, makeDiagnose, makeQuickLook } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import type { StepProgress } from '../../src/runbook/runbook.ts';
import type { TargetRequest } from '../../src/target/target.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import {
  aContainer,
  aFailedEvent,
  aPod,
  aPullSecret,
  aRunningContainer,
  aWorkload,
  IMAGE,
} from '../support/snapshots.ts';

const imagePull = shippedRunbook('image-pull');
const POD = 'api-7d9c5-x2x7k';
const failing: Partial<ClusterStory> = { events: { [`uid-${POD}`]: [aFailedEvent()] } };

function world(story: Partial<ClusterStory> = failing, instead: Instead = {}, over: Partial<DiagnoseDeps> = {}) {
  const clock = createManualClock();
  const cluster = fakeCluster(aStory(story), instead);
  const registry = fakeRegistry();
  const deps: DiagnoseDeps = {
    clock,
    readers: () => ({ cluster, registry }),
    runbooks: [imagePull],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
    ...over,
  };
  const seen: (readonly StepProgress[])[] = [];
  function diagnose(request: Partial<TargetRequest> = {}, signal = new AbortController().signal) {
    return makeDiagnose(deps)({
      request: { name: POD, namespace: 'staging', ...request },
      onProgress: (steps) => seen.push(steps),
      signal,
    });
  }
  return { clock, cluster, registry, deps, seen, diagnose };
}

describe('a tag that was never pushed', () => {
  it('is proven by the registry, with few calls and none of them twice', async () => {
    const { diagnose, cluster, registry } = world();
    const diagnosis = await diagnose();
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(diagnosis.lights).toMatchObject({ reference: 'bad' });
    expect(diagnosis.target).toEqual({
      cluster: 'test',
      namespace: 'staging',
      kind: 'Pod',
      name: POD,
      workload: { kind: 'Deployment', name: 'api' },
    });
    expect(cluster.calls.length).toBeLessThanOrEqual(12);
    expect(new Set(cluster.calls).size).toBe(cluster.calls.length);
    expect(registry.calls.length).toBeLessThanOrEqual(4);
    expect(diagnosis.gaps).toEqual([]);
  });

  it('shows every step from pending to its answer, in the order of the runbook', async () => {
    const { diagnose, seen } = world();
    const { steps } = await diagnose();
    const ids = imagePull.steps.map(({ id }) => id);
    expect(steps.map(({ id }) => id)).toEqual(ids);
    expect(seen.every((shown) => shown.map(({ id }) => id).join() === ids.join())).toBe(true);
    expect(seen[0]!.every(({ status }) => status === 'pending')).toBe(true);
    expect(seen[1]!.every(({ status }) => status === 'running')).toBe(true);
    expect(seen.at(-1)!.some(({ status }) => status === 'pending' || status === 'running')).toBe(false);
    expect(steps.every(({ summary }) => summary !== '')).toBe(true);
    expect(steps.find(({ id }) => id === 'read-error')!.command).toContain(POD);
  });

  it('keeps the runbook’s order whatever the order is', async () => {
    await assertProperty(
      asyncProperty(shuffledSubarray([...imagePull.steps], { minLength: 1 }), async (steps) => {
        const { diagnose } = world(failing, {}, { runbooks: [{ ...imagePull, steps }] });
        expect((await diagnose()).steps.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
      }),
      { numRuns: 25 },
    );
  });
});

describe('which containers', () => {
  it('starts with the init container that holds up the others', async () => {
    const pod = aPod({
      containers: [
        aContainer({ name: 'migrate', role: 'init', image: 'registry.example.com/team/migrate:7' }),
        aContainer({ waitingReason: 'PodInitializing', waitingMessage: '' }),
      ],
    });
    const diagnosis = await world({ pods: [pod] }).diagnose();
    expect(diagnosis.findings.map(({ container }) => container)).toContain('migrate');
    expect(diagnosis.findings.map(({ container }) => container)).not.toContain('api');
  });

  it('tells two broken containers apart in findings and steps', async () => {
    const pod = aPod({
      containers: [aContainer(), aContainer({ name: 'proxy', image: 'registry.example.com/team/proxy:1' })],
    });
    const { diagnose, cluster } = world({ pods: [pod] });
    const diagnosis = await diagnose();
    expect(new Set(diagnosis.findings.map(({ container }) => container))).toEqual(new Set(['api', 'proxy']));
    expect(diagnosis.steps.find(({ id }) => id === 'tag')!.summary).toMatch(/api: .*; proxy: /);
    expect(new Set(cluster.calls).size).toBe(cluster.calls.length);
  });

  it('finds nothing wrong with a pod that runs', async () => {
    const manifest = { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'm', platforms: ['linux/amd64'], manifests: [] };
    const registry = fakeRegistry(() => ({ kind: 'found', manifest }));
    const cluster = fakeCluster(aStory({ pods: [aPod({ phase: 'Running', containers: [aRunningContainer()] })] }));
    const diagnosis = await world({}, {}, { readers: () => ({ cluster, registry }) }).diagnose();
    expect(diagnosis.verdict).toMatchObject({ cause: 'healthy', severity: 'none' });
  });
});

describe('which pods', () => {
  const web = aPod({ name: 'api-web-0', labels: {}, controller: { kind: 'StatefulSet', name: 'api-web', uid: 'u' } });

  it('takes a bare name for the workload of that name, and says so', async () => {
    const twin = aPod({ name: 'api-7d9c5-twin' });
    const { diagnose, cluster } = world({ pods: [aPod(), twin, web] });
    const diagnosis = await diagnose({ name: 'api' });
    expect(diagnosis.target).toMatchObject({ kind: 'Deployment', name: 'api' });
    expect(diagnosis.notes).toEqual(['no pod is called "api"; looked at deployment/api']);
    expect(new Set(diagnosis.findings.map(({ pod }) => pod))).toEqual(new Set([POD]));
    expect(new Set(cluster.calls).size).toBe(cluster.calls.length);
    expect(cluster.calls.length).toBeLessThanOrEqual(12);
  });

  it('takes a beginning for the one workload whose pods begin so, and asks for no other of that name', async () => {
    const { diagnose, cluster } = world({ pods: [aPod(), web] });
    expect((await diagnose({ name: 'api-7d' })).target).toMatchObject({ kind: 'Deployment', name: 'api' });
    expect(cluster.calls.length).toBeLessThanOrEqual(12);
    const { diagnose: find } = world({ pods: [web], workloads: [aWorkload({ name: 'api-w' })], controllers: {} });
    await expect(find({ name: 'api-w' })).resolves.toMatchObject({ target: { kind: 'Deployment', name: 'api-w' } });
  });

  it('lists the candidates where the beginning fits several', async () => {
    const { diagnose } = world({ pods: [aPod(), web] });
    await expect(diagnose({ name: 'ap' })).rejects.toMatchObject({
      code: 'ambiguous-target',
      message: '"ap" in namespace staging could be deployment/api, statefulset/api-web',
    });
  });

  it('says so where a pod has more containers than are looked into', async () => {
    const containers = ['1', '2', '3', '4', '5', '6'].map((name) => aRunningContainer({ name }));
    const diagnosis = await world({ pods: [aPod({ containers })] }).diagnose();
    expect(diagnosis.notes).toEqual([
      '2 more containers not looked into: what the registry has for them now is not known',
    ]);
  });

  it('guesses nothing from a list that was cut', async () => {
    const { deps, cluster } = world();
    const pods = async (...args: Parameters<typeof cluster.pods>) => {
      const list = await cluster.pods(...args);
      return list.status === 'observed' ? observed({ ...list.value, truncated: true }) : list;
    };
    const cut = makeDiagnose({ ...deps, readers: () => ({ cluster: { ...cluster, pods }, registry: fakeRegistry() }) });
    const { signal } = new AbortController();
    await expect(cut({ request: { name: 'api-7', namespace: 'staging' }, signal })).rejects.toMatchObject({
      code: 'no-such-target',
    });
    expect((await cut({ request: { name: 'api', namespace: 'staging' }, signal })).target.kind).toBe('Deployment');
  });

  it('names what is there where nothing fits', async () => {
    await expect(world().diagnose({ name: 'apo' })).rejects.toMatchObject({ code: 'no-such-target' });
    await expect(world().diagnose({ kind: 'Pod', name: 'api-old' })).rejects.toMatchObject({
      hint: 'there are: deployment/api',
    });
    await expect(world().diagnose({ kind: 'StatefulSet', name: 'db' })).rejects.toMatchObject({
      message: 'there is no statefulset/db in namespace staging',
    });
  });

  it('finds the pods of a CronJob through its Jobs, not through their names', async () => {
    const mine = aPod({
      name: 'backup-29001-a',
      labels: {},
      controller: { kind: 'Job', name: 'backup-29001', uid: 'j' },
    });
    const other = aPod({
      name: 'backup-db-1-a',
      labels: {},
      controller: { kind: 'Job', name: 'backup-db-1', uid: 'k' },
    });
    const cron = aWorkload({ kind: 'CronJob', name: 'backup', uid: 'uid-cron', selector: '' });
    const { diagnose } = world({
      pods: [mine, other],
      workloads: [cron],
      controllers: { 'Job/backup-29001': { kind: 'CronJob', name: 'backup' } },
    });
    const diagnosis = await diagnose({ kind: 'CronJob', name: 'backup' });
    expect(new Set(diagnosis.findings.map(({ pod }) => pod))).toEqual(new Set(['backup-29001-a']));
  });
});

describe('when it could not look', () => {
  const away = async (): Promise<Observation<never>> => unreachable('connect ECONNREFUSED 10.0.0.1:6443');
  const secrets = { verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' };

  it('is undetermined while the cluster does not answer', async () => {
    const diagnosis = await world({}, { pod: away, pods: away, workload: away }).diagnose();
    expect(diagnosis.verdict).toMatchObject({ cause: 'undetermined', confidence: 'possible' });
    expect(diagnosis.gaps.join('\n')).toContain('ECONNREFUSED');
    expect(diagnosis.steps.map(({ status }) => status)).not.toContain('passed');
    expect(diagnosis.findings).toEqual([]);
  });

  it('is undetermined too when a workload’s pods may not be listed', async () => {
    const right = { verb: 'list', apiGroup: '', resource: 'pods', namespace: 'staging' };
    const diagnosis = await world({}, { pods: async () => forbidden(right) }).diagnose({
      kind: 'Deployment',
      name: 'api',
    });
    expect(diagnosis.verdict.cause).toBe('undetermined');
    expect(diagnosis.gaps.join('\n')).toContain('resources: ["pods"], verbs: ["list"]');
  });

  it('goes on without the Secrets and prints the rule to add, once', async () => {
    const diagnosis = await world(failing, { secret: async () => forbidden(secrets) }).diagnose();
    const rules = diagnosis.gaps.filter((gap) => gap.includes('resources: ["secrets"]'));
    expect(rules).toHaveLength(1);
    expect(diagnosis.verdict.cause).not.toBe('undetermined');
    expect(diagnosis.verdict.confidence).not.toBe('certain');
  });

  it('waits for one hanging reading no longer than its deadline', async () => {
    const { diagnose, clock } = world(failing, { revisions: () => new Promise<never>(() => undefined) });
    const looking = diagnose();
    await clock.advance(10_000);
    const diagnosis = await looking;
    expect(diagnosis.verdict.cause).toBe('tag-not-found');
    expect(diagnosis.gaps.join('\n')).toContain('no answer within 10s');
    expect(diagnosis.durationMs).toBe(10_000);
  });

  it('ends a quick look within five seconds and blames nobody who was merely slow', async () => {
    const { deps, clock, cluster } = world();
    const slow = { ...fakeRegistry(), manifest: () => new Promise<never>(() => undefined) };
    const quick = makeQuickLook({ ...deps, readers: () => ({ cluster, registry: slow }) });
    const looking = quick({ request: { name: POD, namespace: 'staging' }, signal: new AbortController().signal });
    await clock.advance(5000);
    const diagnosis = await looking;
    expect(diagnosis.durationMs).toBeLessThanOrEqual(5000);
    expect(diagnosis.verdict.cause).not.toBe('connection-timeout');
    expect(diagnosis.lights.reachability).toBe('unknown');
  });

  it('rejects when the person gave up', async () => {
    const stop = new AbortController();
    const looking = world({}, { pod: () => new Promise<never>(() => undefined) }).diagnose({}, stop.signal);
    stop.abort(new Error('Ctrl-C'));
    await expect(looking).rejects.toThrow('Ctrl-C');
  });

  it('knows only the runbooks it was given', async () => {
    const { deps } = world();
    const request = { name: POD, namespace: 'staging' };
    const signal = new AbortController().signal;
    await expect(makeDiagnose(deps)({ request, runbook: 'crash-loop', signal })).rejects.toMatchObject({
      code: 'no-such-runbook',
      hint: 'there are: image-pull',
    });
  });
});

it('never prints a password', async () => {
  const secrets = [aPullSecret({ password: 'canary-3f9c' })];
  const { diagnose } = world({ ...failing, secrets }, {}, { credentialHosts: ['registry.example.com'] });
  const diagnosis = await diagnose();
  expect(JSON.stringify(diagnosis)).not.toContain('canary-3f9c');
  expect(JSON.stringify(diagnosis)).toContain(IMAGE);
});
