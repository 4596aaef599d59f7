import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { credentialsView } from '../../src/image/credentials-view.ts';
import { type KeyringLookup, type KeyringSecret, lookupCredentials } from '../../src/image/keyring.ts';
import { Sealed } from '../../src/sealed.ts';
import { handMadeLookups, kubeletLookups } from './corpus.ts';
import { type PlainSecret, referenceLookup, repositoryOf } from './kubelet-reference.ts';

const JSON_TYPE = 'kubernetes.io/dockerconfigjson';

function sealed({ name, type, data }: PlainSecret): KeyringSecret {
  return { name, type, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, new Sealed(value)])) };
}

function secretOf(auths: Record<string, unknown>, name = 'regcred'): KeyringSecret {
  return sealed({ name, type: JSON_TYPE, data: { '.dockerconfigjson': JSON.stringify({ auths }) } });
}

const LOGIN = { username: 'bot', password: 'hunter2' };

function reasonOf(image: string, entry: string): string {
  return lookupCredentials(image, [secretOf({ [entry]: LOGIN })]).ignored[0]?.reason ?? 'used';
}

function plain(lookup: KeyringLookup): unknown {
  return lookup.tried.map(({ secret, username, password }) => ({ secret, username, password: password.reveal() }));
}

describe('the look-up agrees with the kubelet', () => {
  it.each(kubeletLookups().map((one, index) => [index, one] as const))(
    'case %i of the answers of its own code',
    (_, one) => {
      const lookup = lookupCredentials(one.image, one.secrets.map(sealed));
      expect(lookup.error).toBe(one.error ?? null);
      expect(plain(lookup)).toEqual(one.error ? [] : (one.tried ?? []));
      if (one.repo) expect(lookup.repository).toBe(one.repo);
    },
  );

  it.each(handMadeLookups())('$image with $auths', ({ auths, image, repo, tried }) => {
    const lookup = lookupCredentials(image, [secretOf(Object.fromEntries(auths.map((entry) => [entry, LOGIN])))]);
    expect([lookup.repository, lookup.tried.map(({ entry }) => entry)]).toEqual([repo, tried]);
  });

  it('and with a second reading of the rules, for made-up Secrets', () => {
    const part = fc.constantFrom('ghcr', 'reg', 'example', 'io', 'docker', 'index', '*', 'gh*', 'e*e');
    const host = fc.oneof(
      fc.tuple(part, part).map((parts) => parts.join('.')),
      fc.constantFrom(
        'docker.io',
        'index.docker.io',
        '*.example.io',
        'reg.example.io:5000',
        '*.io:5000',
        'localhost',
        'localhost:5000',
        '*',
      ),
    );
    const path = fc.constantFrom(
      '',
      '/',
      '/v1/',
      '/v2/',
      '/v2',
      '/org',
      '/org/',
      '/org/a',
      '/or',
      '/library',
      '/v1/org',
      '/a*',
    );
    const entry = fc.tuple(fc.constantFrom('', 'https://', 'http://'), host, path).map((parts) => parts.join(''));
    const fields = fc.oneof(
      { arbitrary: fc.record({ username: fc.constantFrom('u', 'v'), password: fc.constantFrom('p', 'q') }), weight: 8 },
      {
        arbitrary: fc.constantFrom('u:p', 'v:q:r').map((text) => ({ auth: Buffer.from(text).toString('base64') })),
        weight: 4,
      },
      { arbitrary: fc.constantFrom({ auth: '!!' }, { auth: 'dQ==' }), weight: 1 },
    );
    const auths = fc.dictionary(entry, fields, { maxKeys: 5, noNullPrototype: true });
    const secret = fc
      .tuple(auths, fc.constantFrom(JSON_TYPE, JSON_TYPE, JSON_TYPE, 'kubernetes.io/dockercfg', 'Opaque'))
      .map(([entries, type]) => ({
        type,
        data: { '.dockerconfigjson': JSON.stringify({ auths: entries }), '.dockercfg': JSON.stringify(entries) },
      }));
    const image = fc.constantFrom(
      'nginx',
      'org/app:1',
      'ghcr.io/org/app',
      'reg.example.io/org/a/b:2',
      'reg.example.io:5000/org/app',
      'localhost/org/app',
      'localhost:5000/a',
      'index.docker.io/org/app',
      `docker.io/nginx:1@sha256:${'a'.repeat(64)}`,
    );
    fc.assert(
      fc.property(image, fc.array(secret, { maxLength: 3 }), (name, some) => {
        const secrets = some.map((one, index) => ({ ...one, name: `s${index}` }));
        const lookup = lookupCredentials(name, secrets.map(sealed));
        const got = lookup.error ?? lookup.tried.map((one) => `${one.secret}/${one.username}/${one.password.reveal()}`);
        expect(lookup.repository).toBe(repositoryOf(name));
        expect(got).toEqual(referenceLookup(name, secrets));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a login with a line break or space at an end', () => {
  // As base64 of what `echo` prints; the kubelet cuts nothing off (kubernetes pkg/credentialprovider/config.go, decodeDockerConfigFieldAuth).
  it.each([
    ['bot:pw\n', 'password'],
    ['bot:pw\r\n', 'password'],
    [' bot:pw', 'user name'],
    ['bot : pw', 'user name and password'],
    ['bot:p w', undefined],
  ])('%j has it in: %s', (login, padded) => {
    const auth = Buffer.from(login).toString('base64');
    const [tried] = lookupCredentials('ghcr.io/org/app', [secretOf({ 'ghcr.io': { auth } })]).tried;
    expect(tried?.padded).toBe(padded);
    expect(`${tried?.username}:${tried?.password.reveal()}`).toBe(login);
  });
});

describe('everything that is not used is told, with what to write instead', () => {
  it.each([
    ['ghcr.io/org/app', 'https://ghcr.io/v2', 'write "ghcr.io"'],
    ['ghcr.io/org/app', 'GHCR.io', 'capitals'],
    ['ghcr.io/org/app', 'HTTPS://ghcr.io', 'scheme is in capitals'],
    ['ghcr.io/org/app', 'oci://ghcr.io', 'no scheme but http and https'],
    ['ghcr.io/org/app', 'ghcr.io/other', 'only for repositories beginning with "ghcr.io/other"'],
    ['ghcr.io/org/app', 'ghcr.io/org/*', 'compared literally'],
    ['ghcr.io/org/app', 'ghcr.io/org/app/', 'slash at its end'],
    ['ghcr.io/org/app', 'ghcr.io:443', 'names a port'],
    ['registry.local:5000/app', 'registry.local', 'port is not the image'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/app', '*.amazonaws.com', 'one part of a host name only'],
    ['nginx', 'registry-1.docker.io', 'https://index.docker.io/v1/'],
    ['nginx', 'https://hub.docker.com', 'https://index.docker.io/v1/'],
    ['nginx', 'ghcr.io', 'for another registry'],
    ['nginx', 'https://ghcr.io:80:80', 'cannot be parsed'],
  ])('%s with the entry %s', (image, entry, reason) => {
    expect(reasonOf(image, entry)).toContain(reason);
  });

  it.each([
    ['Opaque', { '.dockerconfigjson': '{}' }, 'type is "Opaque"'],
    [JSON_TYPE, { 'config.json': '{}' }, 'lacks the key ".dockerconfigjson" (it has "config.json")'],
    [JSON_TYPE, { '.dockerconfigjson': '' }, 'is empty'],
    [JSON_TYPE, { '.dockerconfigjson': '{"ghcr.io":{}}' }, 'inside an "auths" object'],
    [JSON_TYPE, { '.dockerconfigjson': '{"auths":{},"credsStore":"desktop"}' }, 'credential helper'],
    ['kubernetes.io/dockercfg', { '.dockercfg': '{}' }, 'no entry'],
  ])('a whole Secret: %s %j', (type, data, reason) => {
    const lookup = lookupCredentials('ghcr.io/org/app', [sealed({ name: 'regcred', type, data })]);
    expect(lookup.error).toBeNull();
    expect(lookup.ignored).toEqual([{ secret: 'regcred', entry: null, reason: expect.stringContaining(reason) }]);
  });

  it.each([
    ['helper', { auths: { 'reg.example.com': {} }, credsStore: 'desktop' }],
    ['token', { auths: { 'reg.example.com': { identitytoken: 'canary' } } }],
    ['nothing', { auths: { 'reg.example.com': { email: 'a@b.example' } } }],
    ['nothing', { auths: { 'reg.example.com': { auth: Buffer.from(':secret').toString('base64') } } }],
  ] as const)('an entry without a user name is tried, and brings nobody: %s', (nobody, config) => {
    const data = { '.dockerconfigjson': new Sealed(JSON.stringify(config)) };
    const secrets = [{ name: 'regcred', type: 'kubernetes.io/dockerconfigjson', data }];
    const { tried } = lookupCredentials('reg.example.com/team/app', secrets);
    expect(tried).toMatchObject([{ secret: 'regcred', entry: 'reg.example.com', username: '', nobody }]);
  });

  it('a direct match hides the Docker Hub entry that would have worked', () => {
    const lookup = lookupCredentials('team/app', [
      secretOf({ 'docker.io': LOGIN, 'https://index.docker.io/v1/': LOGIN }),
    ]);
    expect(lookup.tried.map(({ entry }) => entry)).toEqual(['docker.io']);
    expect(lookup.ignored[0]?.reason).toContain('hidden by "docker.io"');
  });

  it('Docker Hub’s own address without its last slash matches nothing, and the reason says what to write', () => {
    const lookup = lookupCredentials('nginx', [secretOf({ 'https://index.docker.io/v1': LOGIN })]);
    expect(lookup.tried).toEqual([]);
    expect(lookup.ignored[0]?.reason).toContain('write "https://index.docker.io/v1/"');
  });

  it('one undecodable Secret stops all of them, and is named', () => {
    const good = secretOf({ 'ghcr.io': LOGIN }, 'good');
    const bad = secretOf({ 'quay.io': { auth: 'not base64!' } }, 'bad');
    const lookup = lookupCredentials('ghcr.io/org/app', [good, bad]);
    expect(lookup.error).toBe('secrets');
    expect(lookup.tried).toEqual([]);
    expect(lookup.ignored).toEqual([
      { secret: 'bad', entry: 'quay.io', reason: expect.stringContaining('not base64') },
      { secret: 'good', entry: null, reason: expect.stringContaining('"bad" cannot be decoded') },
    ]);
  });
});

describe('the Credentials answer', () => {
  it('has what the contract names and no password anywhere', () => {
    const auth = Buffer.from('bot:hunter2').toString('base64');
    const lookup = lookupCredentials('ghcr.io/org/app:1', [
      secretOf({ 'https://ghcr.io': { auth }, 'me:hunter2@quay.io': LOGIN }),
    ]);
    const view = credentialsView(lookup);
    expect(view).toMatchObject({
      repository: 'ghcr.io/org/app',
      tried: [{ secret: 'regcred', entry: 'https://ghcr.io', username: 'bot' }],
      node: 'unknown',
      error: null,
    });
    const printed = JSON.stringify(view) + JSON.stringify(lookup) + inspect(lookup, { depth: 9 });
    expect(JSON.stringify(view)).not.toContain('hunter2');
    expect(printed).not.toContain(auth);
    expect(Object.keys(view)).toEqual(['apiVersion', 'kind', 'repository', 'tried', 'ignored', 'node', 'error']);
  });

  it('says invalid-image for a reference that cannot be parsed', () => {
    expect(credentialsView(lookupCredentials('ghcr.io/Org/app', []))).toMatchObject({
      error: 'invalid-image',
      tried: [],
    });
  });
});
