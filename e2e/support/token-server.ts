/**
 * A token server as distribution's token specification has it: Basic or anonymous in, a signed JWT out, 200 with the intersection of
 * what was asked and what is granted; only a wrong password is refused. The runtime asks by POST first (spec/auth/oauth.md): the server of
 * the newer registry answers that, the older one sends it back to GET. Facts: distribution docs, spec/auth/token.md and jwt.md.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import type { Account } from './registry.ts';

const ISSUER = 'box-tokens';
const KEY_ID = 'box-key-1';
const LIFE_SECONDS = 300;

export interface TokenAccount extends Account {
  /** Repositories it may do this with; `*` at the end stands for the rest. */
  readonly pull: readonly string[];
  readonly push?: readonly string[];
}

/** How tokens are signed, and what a registry has to be told to believe them. */
interface Signer {
  readonly header: Readonly<Record<string, unknown>>;
  readonly sign: (text: string) => string;
  /** For `auth.token` of the registry's configuration. */
  readonly trust: Readonly<Record<string, unknown>>;
}

/** RS256 with the certificate in the token, believed by its root: what docker-registry 2.8 reads. */
function rsaSigner(folder: string): Signer {
  const [key, cert] = [join(folder, 'rsa.key'), join(folder, 'rsa.crt')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '30'];
  execFileSync('openssl', [...request, '-subj', '/CN=box-tokens'], { stdio: 'pipe' });
  const privateKey = createPrivateKey(readFileSync(key));
  const chain = [new X509Certificate(readFileSync(cert)).raw.toString('base64')];
  return {
    header: { typ: 'JWT', alg: 'RS256', x5c: chain },
    sign: (text) => sign('sha256', Buffer.from(text), privateKey).toString('base64url'),
    trust: { rootcertbundle: cert },
  };
}

/** ES256 with a key id, believed by a key set: what distribution 3 reads. */
function ecSigner(folder: string): Signer {
  const [key, set] = [join(folder, 'ec.key'), join(folder, 'jwks.json')];
  const make = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key];
  execFileSync('openssl', make, { stdio: 'pipe' });
  const privateKey = createPrivateKey(readFileSync(key));
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' });
  writeFileSync(set, JSON.stringify({ keys: [{ ...publicKey, kid: KEY_ID, alg: 'ES256', use: 'sig' }] }));
  return {
    header: { typ: 'JWT', alg: 'ES256', kid: KEY_ID },
    sign: (text) =>
      sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
    trust: { jwks: set, signingalgorithms: ['ES256'] },
  };
}

export interface TokenServer {
  /** `auth` of a registry's configuration: `realm` is where this registry sends whoever asks. */
  authFor(version: '2.8' | '3.1', service: string, scheme: 'http' | 'https'): object;
  close(): void;
}

const PORTS = { http: 5050, https: 5051 } as const;

export interface TokenServerOptions {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  readonly accounts: readonly TokenAccount[];
  /** For its https port. */
  readonly certificate: { readonly key: string; readonly cert: string };
}

/** Serves http and https at `address`; the name must resolve already. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { name, address, folder, accounts, certificate } = options;
  mkdirSync(folder, { recursive: true });
  const signers = { '2.8': rsaSigner(folder), '3.1': ecSigner(folder) };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${name}`);
    const modern = url.pathname === '/3.1/token';
    if (request.method === 'POST' && !modern) return reply(response, 405, {});
    const asked = request.method === 'POST' ? await formOf(request) : url.searchParams;
    const who = accountOf(request.method === 'POST' ? basicOf(asked) : request.headers.authorization, accounts);
    if (who === 'refused') {
      const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }];
      return reply(response, 401, { errors });
    }
    const token = tokenFor({ signer: signers[modern ? '3.1' : '2.8'], asked, who });
    reply(response, 200, { token, access_token: token, expires_in: LIFE_SECONDS, issued_at: new Date().toISOString() });
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);

  const servers: readonly Server[] = [createHttp(listener), createHttps(certificate, listener)];
  for (const [at, server] of servers.entries())
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at === 0 ? PORTS.http : PORTS.https, address, resolve);
    });
  return {
    authFor: (version, service, scheme) => ({
      token: {
        realm: `${scheme}://${name}:${PORTS[scheme]}/${version}/token`,
        service,
        issuer: ISSUER,
        ...signers[version].trust,
      },
    }),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return new URLSearchParams(body);
}

/** `grant_type=password`, as a Basic header would say it. */
function basicOf(form: URLSearchParams): string {
  return `Basic ${Buffer.from(`${form.get('username')}:${form.get('password')}`).toString('base64')}`;
}

/** undefined: nobody in particular. */
function accountOf(
  authorization: string | undefined,
  accounts: readonly TokenAccount[],
): TokenAccount | undefined | 'refused' {
  if (authorization === undefined) return undefined;
  const told = Buffer.from(authorization.replace(/^basic /i, ''), 'base64').toString('utf8');
  return accounts.find(({ user, password }) => told === `${user}:${password}`) ?? 'refused';
}

interface Claim {
  readonly signer: Signer;
  /** `service` and `scope`, of the query or of the form. */
  readonly asked: URLSearchParams;
  readonly who: TokenAccount | undefined;
}

function tokenFor({ signer, asked, who }: Claim): string {
  const now = Math.floor(Date.now() / 1000);
  const scopes = asked.getAll('scope').flatMap((scope) => scope.split(' '));
  const claims = {
    iss: ISSUER,
    sub: who?.user ?? '',
    aud: asked.get('service') ?? '',
    exp: now + LIFE_SECONDS,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access: scopes.flatMap((scope) => grantedOf(scope, who)),
  };
  const text = [signer.header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signer.sign(text)}`;
}

/** `repository:shop/web:pull,push` -> what of it is granted, nothing when nothing is. */
function grantedOf(scope: string, who: TokenAccount | undefined): readonly object[] {
  const [, type = '', name = '', wanted = ''] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
  const may = (list: readonly string[] = []): boolean =>
    list.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
  const granted = wanted.split(',').filter((action) => {
    if (action === 'pull') return may(who?.pull);
    return action === 'push' && may(who?.push);
  });
  return type === 'repository' && granted.length > 0 ? [{ type, name, actions: granted }] : [];
}
