/** A token server as distribution's specification has it: signs JWTs (ES256, x5c) that a real docker-registry accepts. */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FakeServer, json, startFake } from './fake-registry.ts';

export interface TokenServerOptions {
  /** PEM files of the signing key and its certificate, which the registry trusts. */
  readonly key: string;
  readonly certificate: string;
  /** User name -> password and the repositories it may pull. */
  readonly accounts: Readonly<Record<string, { readonly password: string; readonly repositories: readonly string[] }>>;
}

/** Grants the part of what is asked that the account may do, and answers 200 even when that is nothing. */
export async function startTokenServer(options: TokenServerOptions): Promise<FakeServer> {
  const key = createPrivateKey(readFileSync(options.key));
  const x5c = [new X509Certificate(readFileSync(options.certificate)).raw.toString('base64')];

  function token(access: object[], service: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'test', aud: service, sub: '', iat: now, nbf: now - 5, exp: now + 300, jti: 'one', access };
    const text = [{ typ: 'JWT', alg: 'ES256', x5c }, claims].map(encode).join('.');
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  return startFake((request, response) => {
    const url = new URL(request.url ?? '/', 'http://token');
    const pair = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString();
    const [name = '', ...rest] = pair.split(':');
    const account = options.accounts[name];
    if (pair !== '' && account?.password !== rest.join(':')) {
      json(response, 401, { details: 'incorrect username or password' });
      return;
    }
    const access = url.searchParams.getAll('scope').flatMap((scope) => {
      const [type = '', repository = '', actions = ''] = scope.split(':');
      return account?.repositories.includes(repository)
        ? [{ type, name: repository, actions: actions.split(',') }]
        : [];
    });
    json(response, 200, { token: token(access, url.searchParams.get('service') ?? ''), expires_in: 300 });
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
