/** A small image registry over real HTTP on loopback, for the demo and for tests: it can be told to fail. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../clock.ts';
import type { Sealed } from '../../../sealed.ts';
import { type Account, basicUser, createTokenMint, mayPull, type SimulatedAuth } from './access.ts';
import { type SimulatedFailure, sendError, sendFailure, sendJson } from './failure.ts';
import { createImageShelf, type PushOptions, type StoredManifest } from './images.ts';

export interface SimulatedRegistryOptions {
  readonly clock: Clock;
  /** Default `none`. */
  readonly auth?: SimulatedAuth;
  /** What Basic answers a good login that may not pull a repository: registries differ. Default 403. */
  readonly withheld?: 401 | 403 | 404;
  /** 0 (default): a free port. */
  readonly port?: number;
  /** Tags on one page when the client asks for more; default 1000. */
  readonly pageSize?: number;
}

/** One request that came in; the credential itself is not kept. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: 'none' | 'basic' | 'bearer';
}

export interface SimulatedRegistry {
  /** `127.0.0.1:41234`: what an image reference starts with. Stays the same through `stop` and `start`. */
  readonly host: string;
  readonly requests: readonly SeenRequest[];
  /** Returns the digest that the tag now means. */
  push(repository: string, tag: string, options?: PushOptions): string;
  remove(repository: string, tag?: string): void;
  /** Adds an account or changes its password; `repositories` limits what it may pull. */
  allow(username: string, password: Sealed, repositories?: readonly string[]): void;
  /** Its password is refused from now on. */
  revoke(username: string): void;
  /** Anybody may pull it. */
  publish(repository: string): void;
  /** How it fails from now on; undefined: it works again. */
  fail(failure: SimulatedFailure | undefined): void;
  /** Connections are refused from now on. */
  stop(): Promise<void>;
  start(): Promise<void>;
  clearRequests(): void;
}

