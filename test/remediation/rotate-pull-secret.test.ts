/** The forms in which pull secrets come, and the answers that leave a write in doubt. */
import { describe, expect, it } from '@jest/globals';
import type { SecretSnapshot } from '../../src/evidence/snapshots.ts';
import { rotatePullSecret } from '../../src/remediation/remedies/rotate-pull-secret.ts';
import { Sealed } from '../../src/sealed.ts';
import { aStory } from '../support/readers.ts';
import { aContainer, aPod, aPullSecret, aRunningContainer } from '../support/snapshots.ts';
import { type FakePorts, fakePorts, signal } from './fakes.ts';

const OLD_AUTH = Buffer.from('robot:old').toString('base64');
const NEW_AUTH = Buffer.from('fresh:new').toString('base64');
const COPY = 'regcred-pullcheck-previous';

interface Case {
  readonly entry: string;
  readonly image: string;
  readonly registry: string;
  readonly type?: 'kubernetes.io/dockercfg';
}

function keyOf({ type }: Case): string {
  return type ? '.dockercfg' : '.dockerconfigjson';
}
function secretFor(one: Case, more: Record<string, Sealed> = {}): SecretSnapshot {
  const auths = { [one.entry]: { auth: OLD_AUTH, email: 'a@b' }, 'other.example.com': { auth: OLD_AUTH } };
  const json = one.type ? auths : { auths, credsStore: 'x' };
  return aPullSecret({
    type: one.type ?? 'kubernetes.io/dockerconfigjson',
    data: { [keyOf(one)]: new Sealed(JSON.stringify(json)), ...more },
  });
}
function paramsFor({ entry, image, registry }: Case) {
  return { namespace: 'staging', secret: 'regcred', entry, registry, image, resourceVersion: '77' };
}
function world(one: Case, secret = secretFor(one)): FakePorts {
  const pods = [aPod({ containers: [aContainer({ image: one.image })] })];
  return fakePorts(aStory({ secrets: [secret], pods }), { username: 'fresh', password: 'new' });
}
const GHCR: Case = { entry: 'ghcr.io', image: 'ghcr.io/org/app:1', registry: 'ghcr.io' };

