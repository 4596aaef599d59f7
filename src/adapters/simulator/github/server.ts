/** A GitHub on loopback: the API below `/api/v3` as an Enterprise server has it, and pages for whoever clicks a link. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../../clock.ts';
import type { Sealed } from '../../../sealed.ts';
import { answerApi } from './api.ts';
import { pageFor } from './pages.ts';
import { createRepository, type SimulatedRepository } from './repository.ts';
import { parseBody } from './schema.ts';

export interface SimulatedGithub {
  /** `http://127.0.0.1:3000/api/v3` */
  readonly apiUrl: string;
  /** `http://127.0.0.1:3000` */
  readonly web: string;
  /** Made empty at the first call. `name`: `owner/name`. */
  repository(name: string): SimulatedRepository;
  close(): Promise<void>;
}

const API = '/api/v3/repos/';
const MAX_BODY = 4 * 1024 * 1024;

/** Port 0: a free one. Without `token` the API answers 401; pages need none. */
export async function startSimulatedGithub(parts: {
  readonly clock: Clock;
  readonly token: Sealed;
  readonly port?: number;
}): Promise<SimulatedGithub> {
  const repositories = new Map<string, SimulatedRepository>();
  let web = '';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isApi = url.pathname.startsWith(API);
    const [owner = '', name = '', ...rest] = url.pathname.slice(isApi ? API.length : 1).split('/');
    const repository = repositories.get(`${owner}/${name}`);
    const below = rest.length === 0 ? '' : `/${rest.map(decodeURIComponent).join('/')}`;
    if (!isApi) return show(response, repository, below);
    if (request.headers.authorization !== `Bearer ${parts.token.reveal()}`)
      return send(response, 401, { message: 'Bad credentials' });
    if (repository === undefined) return send(response, 404, { message: 'Not Found' });
    const { searchParams: query } = url;
    const call = { repository, query, body: await bodyOf(request), web, now: parts.clock.now() };
    const { status, body, location } = answerApi(request.method ?? 'GET', below, call);
    if (location !== undefined) response.setHeader('location', location);
    return send(response, status, body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  web = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    apiUrl: `${web}/api/v3`,
    web,
    repository(name) {
      const known = repositories.get(name) ?? createRepository(name);
      repositories.set(name, known);
      return known;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function show(response: ServerResponse, repository: SimulatedRepository | undefined, path: string): void {
  const log = repository?.logs.get(Number(/^\/logs\/(\d+)$/.exec(path)?.[1]));
  if (log !== undefined) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(log);
    return;
  }
  const html = repository && pageFor(repository, path);
  response
    .writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    .end(html ?? 'The demo has no such page.');
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BODY) throw new Error('the body is too large');
    chunks.push(bytes);
  }
  return parseBody(Buffer.concat(chunks).toString('utf8'));
}
