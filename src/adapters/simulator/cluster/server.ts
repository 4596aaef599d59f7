/** The simulated API over HTTP on loopback: routes, bodies, Status answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import type { Verbs } from './api.ts';
import { type KubeObject, RESOURCES } from './objects.ts';
import { parseBody } from './schema.ts';
import { badRequest, StatusError } from './status.ts';
import type { Place } from './store.ts';
import { secretTableOf, tableOf, wantsTable } from './table.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

interface Route {
  readonly place: Place;
  readonly isLog: boolean;
}

/** `/apis/apps/v1/namespaces/NS/deployments/NAME/status`; undefined: not served. */
function route(pathname: string): Route | undefined {
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  let rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const version = parts[0] === 'api' ? parts[1] : parts[2];
  const resource = RESOURCES.find(
    (row) => row.group === group && row.plural === rest[0] && (row.version ?? 'v1') === version,
  );
  const sub = rest[2];
  const isLog = sub === 'log' && resource?.kind === 'Pod';
  if (!resource || rest.length > 3 || (sub !== undefined && sub !== 'status' && !isLog)) return undefined;
  return { place: { resource, namespace, name: rest[1] ?? '' }, isLog };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new StatusError(413, 'RequestEntityTooLarge', 'the request is too large');
    chunks.push(bytes);
  }
  if (size === 0) return undefined;
  const body = parseBody(Buffer.concat(chunks).toString('utf8'));
  if (body === undefined) throw badRequest('the body is not JSON');
  return body;
}

/** The verb in RBAC's words. */
function verbOf(method: string, named: boolean): 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' {
  if (method === 'GET') return named ? 'get' : 'list';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE' && named) return 'delete';
  throw new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

interface ServerParts {
  readonly verbs: Verbs;
  readonly access: Access;
  /** What a container that ended has printed. */
  readonly logs: (pod: KubeObject, container: string) => readonly string[] | undefined;
}

/** As the API server says it, the words of the kubelet behind it included. */
function readLog({ verbs, logs }: ServerParts, place: Place, query: URLSearchParams): string {
  const pod = verbs.get(place);
  const container = query.get('container') ?? pod.spec?.containers?.[0]?.name ?? '';
  const lines = logs(pod, container);
  if (!lines && query.get('previous') === 'true') {
    throw badRequest(`previous terminated container "${container}" in pod "${place.name}" not found`);
  }
  const tail = (lines ?? []).slice(-Number(query.get('tailLines') ?? Number.MAX_SAFE_INTEGER));
  return tail
    .map((line) => `${line}\n`)
    .join('')
    .slice(0, Number(query.get('limitBytes') ?? Number.MAX_SAFE_INTEGER));
}

function listed(verbs: Verbs, place: Place, query: URLSearchParams, accept: string | undefined): unknown {
  const page = verbs.list(place, query);
  if (!wantsTable(accept)) return page;
  if (place.resource.kind === 'Secret') return secretTableOf(page);
  return place.resource.kind === 'Pod' ? tableOf(page) : page;
}

/** Port 0: a free one. */
export async function startServer(parts: ServerParts, port = 0): Promise<ApiServer> {
  const { verbs, access } = parts;
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (access.broken === 'refuse') {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const found = route(url.pathname);
    if (!found) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    try {
      const verb = verbOf(request.method ?? 'GET', found.place.name !== '');
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const { place, isLog } = found;
      const asked = isLog ? { ...place.resource, plural: 'pods/log' } : place.resource;
      access.check(token, verb, { ...place, resource: asked });
      if (isLog) {
        response.writeHead(200, { 'content-type': 'text/plain' }).end(readLog(parts, place, url.searchParams));
        return;
      }
      const body = await bodyOf(request);
      const dryRun = url.searchParams.get('dryRun') === 'All';
      const answer =
        verb === 'get'
          ? verbs.get(place)
          : verb === 'list'
            ? listed(verbs, place, url.searchParams, request.headers.accept)
            : verbs[verb](place, body, dryRun);
      reply(response, verb === 'create' ? 201 : 200, answer);
    } catch (error) {
      const status = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error));
      reply(response, status.code, status.body());
    }
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function reply(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
