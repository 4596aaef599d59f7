/** A token server as distribution's specification has it: signs JWTs (ES256, x5c) that a real docker-registry accepts. */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { type FakeServer, json, startFake } from './fake-registry.ts';

export interface TokenServerOptions {
  /** The folder of `makeCertificates`: its server key signs, its CA is what the registry trusts. */
  readonly folder: string;
  readonly service: string;
  /** User name -> password and the repositories it may pull. */
  readonly accounts: Readonly<Record<string, { readonly password: string; readonly repositories: readonly string[] }>>;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** A token for exactly this access, valid for five minutes. */
export function mintToken(options: Pick<TokenServerOptions, 'folder' | 'service'>, access: readonly Access[]): string {
  const key = createPrivateKey(readFileSync(join(options.folder, 'server.key')));
  const certificate = new X509Certificate(readFileSync(join(options.folder, 'server.pem')));
  const now = Math.floor(systemClock.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [certificate.raw.toString('base64')] };
  const claims = {
    iss: 'test',
    aud: options.service,
    sub: 'x',
    iat: now,
    nbf: now - 5,
    exp: now + 300,
    jti: '1',
    access,
  };
  const text = [header, claims].map(encode).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Grants the part of what is asked that the account may do, and answers 200 even when that is nothing. */
export async function startTokenServer(options: TokenServerOptions): Promise<FakeServer> {
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
      const mine = account?.repositories.includes(repository) === true;
      return mine ? [{ type, name: repository, actions: actions.split(',') }] : [];
    });
    json(response, 200, { token: mintToken(options, access), expires_in: 300 });
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
