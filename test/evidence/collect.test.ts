import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { collectCase, EVIDENCE_KINDS } from '../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../src/evidence/collect-shared.ts';
import { COLLECTORS } from '../../src/evidence/collectors/index.ts';
import { forbidden, unreachable, valueOf } from '../../src/evidence/observation.ts';
import { Sealed } from '../../src/sealed.ts';
import { createManualClock, settle } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { aContainer, aFailedEvent, aPod, aPullSecret, aWorkload, IMAGE } from '../support/snapshots.ts';

/** Not asked of a pod that waits for an image from somewhere else. */
const OTHER_CASES = EVIDENCE_KINDS.filter((kind) =>
  [
    'landing',
    'buildTrace',
    'gitopsSource',
    'unattachedSecrets',
    'registryService',
    'runningImage',
    'crashLogs',
  ].includes(kind),
);

const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };

function open(story = aStory(), instead: Instead = {}, registry = fakeRegistry()) {
  const clock = createManualClock();
  const cluster = fakeCluster(story, instead);
  const stop = new AbortController();
  const shared = shareReaders({ cluster, registry }, clock, DEFAULT_LIMITS, stop.signal);
  const outside = { ...shared, signal: stop.signal, ownCredential: () => undefined };
  return { clock, cluster, registry, stop, outside, evidence: collectCase(subject, outside), shared };
}

