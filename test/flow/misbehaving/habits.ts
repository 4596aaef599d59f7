/** Registries that misbehave, one habit each. What a registry may do to whoever asks it, from its protocol's tables to plain malice. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { demand, json, oneManifest } from '../../adapters/registry/fake-registry.ts';

/** What a habit may need to know. `other` is another host (another loopback address), which nobody has named. */
export interface Place {
  readonly host: string;
  readonly other: string;
}

export type Habit = (request: IncomingMessage, response: ServerResponse, place: Place) => void;

const REPOSITORY = 'team/api';
const TAGS = /^\/v2\/team\/api\/tags\/list/;

function error(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  json(response, status, { errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }, headers);
}

/** A JWT as far as anybody reads it here: only its claims. */
function tokenFor(actions: readonly string[]): string {
  const access = actions.length === 0 ? [] : [{ type: 'repository', name: REPOSITORY, actions }];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ access })}.signature`;
}

interface Bearer {
  readonly realm?: (place: Place) => string;
  readonly token?: Habit;
  readonly manifest?: Habit;
  readonly tags?: Habit;
  readonly actions?: readonly string[];
}

const missing: Habit = (_request, response) => error(response, 404, 'MANIFEST_UNKNOWN');
const listed: Habit = (_request, response) => json(response, 200, { name: REPOSITORY, tags: ['1.4.0', '1.4.1'] });

/** A registry with tokens, one of whose steps misbehaves. */
export function bearer({ realm, token, manifest = missing, tags = listed, actions = ['pull'] }: Bearer): Habit {
  return (request, response, place) => {
    const { url = '' } = request;
    if (url.startsWith('/token')) {
      if (token) return token(request, response, place);
      return json(response, 200, { token: tokenFor(actions), expires_in: 300 });
    }
    if (!request.headers.authorization?.startsWith('Bearer ')) {
      const to = realm?.(place) ?? `http://${place.host}/token`;
      return demand(response, `Bearer realm="${to}",service="box",scope="repository:${REPOSITORY}:pull"`);
    }
    (TAGS.test(url) ? tags : manifest)(request, response, place);
  };
}

/** A registry with htpasswd, which misbehaves once it has the login. */
export function basic(manifest: Habit, tags: Habit = listed): Habit {
  return (request, response, place) => {
    const { url = '', headers } = request;
    if (!headers.authorization?.startsWith('Basic ')) return demand(response, 'Basic realm="box"');
    if (/^\/v2\/$/.test(url)) return json(response, 200, {});
    (TAGS.test(url) ? tags : manifest)(request, response, place);
  };
}

export function answer(status: number, code: string, headers: Record<string, string> = {}): Habit {
  return (_request, response) => error(response, status, code, headers);
}

/** A 2xx with any body. */
export function body(text: string | Buffer, headers: Record<string, string> = {}): Habit {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(text), ...headers }).end(text);
  };
}

/** Redirects; `to` gets the address that was asked. */
export function redirect(to: (place: Place, url: string) => string): Habit {
  return (request, response, place) => {
    response.writeHead(307, { location: to(place, request.url ?? '/') }).end();
  };
}

/** The token is good, and grants nothing here. */
export const insufficient: Habit = (_request, response, { host }) => {
  demand(response, `Bearer realm="http://${host}/token",service="box",error="insufficient_scope"`);
};

/** The token grants pull, and the registry does not believe it: another issuer, key, service or clock. */
export const disbelief: Habit = (_request, response, { host }) => {
  demand(response, `Bearer realm="http://${host}/token",service="box",error="invalid_token"`);
};

export const silent: Habit = () => undefined;

/** A byte now and then, for ever. */
export const drip: Habit = (_request, response) => {
  response.writeHead(200, { 'content-type': oneManifest.mediaType });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

/** Half of what was announced, then the connection is cut. */
export const cutBody: Habit = (_request, response) => {
  response.writeHead(200, { 'content-type': oneManifest.mediaType, 'content-length': '5000' });
  response.write('{"schemaVersion":2,');
  setImmediate(() => response.socket?.destroy());
};

export const cutHeader: Habit = (request) => {
  request.socket.end('HTTP/1.1 200 OK\r\nContent-Ty');
};

export const hangUp: Habit = (request) => {
  request.socket.destroy();
};

export const html = body('<html><body>Please sign in</body></html>', { 'content-type': 'text/html' });

export const huge = body(JSON.stringify({ ...oneManifest, fat: 'x'.repeat(6 * 1024 * 1024) }), {
  'content-type': oneManifest.mediaType,
});

export const badGzip = body(Buffer.from('1f8b0800deadbeef', 'hex'), {
  'content-type': oneManifest.mediaType,
  'content-encoding': 'gzip',
});

export const gzipBomb = body(gzipSync(Buffer.alloc(20_000_000, 32)), {
  'content-type': oneManifest.mediaType,
  'content-encoding': 'gzip',
});

/** Headers without end. */
export const headerBomb: Habit = (request) => {
  const { socket } = request;
  socket.write('HTTP/1.1 200 OK\r\n');
  flood(socket, `X-Bomb: ${'b'.repeat(4000)}\r\n`);
};

/** Interim answers without end. */
export function interimStorm(status: string): Habit {
  return ({ socket }) => flood(socket, `HTTP/1.1 ${status}\r\nLink: </x>; rel=preload\r\n\r\n`);
}

function flood(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text.repeat(10)), 5);
  socket.on('error', () => undefined);
  socket.on('close', () => clearInterval(timer));
}

/** Ever another page, each with a tag. */
export function endlessPages(next: (place: Place, page: number) => string): Habit {
  let page = 0;
  return (_request, response, place) => {
    page += 1;
    json(response, 200, { tags: [`t${page}`] }, { link: `<${next(place, page)}>; rel="next"` });
  };
}

/** Everything it was sent, in every place where text can stand. */
export const echo: Habit = (request, response) => {
  const sent = request.headers.authorization ?? '';
  const clear = Buffer.from(sent.replace(/^\S+ /, ''), 'base64').toString();
  const errors = [{ code: sent, message: `${sent} ${clear} http://x/?password=${clear}`, detail: clear }];
  json(response, 403, { errors }, { 'x-echo': encodeURIComponent(clear), warning: encodeURIComponent(sent) });
};
