/** A registry that misbehaves on command: the first part of the repository says how. Several doors: http, https with each wrong certificate, bearer tokens. */
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { makeAuthority } from './certificates.ts';

/** Ports of its doors. */
export const DOOR = {
  http: 5000,
  bearer: 5001,
  privateCa: 5443,
  expired: 5444,
  otherName: 5445,
  handshake: 5446,
} as const;

const NO_CIPHER = { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
const TOKEN = 'token-canary';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function say(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' '), detail: null }] });
  say(response, status, { 'content-type': 'application/json', ...headers }, body);
}

const digest = `sha256:${'ab'.repeat(32)}`;
const onlyArm = JSON.stringify({
  schemaVersion: 2,
  mediaType: INDEX,
  manifests: [{ mediaType: MANIFEST, digest, size: 500, platform: { architecture: 'arm64', os: 'linux' } }],
});
const schemaOne = JSON.stringify({ schemaVersion: 1, name: 'schema1/web', tag: 'v1', fsLayers: [], history: [] });

function contentOf(url: string): Record<string, string> {
  const schema1 = url.includes('/schema1/');
  const type = schema1 ? 'application/vnd.docker.distribution.manifest.v1+prettyjws' : INDEX;
  return { 'content-type': type };
}

const HABITS: Readonly<Record<string, Answer>> = {
  html: (_, response) => say(response, 200, { 'content-type': 'text/html' }, '<html><body>Sign in</body></html>'),
  busy: (_, response) => refuse(response, 429, 'TOOMANYREQUESTS', { 'retry-after': '120' }),
  broken: (_, response) => refuse(response, 500, 'UNKNOWN'),
  resting: (_, response) => say(response, 503, { 'content-type': 'text/plain' }, 'no healthy upstream'),
  loop: (request, response) => say(response, 302, { location: request.url ?? '/' }, ''),
  gone: (_, response) => refuse(response, 404, 'NAME_UNKNOWN'),
  untagged: (_, response) => refuse(response, 404, 'MANIFEST_UNKNOWN'),
  denied: (_, response) => refuse(response, 403, 'DENIED'),
  proxy: (_, response) => say(response, 407, { 'proxy-authenticate': 'Basic realm="proxy"' }, ''),
  legal: (_, response) => refuse(response, 451, 'UNAVAILABLE'),
  cut: (request) => request.socket.destroy(),
  arm: (request, response) => say(response, 200, contentOf(request.url ?? ''), onlyArm),
  schema1: (request, response) => say(response, 200, contentOf(request.url ?? ''), schemaOne),
};

function habit(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  if (/^\/v2\/?$/.test(url)) return say(response, 200, { 'content-type': 'application/json' }, '{}');
  const answer = HABITS[/^\/v2\/([^/]+)\//.exec(url)?.[1] ?? ''];
  if (!answer) return refuse(response, 404, 'NAME_UNKNOWN');
  answer(request, response);
}

/** The bearer door: `/token/HABIT` is its token server; a token opens nothing but `open/…`. */
function bearer(host: string): Answer {
  return (request, response) => {
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (url.pathname === '/token/wrong') return refuse(response, 401, 'UNAUTHORIZED');
    if (url.pathname === '/token/html')
      return say(response, 200, { 'content-type': 'text/html' }, '<html>Welcome</html>');
    if (url.pathname === '/token/broken') return refuse(response, 503, 'UNAVAILABLE');
    if (url.pathname.startsWith('/token/'))
      return say(
        response,
        200,
        { 'content-type': 'application/json' },
        JSON.stringify({ token: TOKEN, access_token: TOKEN }),
      );
    const repository = /^\/v2\/(.+)\/(?:manifests|tags|blobs)\//.exec(url.pathname)?.[1] ?? '';
    const kind = repository.split('/')[0] ?? '';
    const realm = kind === 'foreign' ? 'http://foreign.box:5000/token' : `http://${host}/token/${kind}`;
    const scope = repository ? `,scope="repository:${repository}:pull"` : '';
    const told = request.headers.authorization === `Bearer ${TOKEN}`;
    const problem = told ? ',error="insufficient_scope"' : '';
    const challenge = `Bearer realm="${realm}",service="${host}"${scope}${problem}`;
    if (told && kind === 'forbidden') return refuse(response, 403, 'DENIED');
    if (told && kind === 'hidden') return refuse(response, 404, 'NAME_UNKNOWN');
    refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
  };
}

/** Opens every door at `address`; `folder` takes the keys. Gives the function that closes them. */
export async function startOddRegistry(address: string, name: string, folder: string): Promise<() => void> {
  const unknown = makeAuthority(folder);
  const doors: [number, Server][] = [
    [DOOR.http, createHttp(habit)],
    [DOOR.bearer, createHttp(bearer(`${name}:${DOOR.bearer}`))],
    [DOOR.privateCa, createHttps(unknown.issue(name), habit)],
    [DOOR.expired, createHttps(unknown.issue(name, { expired: true }), habit)],
    // Its only cipher wants another kind of key: nothing can be agreed on.
    [DOOR.handshake, createHttps({ ...unknown.issue(name), ...NO_CIPHER }, habit)],
    [DOOR.otherName, createHttps(unknown.issue('someone-else.example'), habit)],
  ];
  for (const [port, server] of doors)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
  return () => {
    for (const [, server] of doors) {
      server.closeAllConnections();
      server.close();
    }
  };
}
