/** Secrets that a pod does not use are looked for only where one of them could be the answer, with few questions, and tried. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../../src/evidence/collect-shared.ts';
import { forbidden } from '../../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../../src/evidence/registry-access.ts';
import type { SecretSnapshot } from '../../../src/evidence/snapshots.ts';
import { Sealed } from '../../../src/sealed.ts';
import { createManualClock } from '../../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry, type Instead } from '../../support/readers.ts';
import { aContainer, aPod, aPullSecret } from '../../support/snapshots.ts';

const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };
const manifest = { digest: 'sha256:0', mediaType: 'x', platforms: [], manifests: [] };
const refusal: AccessOutcome = { kind: 'unauthorized', at: 'manifest', code: '', message: '' };
const isAsked = (call: string) => /^secret(?:Rows|sOfType)? /.test(call);

interface Told {
  readonly named?: readonly string[];
  readonly image?: string;
  readonly instead?: Instead;
  /** Default: the registry takes the password `right` and nothing else. */
  readonly answer?: AccessOutcome;
}

function look(secrets: readonly SecretSnapshot[], { named = [], image, instead, answer }: Told = {}) {
  const container = aContainer(image === undefined ? {} : { image });
  const cluster = fakeCluster(
    aStory({ pods: [aPod({ imagePullSecrets: named, containers: [container] })], secrets }),
    instead,
  );
  const registry = fakeRegistry((credential) => {
    if (answer !== undefined) return answer;
    return credential.kind === 'password' && credential.password.reveal() === 'right'
      ? { kind: 'found', manifest }
      : refusal;
  });
  const { signal } = new AbortController();
  const shared = shareReaders({ cluster, registry }, createManualClock(), DEFAULT_LIMITS, signal);
  const evidence = collectCase(subject, { ...shared, signal, ownCredential: () => undefined });
  return {
    seen: evidence.get('unattachedSecrets'),
    asked: () => cluster.calls.filter(isAsked),
    tried: () => registry.calls,
  };
}

const opaque = (over: Partial<SecretSnapshot> = {}) => aPullSecret({ type: 'Opaque', ...over });

