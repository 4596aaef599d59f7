/** The small readers: challenges, addresses, names, messages. */
import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { classifyAddress } from '../../../src/adapters/registry/addresses.ts';
import { chooseChallenge, parseChallenges } from '../../../src/adapters/registry/challenge.ts';
import { GuardRefusal, guardedLookup, urlFault } from '../../../src/adapters/registry/guard.ts';
import { networkFault } from '../../../src/adapters/registry/network-fault.ts';
import { readGrants } from '../../../src/adapters/registry/schema.ts';
import { createScrubber } from '../../../src/adapters/registry/text.ts';
import { Sealed } from '../../../src/sealed.ts';

describe('WWW-Authenticate', () => {
  it('reads Docker Hub’s', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull",error="insufficient_scope"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:library/nginx:pull',
        error: 'insufficient_scope',
      },
    ]);
  });

  it('reads two challenges in one header, as Gitea sends them, and follows the Bearer one', () => {
    const challenges = parseChallenges('BASIC realm="a, \\"b\\"" , Bearer Realm=/token ,scope="*"');
    expect(challenges).toEqual([
      { scheme: 'basic', realm: 'a, "b"' },
      { scheme: 'bearer', realm: '/token', scope: '*' },
    ]);
    expect(chooseChallenge(challenges)?.scheme).toBe('bearer');
  });

  it('reads a scheme without parameters and one with a token', () => {
    expect(parseChallenges('Negotiate abcd==, NTLM, Basic realm="x"').map(({ scheme }) => scheme)).toEqual([
      'negotiate',
      'ntlm',
      'basic',
    ]);
  });

  it('ends on any text, quickly', () => {
    assert(property(string({ maxLength: 300 }), (text) => Array.isArray(parseChallenges(text))));
    expect(parseChallenges('Bearer realm="'.repeat(2000)).length).toBeLessThan(2000);
  });
});

describe('addresses', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['10.1.2.3', 'inside'],
    ['172.31.0.1', 'inside'],
    ['127.9.9.9', 'inside'],
    ['100.64.0.1', 'inside'],
    ['[::1]', 'inside'],
    ['fd12::1', 'inside'],
    ['::ffff:10.0.0.1', 'inside'],
    ['64:ff9b::a00:1', 'inside'],
    ['2002:7f00:1::', 'inside'],
    ['169.254.169.254', 'never'],
    ['::ffff:a9fe:a9fe', 'never'],
    ['64:ff9b::169.254.169.254', 'never'],
    ['fe80::1%eth0', 'never'],
    ['fd00:ec2::254', 'never'],
    ['100.100.100.200', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['239.1.1.1', 'never'],
    ['registry', 'never'],
  ])('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });
});

describe('the guard', () => {
  /** A DNS server that answers these addresses. */
  function resolving(...addresses: string[]) {
    const resolve = (_name: string, _options: object, callback: (error: null, found: object[]) => void): void =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    return resolve as unknown as NonNullable<Parameters<typeof guardedLookup>[1]>;
  }
  function lookUp(mayBeInside: boolean, ...addresses: string[]): Promise<unknown> {
    return new Promise((resolve) => {
      const look = guardedLookup(() => mayBeInside, resolving(...addresses));
      look('registry.example', { all: true }, (error, found) => resolve(error ?? found));
    });
  }

  it('judges a name by every address it resolves to at the moment of connecting', async () => {
    expect(await lookUp(false, '8.8.8.8', '169.254.169.254')).toBeInstanceOf(GuardRefusal);
    expect(await lookUp(true, '169.254.169.254')).toBeInstanceOf(GuardRefusal);
    expect(await lookUp(false, '8.8.8.8', '10.0.0.1')).toBeInstanceOf(GuardRefusal);
    expect(await lookUp(true, '10.0.0.1')).toEqual([{ address: '10.0.0.1', family: 4 }]);
    expect(await lookUp(false, '8.8.8.8')).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });

  it('wants https, no user information and no forbidden address', () => {
    const never = () => false;
    expect(urlFault(new URL('https://ghcr.io/token'), false, never)).toBeUndefined();
    expect(urlFault(new URL('http://ghcr.io/token'), false, never)).toContain('without https');
    expect(urlFault(new URL('https://u@ghcr.io/token'), false, never)).toContain('user information');
    // The URL parser understands 0xA9FEA9FE as the address that it is.
    expect(urlFault(new URL('https://0xA9FEA9FE/'), false, never)).toContain('link-local');
    expect(urlFault(new URL('https://10.0.0.1/'), false, () => true)).toBeUndefined();
  });
});

describe('network errors', () => {
  it.each([
    ['ENOTFOUND', 'dns-failure'],
    ['EAI_AGAIN', 'dns-failure'],
    ['ECONNREFUSED', 'connection-refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connection-timeout'],
    ['EHOSTUNREACH', 'network-unreachable'],
    ['CERT_HAS_EXPIRED', 'tls-untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-untrusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'http-vs-https'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-handshake'],
    ['EMFILE', 'registry-unreachable'],
  ])('%s is %s', (code, fault) => {
    expect(networkFault(Object.assign(new Error('x'), { code })).fault).toBe(fault);
  });

  it('looks into an AggregateError of several addresses', () => {
    const parts = [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })];
    expect(networkFault(new AggregateError(parts)).fault).toBe('connection-refused');
  });
});

describe('texts', () => {
  it('loses secrets in every form, query strings and user information', () => {
    const scrub = createScrubber('bot', new Sealed('s3cret/?'));
    const pair = Buffer.from('bot:s3cret/?').toString('base64');
    const text = `see https://me:pw@auth.example/token?sig=abc#x s3cret/? ${pair} ${encodeURIComponent('s3cret/?')} Bearer abcdefghijk`;
    expect(scrub.clean(text)).toBe('see https://auth.example/token [removed] [removed] [removed] Bearer [removed]');
  });

  it('are never long and never hold a control character', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const cleaned = createScrubber().clean(text);
        expect(cleaned.length).toBeLessThanOrEqual(500);
        expect(cleaned).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('granted actions', () => {
  function token(access: unknown): string {
    return `e30.${Buffer.from(JSON.stringify({ access })).toString('base64url')}.sig`;
  }
  it('are those of this repository only', () => {
    const access = [
      { type: 'repository', name: 'shop/api', actions: ['pull'] },
      { type: 'repository', name: 'shop/other', actions: ['push'] },
      'nonsense',
    ];
    expect(readGrants(token(access), 'shop/api')).toEqual(['pull']);
    expect(readGrants(token([]), 'shop/api')).toEqual([]);
    expect(readGrants(token(null), 'shop/api')).toEqual([]);
    expect(readGrants('opaque', 'shop/api')).toBeUndefined();
  });
});