/** Starts it; end it with `stop`. */
export async function startSimulatedRegistry(options: SimulatedRegistryOptions): Promise<SimulatedRegistry> {
  const shelf = createImageShelf();
  const mint = createTokenMint(options.clock);
  const accounts = new Map<string, Account>();
  const open = new Set<string>();
  const requests: SeenRequest[] = [];
  const auth = options.auth ?? 'none';
  let failure: SimulatedFailure | undefined;
  let host = '';
  let server: Server | undefined;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`);
    const { authorization } = request.headers;
    requests.push({
      method: request.method ?? '',
      path: `${url.pathname}${url.search}`,
      authorization: schemeOf(authorization),
    });
    if (failure?.kind === 'slow') await delay(response, failure.ms);
    else if (failure) {
      sendFailure(response, failure);
      return;
    }
    if (url.pathname === '/token' && auth === 'bearer') issueToken(url, authorization, response);
    else serve(url, authorization, response);
  }

  /** Ends early when the client has gone. */
  async function delay(response: ServerResponse, ms: number): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await options.clock.sleep(ms, gone.signal).catch(() => undefined);
  }

  function issueToken(url: URL, authorization: string | undefined, response: ServerResponse): void {
    const user = basicUser(authorization, accounts);
    if (authorization !== undefined && user === undefined) {
      sendError(response, 401, { code: 'UNAUTHORIZED', message: 'incorrect username or password' });
      return;
    }
    const account = user === undefined ? undefined : accounts.get(user);
    const repositories = url.searchParams
      .getAll('scope')
      .flatMap((scope) => /^repository:([^:]+):/.exec(scope)?.[1] ?? [])
      .filter((repository) => mayPull(account, repository, open.has(repository)));
    sendJson(response, 200, mint.issue({ user: user ?? '', repositories }));
  }

  function serve(url: URL, authorization: string | undefined, response: ServerResponse): void {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const match = /^\/v2\/(.+)\/(manifests|tags)\/([^/]+)$/.exec(url.pathname);
    const repository = match?.[1] ?? '';
    if (!isAllowed(repository, authorization)) {
      challenge(repository, response);
      return;
    }
    if (auth === 'basic' && repository !== '' && !hasRight(repository, authorization)) {
      withhold(repository, response);
      return;
    }
    if (!match) {
      // A resource of its own, for which the token server gives no token.
      const tells = url.pathname === '/v2/_catalog' && auth !== 'bearer';
      if (url.pathname === '/v2/') sendJson(response, 200, {});
      else if (tells) sendJson(response, 200, { repositories: shelf.names() });
      else sendError(response, 404, { code: 'UNSUPPORTED', message: 'no such endpoint' });
    } else if (match[2] === 'tags') {
      sendTags(url, repository, response);
    } else {
      const manifest = shelf.find(repository, match[3] ?? '');
      if (manifest) sendManifest(response, manifest);
      else sendNoManifest(response, repository, match[3] ?? '');
    }
  }

  function isAllowed(repository: string, authorization: string | undefined): boolean {
    if (auth === 'none') return true;
    if (auth === 'basic') return open.has(repository) || basicUser(authorization, accounts) !== undefined;
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const granted = mint.read(token);
    return granted !== undefined && (repository === '' || granted.repositories.includes(repository));
  }

  function hasRight(repository: string, authorization: string | undefined): boolean {
    const account = accounts.get(basicUser(authorization, accounts) ?? '');
    return mayPull(account, repository, open.has(repository));
  }

  /** A good login without the right to this repository, under Basic. */
  function withhold(repository: string, response: ServerResponse): void {
    const status = options.withheld ?? 403;
    if (status === 401) challenge(repository, response);
    else if (status === 403) sendError(response, 403, { code: 'DENIED', message: 'requested access is denied' });
    else sendError(response, 404, { code: 'NAME_UNKNOWN', message: 'no such repository for this account' });
  }

  function challenge(repository: string, response: ServerResponse): void {
    const scope = repository === '' ? '' : `,scope="repository:${repository}:pull"`;
    response.setHeader(
      'www-authenticate',
      auth === 'basic'
        ? 'Basic realm="simulated registry"'
        : `Bearer realm="http://${host}/token",service="simulated"${scope}`,
    );
    sendError(response, 401, { code: 'UNAUTHORIZED', message: 'authentication required' });
  }

  function sendTags(url: URL, repository: string, response: ServerResponse): void {
    const all = shelf.tags(repository);
    if (!all) {
      const message = 'repository name not known to registry';
      sendError(response, 404, { code: 'NAME_UNKNOWN', message, detail: { name: repository } });
      return;
    }
    const asked = Number(url.searchParams.get('n') ?? 0) || 1000;
    const size = Math.min(asked, options.pageSize ?? 1000);
    const last = url.searchParams.get('last');
    const rest = last === null ? all : all.filter((tag) => tag > last);
    const tags = rest.slice(0, size);
    if (rest.length > size) {
      const next = new URLSearchParams({ n: String(size), last: tags.at(-1) ?? '' });
      response.setHeader('link', `</v2/${repository}/tags/list?${next.toString()}>; rel="next"`);
    }
    sendJson(response, 200, { name: repository, tags });
  }

  async function start(): Promise<void> {
    if (server) return;
    const created = createServer((request, response) => void handle(request, response));
    const port = host === '' ? (options.port ?? 0) : Number(host.split(':')[1]);
    await new Promise<void>((resolve, reject) => {
      created.once('error', reject);
      created.listen(port, '127.0.0.1', () => resolve());
    });
    server = created;
    host = `127.0.0.1:${(created.address() as AddressInfo).port}`;
  }

  await start();
  return {
    host,
    requests,
    push: (repository, tag, pushed) => shelf.push(repository, tag, pushed),
    remove: (repository, tag) => shelf.remove(repository, tag),
    allow: (username, password, repositories) =>
      void accounts.set(username, { password, ...(repositories === undefined ? {} : { repositories }) }),
    revoke: (username) => void accounts.delete(username),
    publish: (repository) => void open.add(repository),
    fail(next) {
      failure = next;
    },
    start,
    async stop() {
      const running = server;
      server = undefined;
      if (!running) return;
      const closed = new Promise<void>((resolve) => running.close(() => resolve()));
      running.closeAllConnections();
      await closed;
    },
    clearRequests: () => void requests.splice(0),
  };
}

function schemeOf(authorization: string | undefined): SeenRequest['authorization'] {
  if (authorization === undefined) return 'none';
  return /^bearer /i.test(authorization) ? 'bearer' : 'basic';
}

/** With the detail that docker-registry gives. */
function sendNoManifest(response: ServerResponse, repository: string, selector: string): void {
  const detail = selector.includes(':') ? { Name: repository, Revision: selector } : { Tag: selector };
  sendError(response, 404, { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail });
}

function sendManifest(response: ServerResponse, manifest: StoredManifest): void {
  response.writeHead(200, {
    'content-type': manifest.mediaType,
    'content-length': manifest.body.length,
    'docker-content-digest': manifest.digest,
  });
  response.end(manifest.body);
}