describe('what the confirm view shows', () => {
  it.each([
    ['fresh', ['- username: robot', '+ username: fresh']],
    ['robot', ['  username: robot (stays)']],
  ])('of a rotation to user %s', async (username, lines) => {
    const pods = [aPod({ containers: [aContainer({ image: GHCR.image })] })];
    const ports = fakePorts(aStory({ secrets: [secretFor(GHCR)], pods }), { username, password: 'new' });
    const outcome = await rotatePullSecret.run(paramsFor(GHCR), ports, 'dry-run', signal);
    if (outcome.kind !== 'planned') throw new Error(outcome.kind);
    expect(outcome.plan.diff).toEqual([
      '  secret/regcred (namespace staging), entry ghcr.io; 1 more in it left alone',
      ...lines,
      expect.stringMatching(/^- password: \(kept/),
      expect.stringMatching(/^\+ password: \(from the configured source/),
    ]);
    expect(JSON.stringify(outcome)).not.toMatch(/: (?:old|new)(?:"|\\n)/);
  });
});

describe('the entry that the registry rejects', () => {
  const cases: readonly Case[] = [
    GHCR,
    { ...GHCR, entry: 'https://ghcr.io/v2/' },
    { ...GHCR, entry: 'ghcr.io/org' },
    { ...GHCR, entry: 'ghcr.io', type: 'kubernetes.io/dockercfg' },
    { entry: '*.example.com', image: 'reg.example.com/org/app:1', registry: 'reg.example.com' },
    { entry: 'reg.example.com:5000', image: 'reg.example.com:5000/app:1', registry: 'reg.example.com:5000' },
    { entry: 'https://index.docker.io/v1/', image: 'org/app:1', registry: 'docker.io' },
  ];
  it.each(cases)('$entry $type is rewritten alone, and its stuck pod freed', async (one) => {
    const ports = world(one);
    const outcome = await rotatePullSecret.run(paramsFor(one), ports, 'apply', signal);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(ports.writes).toEqual([`create ${COPY}`, 'patch regcred', 'delete api-7d9c5-x2x7k']);
    const json = JSON.parse(ports.secret('regcred')?.data[keyOf(one)]?.reveal() ?? '') as Record<string, object>;
    const auths = one.type ? json : (json['auths'] as Record<string, object>);
    expect(auths[one.entry]).toEqual({ auth: NEW_AUTH, email: 'a@b', username: 'fresh', password: 'new' });
    expect(auths['other.example.com']).toEqual({ auth: OLD_AUTH });
    if (!one.type) expect(json['credsStore']).toBe('x');
  });

  it('frees only pods whose image that entry opens, and none in which something runs', async () => {
    const one = { ...GHCR, entry: 'ghcr.io/org' };
    const stuck = (image: string) => [aContainer({ image })];
    const pods = [
      aPod({ name: 'mine', containers: stuck('ghcr.io/org/app:1') }),
      aPod({ name: 'other-path', containers: stuck('ghcr.io/team/app:1') }),
      aPod({ name: 'other-host', containers: stuck('other.example.com/app:1') }),
      aPod({ name: 'other-secret', containers: stuck('ghcr.io/org/app:1'), imagePullSecrets: ['else'] }),
      aPod({ name: 'healthy', containers: [aRunningContainer({ image: 'ghcr.io/org/app:1' })] }),
      aPod({ name: 'half', containers: [aRunningContainer({ name: 'a' }), ...stuck('ghcr.io/org/app:1')] }),
      aPod({ name: 'leaving', containers: stuck('ghcr.io/org/app:1'), deletedAt: 1 }),
      aPod({
        name: 'static',
        containers: stuck('ghcr.io/org/app:1'),
        controller: { kind: 'Node', name: 'n', uid: 'u' },
      }),
    ];
    const ports = fakePorts(aStory({ secrets: [secretFor(one)], pods }), { username: 'fresh', password: 'new' });
    const plan = await rotatePullSecret.run(paramsFor(one), ports, 'dry-run', signal);
    expect(plan.kind === 'planned' && plan.plan.consequences.join('\n')).toContain('runs: half, static.');
    await rotatePullSecret.run(paramsFor(one), ports, 'apply', signal);
    expect(ports.writes.filter((write) => write.startsWith('delete'))).toEqual(['delete mine']);
  });
});

describe('what cannot be rewritten is refused before anything is written', () => {
  const secrets: readonly (readonly [string, SecretSnapshot, string])[] = [
    ['another type', { ...secretFor(GHCR), type: 'Opaque' }, 'its type Opaque'],
    ['no key', { ...secretFor(GHCR), data: {} }, 'it has no key .dockerconfigjson'],
    ['no JSON', { ...secretFor(GHCR), data: { '.dockerconfigjson': new Sealed('{canary') } }, 'is not readable JSON'],
    ['the entry gone', secretFor({ ...GHCR, entry: 'quay.io' }), 'it has no entry ghcr.io any more'],
    ['a newer version', { ...secretFor(GHCR), resourceVersion: '78' }, 'was changed since the diagnosis'],
  ];
  it.each(secrets)('%s', async (_what, secret, reason) => {
    for (const mode of ['dry-run', 'apply'] as const) {
      const ports = world(GHCR, secret);
      const outcome = await rotatePullSecret.run(paramsFor(GHCR), ports, mode, signal);
      expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
      expect(JSON.stringify(outcome)).not.toContain('canary');
      expect(ports.writes).toEqual([]);
    }
  });

  it('a Secret that does not exist any more, an entry named as a property of every object, no source', async () => {
    const gone = fakePorts(aStory({ secrets: [] }), { username: 'fresh', password: 'new' });
    expect(await rotatePullSecret.run(paramsFor(GHCR), gone, 'apply', signal)).toMatchObject({ kind: 'refused' });
    const odd = { ...paramsFor(GHCR), entry: 'constructor' };
    expect(await rotatePullSecret.run(odd, world(GHCR), 'apply', signal)).toMatchObject({
      reason: expect.stringContaining('no entry constructor'),
    });
    const bare = fakePorts(aStory({ secrets: [secretFor(GHCR)] }));
    expect(await rotatePullSecret.run(paramsFor(GHCR), bare, 'apply', signal)).toMatchObject({
      reason: expect.stringContaining('no credential source is configured for ghcr.io'),
    });
  });
});

describe('a write without a clear answer', () => {
  const lost = { kind: 'failed', reason: 'secret/regcred: no answer; whether it was changed is not known' } as const;

  it('that was made counts as made: the copy stays for the undo', async () => {
    const ports = world(GHCR);
    ports.instead = { updateSecret: { answer: lost, thenDo: true } };
    expect(await rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal)).toMatchObject({ kind: 'applied' });
    expect(ports.secret(COPY)?.data['.dockerconfigjson']?.reveal()).toContain(OLD_AUTH);
  });

  it('that was perhaps not made is tried again, and nothing is taken back meanwhile', async () => {
    const ports = world(GHCR);
    ports.instead = { updateSecret: { answer: lost } };
    const run = () => rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal);
    await expect(run()).rejects.toMatchObject({ code: 'write-in-doubt', retryable: true });
    expect(ports.secret(COPY)).toBeDefined();
    expect(await run()).toMatchObject({ kind: 'applied' });
    expect(ports.secret(COPY)?.data['.dockerconfigjson']?.reveal()).toContain(OLD_AUTH);
  });

  it('that lost a race is a refusal, and the copy goes', async () => {
    const ports = world(GHCR);
    ports.instead = { updateSecret: { answer: { kind: 'changed', reason: 'secret/regcred changed' } } };
    expect(await rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal)).toMatchObject({ kind: 'refused' });
    expect(ports.secret(COPY)).toBeUndefined();
  });
});

describe('the copy', () => {
  it('of an earlier rotation is replaced, and one made by somebody else for something else is not taken for ours', async () => {
    const ports = world(GHCR);
    await rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal);
    const now = ports.secret('regcred')?.resourceVersion ?? '';
    const later = { ...paramsFor(GHCR), resourceVersion: now };
    expect(await rotatePullSecret.settle?.(later, ports, signal)).toBeUndefined();
    expect(ports.secret(COPY)).toBeDefined(); // it belongs to the first rotation
    expect(await rotatePullSecret.undo?.(later, ports, signal)).toMatchObject({ kind: 'refused' });
    expect(await rotatePullSecret.undo?.(paramsFor(GHCR), ports, signal)).toMatchObject({ kind: 'applied' });
    expect(await rotatePullSecret.undo?.(paramsFor(GHCR), ports, signal)).toEqual(
      expect.objectContaining({ kind: 'applied', receipts: [] }),
    );
    await rotatePullSecret.settle?.(paramsFor(GHCR), ports, signal);
    expect(ports.secret(COPY)).toBeUndefined();
    expect(ports.secret('regcred')?.data['.dockerconfigjson']?.reveal()).toContain(OLD_AUTH);
  });

  it('that may not be removed is named', async () => {
    const ports = world(GHCR);
    await rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal);
    ports.instead = { deleteSecret: { answer: { kind: 'forbidden', reason: 'not allowed', rule: '- { rule }' } } };
    expect(await rotatePullSecret.settle?.(paramsFor(GHCR), ports, signal)).toMatch(/still there: .*- \{ rule \}/);
  });

  it('holds the one key that is changed: other keys may be binary and are never written', async () => {
    const binary = new Sealed('\uFFFD');
    const ports = world(GHCR, secretFor(GHCR, { 'ca.der': binary }));
    await rotatePullSecret.run(paramsFor(GHCR), ports, 'apply', signal);
    expect(Object.keys(ports.secret(COPY)?.data ?? {})).not.toContain('ca.der');
    expect(ports.secret('regcred')?.data['ca.der']).toBe(binary);
    expect(JSON.stringify(ports.secret(COPY))).not.toMatch(/robot|old/);
  });
});
