/** Would this image pull there, with that account, on those nodes, now? Asked before anything runs. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { forbidden, type Observation, unreachable } from '../../src/evidence/observation.ts';
import type { AccessOutcome, ManifestView } from '../../src/evidence/registry-access.ts';
import { makeCredentials } from '../../src/flow/credentials.ts';
import { makePreflight } from '../../src/flow/preflight.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aNode, aPullSecret, aServiceAccount, IMAGE } from '../support/snapshots.ts';

const runbook = shippedRunbook('preflight');
const withSecret: Partial<ClusterStory> = { serviceAccounts: [aServiceAccount({ imagePullSecrets: ['regcred'] })] };
const login: AccessOutcome = { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'no' };

function has(over: Partial<ManifestView> = {}): AccessOutcome {
  const platforms = ['linux/amd64'];
  return {
    kind: 'found',
    manifest: { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'i', platforms, manifests: [], ...over },
  };
}

function world(story: Partial<ClusterStory> = withSecret, answer = has(), instead: Instead = {}, nobody = login) {
  const cluster = fakeCluster(aStory({ pods: [], ...story }), instead);
  const registry = fakeRegistry(({ kind }) => (kind === 'anonymous' ? nobody : answer));
  const deps = {
    clock: createManualClock(),
    readers: () => ({ cluster, registry }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  };
  const { signal } = new AbortController();
  return {
    cluster,
    registry,
    ask: async (image = IMAGE) => makePreflight(deps)({ image, namespace: 'staging', signal }),
    credentials: async () => makeCredentials(deps)({ image: IMAGE, namespace: 'staging', signal }),
  };
}

describe('a pre-flight', () => {
  it('says that it would pull, how sure that is, and reads no pod', async () => {
    const { ask, cluster, registry } = world();
    const answer = await ask();
    expect(answer).toMatchObject({
      kind: 'Preflight',
      target: { kind: 'Image', name: IMAGE, namespace: 'staging' },
      verdict: { cause: 'healthy', confidence: 'likely', severity: 'none', alternatives: [] },
      lights: { reference: 'good', credentials: 'good', reachability: 'good' },
    });
    expect(answer.gaps).toEqual([]);
    expect(cluster.calls.toSorted()).toEqual(['nodes', 'secret staging/regcred', 'serviceAccount staging/default']);
    expect(registry.calls).toHaveLength(2);
  });

  it('asks as nobody where the account brings nothing', async () => {
    const answer = await world({ secrets: [] }).ask();
    expect(answer.verdict).toMatchObject({ cause: 'credentials-required', severity: 'none' });
    expect(answer.findings[0]).toMatchObject({ pod: '', container: '', image: IMAGE });
  });

  it('names the Secret that would let it pull, were it attached', async () => {
    const answer = await world({}).ask();
    expect(answer.verdict).toMatchObject({ cause: 'pull-secret-not-attached', confidence: 'certain' });
    expect(answer.findings[0]?.commands).toEqual([
      `kubectl patch serviceaccount default -n staging -p '{"imagePullSecrets":[{"name":"regcred"}]}'`,
    ]);
  });

  it('names the Secret that the account names and that is not there', async () => {
    const answer = await world({ ...withSecret, secrets: [] }).ask();
    expect(answer.findings.map(({ cause }) => cause)).toContain('pull-secret-missing');
    expect(answer.verdict.summary).toContain('the service account names, does not exist.');
  });

  it('names a tag that is missing, and a reference that is none, with no call to a registry', async () => {
    expect(
      (await world(withSecret, { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' }).ask()).verdict.cause,
    ).toBe('tag-not-found');
    const broken = world();
    expect((await broken.ask('registry.example.com/api:${TAG}')).verdict.cause).toBe('invalid-reference');
    expect(broken.registry.calls).toEqual([]);
  });

  it('takes its own place in the network for no more than a sign', async () => {
    const away: AccessOutcome = { kind: 'network', fault: 'dns-failure', detail: 'no such host' };
    const answer = await world(withSecret, away, {}, away).ask();
    expect(answer.verdict).toMatchObject({ cause: 'dns-failure', confidence: 'possible' });
    expect(answer.verdict.summary).toContain('No node was heard about it');
  });

  it('does not know an account that is not there', async () => {
    await expect(world({ serviceAccounts: [] }).ask()).rejects.toMatchObject({ code: 'no-such-target' });
  });

  it.each<[string, Instead]>([
    ['Secrets', { secret: async () => forbidden({ verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'x' }) }],
    ['the cluster', { serviceAccount: async () => unreachable('gone'), nodes: async () => unreachable('gone') }],
  ])('is undetermined when %s cannot be read', async (_what, instead) => {
    const answer = await world(withSecret, has(), instead).ask();
    expect(answer.verdict.cause).toBe('undetermined');
    expect(answer.gaps).not.toEqual([]);
  });
});

describe('the nodes of a pre-flight', () => {
  const arm = aNode({ name: 'arm-1', arch: 'arm64' });
  const windows = aNode({ name: 'win-1', os: 'windows' });

  it('none of them can run it: certain', async () => {
    const answer = await world({ ...withSecret, nodes: [arm] }).ask();
    expect(answer.verdict).toMatchObject({ cause: 'platform-mismatch', confidence: 'certain' });
    expect(answer.verdict.summary).toContain('arm-1 (linux/arm64)');
  });

  it('some of them cannot: possible, because a selector may keep it away', async () => {
    const answer = await world({ ...withSecret, nodes: [aNode(), arm] }).ask();
    expect(answer.verdict).toMatchObject({ cause: 'platform-mismatch', confidence: 'possible' });
    expect(answer.findings[0]?.detail).toMatchObject({ nodes: ['arm-1'], unfit: 1 });
  });

  it('which do not tell the variant of their CPU leave it open', async () => {
    const answer = await world(withSecret, has({ platforms: ['linux/amd64/v3'] })).ask();
    expect(answer.verdict).toMatchObject({ cause: 'healthy', alternatives: ['platform-mismatch'] });
    expect(JSON.stringify(answer.steps)).toContain('not known which variant of its CPU');
  });

  it('another operating system beside it is no alarm', async () => {
    expect((await world({ ...withSecret, nodes: [aNode(), windows] }).ask()).verdict.cause).toBe('healthy');
  });

  it('that may not be listed stay open, with the rule to add', async () => {
    const nodes = async (): Promise<Observation<never>> => forbidden({ verb: 'list', apiGroup: '', resource: 'nodes' });
    const answer = await world(withSecret, has(), { nodes }).ask();
    expect(answer.verdict).toMatchObject({ cause: 'healthy', alternatives: ['platform-mismatch'] });
    expect(answer.gaps.join()).toContain('resources: ["nodes"], verbs: ["list"]');
  });

  it('do not matter to a single manifest; where the platforms are hidden it stays open', async () => {
    expect((await world({ ...withSecret, nodes: [arm] }, has({ platforms: [] })).ask()).verdict).toMatchObject({
      cause: 'healthy',
      alternatives: [],
    });
    const hub = await world(withSecret, has({ platforms: [], headOnly: true })).ask();
    expect(hub.verdict.alternatives).toEqual(['platform-mismatch']);
  });
});

describe('credentials', () => {
  it('are those that a new pod brings, in order, without a password', async () => {
    const secrets = [aPullSecret({ password: 'canary-1' })];
    const serviceAccounts = [aServiceAccount({ imagePullSecrets: ['gone', 'regcred', 'regcred'] })];
    const view = await world({ secrets, serviceAccounts }).credentials();
    expect(view.tried).toEqual([{ secret: 'regcred', entry: 'registry.example.com', username: 'robot' }]);
    expect(view.ignored).toMatchObject([{ secret: 'gone', entry: null }]);
    expect(JSON.stringify(view)).not.toContain('canary-1');
  });

  it('name the Secrets that are there and not attached, the fitting one first, and try none', async () => {
    const secrets = [
      aPullSecret({ name: 'a-github', host: 'ghcr.io' }),
      aPullSecret({ name: 'ours' }),
      aPullSecret({ name: 'typed', type: 'Opaque' }),
      aPullSecret({ name: 'far', namespace: 'prod' }),
    ];
    const { credentials, registry } = world({ secrets });
    const { ignored } = await credentials();
    const loose = 'not attached: service account default does not name it; ';
    expect(ignored).toEqual([
      { secret: 'ours', entry: null, reason: `${loose}an entry of it is for this image` },
      { secret: 'a-github', entry: null, reason: `${loose}it has no entry for this image` },
      { secret: 'typed', entry: null, reason: `${loose}and its type is "Opaque", of which the kubelet reads none` },
    ]);
    expect(registry.calls).toEqual([]);
  });

  it('say which rule is missing where the others may not be listed', async () => {
    const right = { verb: 'list', apiGroup: '', resource: 'secrets', namespace: 'staging' };
    const view = await world(withSecret, has(), { secretRows: async () => forbidden(right) }).credentials();
    expect(view).toMatchObject({ tried: [{ secret: 'regcred' }], ignored: [] });
    expect(view.gaps?.join()).toContain('verbs: ["list"]');
  });

  it('cannot be told when a Secret may not be read', async () => {
    const right = { verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' };
    const { credentials } = world(withSecret, has(), { secret: async () => forbidden(right) });
    await expect(credentials()).rejects.toMatchObject({ code: 'forbidden', name: 'UnreachableError' });
  });
});
