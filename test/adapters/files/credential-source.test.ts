/** Where a rotation takes the new credential from, in every form in which people keep one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CredentialFrom, createCredentialSource } from '../../../src/adapters/files/credential-source.ts';
import { parseCredential } from '../../../src/adapters/files/schema.ts';
import { forbidden } from '../../../src/evidence/observation.ts';
import type { SecretSnapshot } from '../../../src/evidence/snapshots.ts';
import { Sealed } from '../../../src/sealed.ts';
import { aStory, fakeCluster } from '../../support/readers.ts';
import { aPullSecret } from '../../support/snapshots.ts';

const signal = new AbortController().signal;
const auth = Buffer.from('robot:pass:word').toString('base64');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'credential-source-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the forms of a credential', () => {
  const docker = (auths: object) => JSON.stringify({ auths });
  const good: readonly (readonly [string, string, string])[] = [
    ['user:password, with colons in the password', 'robot:pass:word\n', 'ghcr.io'],
    ['a JSON pair', '{"username":"robot","password":"pass:word"}', 'ghcr.io'],
    ['a docker config', docker({ 'ghcr.io': { auth } }), 'ghcr.io'],
    ['a docker config without auth', docker({ 'ghcr.io': { username: 'robot', password: 'pass:word' } }), 'ghcr.io'],
    ['a docker config with nulls', docker({ 'ghcr.io': { auth, username: null } }), 'ghcr.io'],
    ['an old .dockercfg', JSON.stringify({ 'https://ghcr.io': { auth } }), 'ghcr.io'],
    ['a path under the host', docker({ 'ghcr.io/org': { auth } }), 'ghcr.io'],
    [
      'the host before a path under it',
      docker({ 'ghcr.io/org': { auth: 'eDp5' }, 'https://ghcr.io/v2/': { auth } }),
      'ghcr.io',
    ],
    ['Docker Hub by its old name', docker({ 'https://index.docker.io/v1/': { auth } }), 'docker.io'],
    ['Docker Hub asked by another name', docker({ 'docker.io': { auth } }), 'registry-1.docker.io'],
    ['a host with a port', docker({ 'reg.example.com:5000': { auth } }), 'reg.example.com:5000'],
  ];
  it.each(good)('%s', (_form, text, registry) => {
    const parsed = parseCredential(text, registry);
    expect([parsed?.username, parsed?.password.reveal()]).toEqual(['robot', 'pass:word']);
  });

  const bad = ['', 'robot', ':password', 'robot:', '{', '{}', '[]', '{"username":"robot","password":""}'];
  it.each([...bad, docker({ 'quay.io': { auth } }), docker({ 'ghcr.io': { auth: 'bm90aGluZw==' } })])(
    'not %j',
    (text) => {
      expect(parseCredential(text, 'ghcr.io')).toBeUndefined();
    },
  );
});

describe('the configured source', () => {
  const registered: string[] = [];
  function source(from: CredentialFrom, secrets: readonly SecretSnapshot[] = [], registry = 'ghcr.io') {
    return createCredentialSource({
      sources: [{ registry, from }],
      reader: fakeCluster(aStory({ secrets })),
      variable: (name) => (name === 'GHCR' ? 'robot:from-env' : undefined),
      ecrLogin: async (host) => ({ username: `AWS at ${host}`, password: new Sealed('from-ecr') }),
      register: (secret) => void registered.push(secret),
    });
  }
  async function take(...args: Parameters<typeof source>) {
    const got = await source(...args).credentialFor('ghcr.io', signal);
    expect(JSON.stringify(got)).not.toMatch(/from-/);
    return got && `${got.source}: ${got.username} ${got.password.reveal()}`;
  }
  const secretAt = { secret: { namespace: 'staging', name: 'login' } };

  it('is an environment variable, a file, or another Secret, read anew and handed to the mask of the log', async () => {
    expect(await take({ env: 'GHCR' })).toBe('variable GHCR: robot from-env');
    const file = join(folder, 'login');
    writeFileSync(file, 'robot:from-file\n');
    expect(await take({ file })).toBe(`file ${file}: robot from-file`);
    const data = { username: new Sealed('robot\n'), password: new Sealed('from-secret\n') };
    const basic = aPullSecret({ name: 'login', type: 'kubernetes.io/basic-auth', data });
    expect(await take(secretAt, [basic])).toBe('secret/login in staging: robot from-secret');
    const pull = aPullSecret({ name: 'login', host: 'ghcr.io', password: 'from-pull' });
    expect(await take(secretAt, [pull])).toBe('secret/login in staging: robot from-pull');
    expect(registered).toEqual(['from-env', 'from-file', 'from-secret', 'from-pull']);
  });

  it('is a fresh login from Amazon ECR', async () => {
    expect(await take({ ecr: {} })).toBe('Amazon ECR: AWS at ghcr.io from-ecr');
    expect(registered).toContain('from-ecr');
  });

  it('is none for a registry that is not named', async () => {
    expect(await source({ env: 'GHCR' }).credentialFor('quay.io', signal)).toBeUndefined();
    const hub = source({ env: 'GHCR' }, [], 'index.docker.io');
    expect(await hub.credentialFor('docker.io', signal)).toMatchObject({ username: 'robot' });
  });

  it('that cannot be read is named, with what to do, and without what it holds', async () => {
    const broken = aPullSecret({ name: 'login', data: { '.dockerconfigjson': new Sealed('{"from-broken') } });
    const bad: readonly (readonly [CredentialFrom, readonly SecretSnapshot[], string])[] = [
      [{ env: 'NONE' }, [], 'variable NONE'],
      [{ file: join(folder, 'nowhere') }, [], 'nowhere'],
      [secretAt, [], 'secret/login in namespace staging: does not exist'],
      [secretAt, [broken], 'secret/login in staging'],
    ];
    for (const [from, secrets, words] of bad) {
      const failed = await source(from, secrets)
        .credentialFor('ghcr.io', signal)
        .catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'credential-source-unreadable', message: expect.stringContaining(words) });
      expect(JSON.stringify(failed) + String(failed)).not.toContain('from-broken');
    }
    const closed = createCredentialSource({
      sources: [{ registry: 'ghcr.io', from: secretAt }],
      reader: {
        secret: async () => forbidden({ verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' }),
      },
      variable: () => undefined,
      ecrLogin: async () => ({ username: 'AWS', password: new Sealed('from-ecr') }),
      register: () => undefined,
    });
    await expect(closed.credentialFor('ghcr.io', signal)).rejects.toThrow('resources: ["secrets"], verbs: ["get"]');
  });
});