describe('nothing is asked', () => {
  it('where a Secret of the pod applies, whatever the registry says to it', async () => {
    const { seen, asked } = look([aPullSecret({ password: 'wrong' }), aPullSecret({ name: 'other' })], {
      named: ['regcred'],
    });
    expect(await seen).toEqual({ status: 'not-collected', reason: 'a Secret of the pod applies to this image' });
    expect(asked()).toEqual(['secret staging/regcred']);
  });

  it('where the image is public, or the registry is out of reach', async () => {
    for (const answer of [
      { kind: 'found', manifest },
      { kind: 'network', fault: 'connection-refused', detail: '' },
    ] as const) {
      const { seen, asked } = look([aPullSecret()], { answer });
      expect((await seen).status).toBe('not-collected');
      expect(asked()).toEqual([]);
    }
  });

  it('while a Secret of the pod could not be read, or fails the whole look-up', async () => {
    const permission = { verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' };
    const blind = look([aPullSecret()], { named: ['regcred'], instead: { secret: async () => forbidden(permission) } });
    expect((await blind.seen).status).toBe('not-collected');
    const broken = aPullSecret({ data: { '.dockerconfigjson': new Sealed('{') } });
    expect((await look([broken], { named: ['regcred'] }).seen).status).toBe('not-collected');
  });
});

describe('in the pod’s namespace', () => {
  it('a Secret that applies is tried, and what it holds is not kept', async () => {
    const { seen, asked, tried } = look([aPullSecret({ name: 'ours' }), aPullSecret({ name: 'theirs', host: 'x.io' })]);
    const value = await seen;
    expect(value).toMatchObject({
      status: 'observed',
      value: { here: [{ name: 'ours', fit: 'matches', answer: { kind: 'found' } }], others: 2 },
    });
    expect(asked()).toEqual(['secretRows staging', 'secretsOfType staging kubernetes.io/dockerconfigjson']);
    expect(tried()).toHaveLength(2);
    expect(JSON.stringify(value)).not.toMatch(/robot|sealed|right/);
  });

  it('they are tried one after another, the one whose name is a slip away first, and only until one opens', async () => {
    const secrets = ['a', 'b', 'c', 'd'].map((name) => aPullSecret({ name, password: 'wrong' }));
    const { seen, tried } = look([...secrets, aPullSecret({ name: 'reg-cred' })], { named: ['regcred'] });
    expect(await seen).toMatchObject({
      value: { here: [{ name: 'reg-cred', answer: { kind: 'found' } }, {}, {}, {}, {}] },
    });
    expect(tried()).toHaveLength(2);
    const refused = look(secrets);
    await refused.seen;
    expect(refused.tried()).toHaveLength(1 + 3);
  });

  it('one of a wrong type is opened only where its key tells, and only while nothing else applies', async () => {
    const app = opaque({ name: 'app', data: { password: new Sealed('x') } });
    const { seen, asked } = look([app, opaque({ name: 'mistyped' })]);
    expect(await seen).toMatchObject({
      value: {
        here: [{ name: 'mistyped', fit: 'wrong-type', key: '.dockerconfigjson', answer: { kind: 'found' } }],
      },
    });
    expect(asked()).toEqual(['secretRows staging', 'secret staging/mistyped']);
    const { seen: both, asked: one } = look([opaque({ name: 'mistyped' }), aPullSecret({ name: 'good' })]);
    await both;
    expect(one().join()).not.toContain('mistyped');
  });

  it('an entry that can never match is told from one for another registry', async () => {
    const hub = (host: string, name: string) => aPullSecret({ host, name });
    const { seen } = look([hub('registry.hub.docker.com', 'hub'), hub('ghcr.io', 'ghcr')], { image: 'acme/api:1' });
    expect(await seen).toMatchObject({ value: { here: [{ name: 'hub', fit: 'never' }], others: 2 } });
    const path = look([hub('registry.example.com/others', 'scoped')]);
    expect(await path.seen).toMatchObject({ value: { here: [], others: 1 } });
  });

  it('what may not be listed is forbidden evidence with the rule', async () => {
    const permission = { verb: 'list', apiGroup: '', resource: 'secrets', namespace: 'staging' };
    const { seen } = look([], { instead: { secretRows: async () => forbidden(permission) } });
    expect(await seen).toEqual(forbidden(permission));
  });
});

describe('in other namespaces', () => {
  it('the one that the pod names is looked for by that name, and tried', async () => {
    const there = aPullSecret({ namespace: 'prod' });
    const { seen, asked } = look([there, aPullSecret({ namespace: 'prod', name: 'else' })], { named: ['regcred'] });
    expect(await seen).toMatchObject({
      value: {
        here: [],
        elsewhere: { status: 'observed', value: [{ namespace: 'prod', fit: 'matches', answer: { kind: 'found' } }] },
      },
    });
    expect(asked()).toContain('secretsOfType */regcred kubernetes.io/dockerconfigjson');
    expect(asked().length).toBeLessThanOrEqual(4);
  });

  it('where nothing is named, the name that most namespaces have', async () => {
    const secrets = ['a', 'b'].map((namespace) => aPullSecret({ namespace, name: 'common' }));
    const { seen, asked } = look([aPullSecret({ namespace: 'a', name: 'aaa' }), ...secrets]);
    expect(await seen).toMatchObject({ value: { elsewhere: { value: [{ name: 'common' }, { name: 'common' }] } } });
    expect(asked()).toHaveLength(3);
  });

  it('a login is never sent to a host that only a pattern of theirs matches', async () => {
    const { seen, tried } = look([aPullSecret({ namespace: 'prod', host: '*.example.com' })], { named: ['regcred'] });
    expect(await seen).toMatchObject({ value: { elsewhere: { value: [{ fit: 'matches' }] } } });
    expect(tried()).toHaveLength(1);
  });

  it('are left alone where the namespace has pull secrets and none is missing', async () => {
    const { seen, asked } = look([aPullSecret({ host: 'x.io' }), aPullSecret({ namespace: 'prod' })], {
      named: ['regcred'],
    });
    expect(await seen).toMatchObject({ value: { elsewhere: { status: 'not-collected' } } });
    expect(asked().join()).not.toContain('*');
  });
});