describe('the evidence graph', () => {
  it('has one collector file for each kind, and one kind for each file', () => {
    const files = readdirSync('src/evidence/collectors').filter((file) => file !== 'index.ts');
    const kinds = EVIDENCE_KINDS.map(
      (kind) => `${kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    );
    expect(files.sort()).toEqual(kinds.sort());
    expect(EVIDENCE_KINDS.filter((kind) => COLLECTORS[kind].kind !== kind)).toEqual([]);
  });

  it('has no cycle: every kind can be reached before those that need it', () => {
    const done = new Set<string>();
    for (let left = EVIDENCE_KINDS.length; left > 0; left -= 1) {
      for (const kind of EVIDENCE_KINDS) {
        if (COLLECTORS[kind].needs.every((need) => done.has(need))) done.add(kind);
      }
    }
    expect([...done].sort()).toEqual([...EVIDENCE_KINDS].sort());
  });

  it('reads a failing pod of a Deployment with few calls, none of them twice', async () => {
    const { evidence, cluster, registry } = open();
    const seen = await evidence.view(EVIDENCE_KINDS);
    expect(EVIDENCE_KINDS.filter((kind) => seen[kind].status !== 'observed')).toEqual(OTHER_CASES);
    expect(cluster.calls).toHaveLength(new Set(cluster.calls).size);
    expect(cluster.calls.length).toBeLessThanOrEqual(12);
    expect(registry.calls).toEqual([`manifest ${IMAGE} anonymous`, `manifest ${IMAGE} robot`, `tags ${IMAGE} robot`]);
  });

  it('asks nothing as a login without a user name: the runtime asks as nobody there', async () => {
    const config = { auths: { 'registry.example.com': {} }, credsStore: 'desktop' };
    const secret = aPullSecret({ data: { '.dockerconfigjson': new Sealed(JSON.stringify(config)) } });
    const { evidence, registry } = open(aStory({ secrets: [secret] }));
    await evidence.get('registryAccess');
    expect(registry.calls).toEqual([`manifest ${IMAGE} anonymous`]);
  });

  describe('when the registry refuses the password', () => {
    const refuses = { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: '' } as const;

    it.each(['accepted', 'rejected', 'unknown'] as const)(
      'asks at its base whether the login is good: %s',
      async (login) => {
        const registry = fakeRegistry(() => refuses, [], login);
        const { evidence } = open(aStory(), {}, registry);
        const access = valueOf(await evidence.get('registryAccess'));
        expect(access?.attempts.map((attempt) => attempt.login)).toEqual([undefined, login]);
        const host = 'registry.example.com';
        expect(registry.calls.slice(2).sort()).toEqual([`login ${host} anonymous`, `login ${host} robot`]);
      },
    );

    it('believes no welcome that everybody gets', async () => {
      const registry = { ...fakeRegistry(() => refuses), login: async () => 'accepted' as const };
      const { evidence } = open(aStory(), {}, registry);
      const access = valueOf(await evidence.get('registryAccess'));
      expect(access?.attempts.at(-1)?.login).toBe('unknown');
    });

    it('does not ask where nobody needs a login, or where the registry could not be asked', async () => {
      const found = { kind: 'found', manifest: { digest: '', mediaType: '', platforms: [], manifests: [] } } as const;
      const open401 = fakeRegistry(({ kind }) => (kind === 'anonymous' ? found : refuses));
      await open(aStory(), {}, open401).evidence.get('registryAccess');
      const down = fakeRegistry(() => ({ kind: 'network', fault: 'connection-refused', detail: '' }));
      await open(aStory(), {}, down).evidence.get('registryAccess');
      expect([...open401.calls, ...down.calls].filter((call) => call.startsWith('login'))).toEqual([]);
    });

    it('a question that fails is no answer', async () => {
      const registry = { ...fakeRegistry(() => refuses), login: () => Promise.reject(new Error('socket closed')) };
      const { evidence } = open(aStory(), {}, registry);
      const access = valueOf(await evidence.get('registryAccess'));
      expect(access?.attempts.at(-1)?.login).toBe('unknown');
    });
  });

  it('starts at once what depends on nothing, and asks the registry before the Secrets are there', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { evidence, cluster, registry } = open(aStory(), { secret: never });
    void evidence.view(EVIDENCE_KINDS);
    expect(cluster.calls).toEqual(['pod staging/api-7d9c5-x2x7k', 'nodes', 'pods *']);
    await settle();
    expect(cluster.calls).toContain('secret staging/regcred');
    expect(registry.calls).toEqual([`manifest ${IMAGE} anonymous`]);
  });

  it('shares every call between containers of one pod that have the same image', async () => {
    const two = aPod({ containers: [aContainer(), aContainer({ name: 'sidecar' })] });
    const { evidence, outside, cluster, registry } = open(aStory({ pods: [two] }));
    const other = collectCase({ ...subject, container: 'sidecar' }, outside);
    await Promise.all([evidence.view(EVIDENCE_KINDS), other.view(EVIDENCE_KINDS)]);
    expect(cluster.calls).toHaveLength(new Set(cluster.calls).size);
    expect(registry.calls).toHaveLength(new Set(registry.calls).size);
  });

  it('gives up on one call that hangs, and on nothing else', async () => {
    const { evidence, clock } = open(aStory(), { events: () => new Promise<never>(() => undefined) });
    const looking = evidence.view(EVIDENCE_KINDS);
    await clock.advance(DEFAULT_LIMITS.callMs);
    const seen = await looking;
    expect(seen.events).toEqual(unreachable('no answer within 10s'));
    expect(EVIDENCE_KINDS.filter((kind) => seen[kind].status !== 'observed')).toEqual(['events', ...OTHER_CASES]);
  });

  it('turns what a reader throws into an observation', async () => {
    const { evidence } = open(aStory(), { node: () => Promise.reject(new Error('socket hang up\n at stack')) });
    expect(await evidence.get('node')).toEqual(unreachable('socket hang up'));
    expect((await evidence.get('workload')).status).toBe('observed');
  });

  it('ends when the whole has taken too long', async () => {
    const hang = () => new Promise<never>(() => undefined);
    const clock = createManualClock();
    const stop = new AbortController();
    const limits = { ...DEFAULT_LIMITS, parallel: 1, totalMs: 12_000 };
    const cluster = fakeCluster(aStory(), { pods: hang, pod: hang });
    const shared = shareReaders({ cluster, registry: fakeRegistry() }, clock, limits, stop.signal);
    const evidence = collectCase(subject, { ...shared, signal: stop.signal, ownCredential: () => undefined });
    const looking = evidence.view(['scope', 'pod']);
    await clock.advance(12_000);
    const seen = await looking;
    expect(seen.scope).toEqual(unreachable('no answer within 10s'));
    expect(seen.pod).toEqual(unreachable('the look was over after 12s'));
  });

  it('does not blame the registry when our own time ran out', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const limits = { parallel: 8, callMs: 4000, registryMs: 4000, totalMs: 4000 };
    const silent = { ...fakeRegistry(), manifest: () => new Promise<never>(() => undefined) };
    const shared = shareReaders({ cluster: fakeCluster(), registry: silent }, clock, limits, stop.signal);
    const evidence = collectCase(subject, { ...shared, signal: stop.signal, ownCredential: () => undefined });
    const looking = evidence.get('registryAccess');
    await clock.advance(4000);
    expect((await looking).status).toBe('unreachable');
  });

  it('calls a registry that never answers timed out', async () => {
    const silent = { ...fakeRegistry(), manifest: () => new Promise<never>(() => undefined) };
    const { evidence, clock } = open(aStory(), {}, silent);
    const looking = evidence.get('registryAccess');
    await clock.advance(DEFAULT_LIMITS.registryMs);
    expect(await looking).toMatchObject({
      status: 'observed',
      value: { attempts: [{ outcome: { kind: 'network', fault: 'connection-timeout' } }] },
    });
  });

  it('rejects when the caller gave up', async () => {
    const { evidence, stop } = open(aStory(), { pod: () => new Promise<never>(() => undefined) });
    const looking = evidence.get('events');
    stop.abort(new Error('Ctrl-C'));
    await expect(looking).rejects.toThrow('Ctrl-C');
  });
});

describe('credentials', () => {
  const right = { verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' };

  it('asks only anonymously while Secrets may not be read', async () => {
    const { evidence, registry } = open(aStory(), { secret: async () => forbidden(right) });
    expect(await evidence.get('keyring')).toEqual({
      status: 'not-collected',
      reason: 'secret regcred could not be read',
    });
    expect((await evidence.get('registryAccess')).status).toBe('observed');
    expect(registry.calls).toEqual([`manifest ${IMAGE} anonymous`]);
  });

  it('asks with the bot’s own credential last', async () => {
    const { outside, registry } = open();
    const own = { kind: 'password', source: 'the bot’s own', origin: 'bot', username: 'pullcheck' } as const;
    const evidence = collectCase(subject, {
      ...outside,
      ownCredential: (host) => (host === 'registry.example.com' ? { ...own, password: new Sealed('x') } : undefined),
    });
    await evidence.get('registryAccess');
    expect(registry.calls.map((call) => call.split(' ').at(-1))).toEqual(['anonymous', 'robot', 'pullcheck']);
  });

  it('shows no password to a host that nobody could reach anonymously', async () => {
    const registry = fakeRegistry(() => ({ kind: 'network', fault: 'dns-failure', detail: 'ENOTFOUND' }));
    const { evidence } = open(aStory(), {}, registry);
    await evidence.get('tags');
    expect(registry.calls).toEqual([`manifest ${IMAGE} anonymous`]);
  });

  it('skips a Secret that is not there, as the kubelet does', async () => {
    const { evidence } = open(aStory({ secrets: [] }));
    expect(await evidence.get('keyring')).toMatchObject({ status: 'observed', value: { tried: [] } });
  });

  it('says where the names of the Secrets came from', async () => {
    const copied = open(aStory({ serviceAccounts: [{ name: 'default', imagePullSecrets: ['regcred'] }] }));
    expect(await copied.evidence.get('pullSecrets')).toMatchObject({ value: [{ via: 'service-account' }] });
    expect(await open().evidence.get('pullSecrets')).toMatchObject({ value: [{ via: 'pod' }] });
  });

  it('asks for the tags of a missing digest as well: they prove the repository', async () => {
    const digest = `registry.example.com/team/api@sha256:${'a'.repeat(64)}`;
    const pinned = open(aStory({ pods: [aPod({ containers: [aContainer({ image: digest })] })] }));
    expect((await pinned.evidence.get('tags')).status).toBe('observed');
  });

  it('asks for no tags where the tag exists', async () => {
    const manifest = { digest: 'sha256:1', mediaType: 'x', platforms: [], manifests: [] };
    const found = open(
      aStory(),
      {},
      fakeRegistry(() => ({ kind: 'found', manifest })),
    );
    expect(await found.evidence.get('tags')).toEqual({ status: 'not-collected', reason: 'the tag exists' });
  });
});

describe('what the kubelet says', () => {
  it('lets a bare back-off yield to the event that names the cause', async () => {
    const events = { 'uid-api-7d9c5-x2x7k': [aFailedEvent()] };
    const { evidence } = open(aStory({ events }));
    expect(await evidence.get('pullFailure')).toMatchObject({ value: { from: 'event', reason: 'ImagePullBackOff' } });
  });

  it('looks at the owner no further than the cluster allows', async () => {
    const right = { verb: 'get', apiGroup: 'apps', resource: 'replicasets', namespace: 'staging' };
    // No label tells of a Deployment.
    const { evidence } = open(aStory({ pods: [aPod({ labels: {} })] }), { controllerOf: async () => forbidden(right) });
    expect(await evidence.get('workload')).toEqual(forbidden(right));
    expect(await evidence.get('revisions')).toMatchObject({ status: 'not-collected' });
  });

  it('believes the labels of a Deployment’s pod where its ReplicaSets prove them, and asks else', async () => {
    const proven = open();
    expect(await proven.evidence.get('workload')).toMatchObject({ value: { kind: 'Deployment', name: 'api' } });
    expect(proven.cluster.calls.filter((call) => call.startsWith('controllerOf'))).toEqual([]);
    const stranger = open(aStory({ revisions: [], controllers: {}, workloads: [aWorkload()] }));
    expect((await stranger.evidence.get('workload')).status).toBe('absent');
    expect(stranger.cluster.calls).toContain('controllerOf staging/ReplicaSet/api-7d9c5');
  });

  it('falls back to the namespace when the cluster may not be listed, and remembers what was missing', async () => {
    const right = { verb: 'list', apiGroup: '', resource: 'pods' };
    const { evidence, cluster } = open();
    const all = cluster.pods.bind(cluster);
    const limited = {
      ...cluster,
      pods: (query: { namespace?: string }, signal: AbortSignal) =>
        query.namespace === undefined ? Promise.resolve(forbidden(right)) : all(query, signal),
    };
    const { outside } = open();
    const narrow = collectCase(subject, { ...outside, cluster: limited });
    expect(await narrow.get('scope')).toMatchObject({ value: { extent: 'namespace', limitedBy: right } });
    expect(await evidence.get('scope')).toMatchObject({
      value: { extent: 'cluster', failing: [{ pod: subject.pod }] },
    });
  });
});
