/**
 * One API server over HTTP: kubeconfig and credentials (exec plugins, token files, client certificates) are the SDK's, the
 * transport is ours. The SDK's generated calls open a new connection for every request and turn a null timestamp into 1970
 * (client-node 2.0.1, `KubeConfig.createDispatcher`, `ObjectSerializer.deserialize`), and the diagnosis can live with neither.
 */
import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher, request } from 'undici';
import type { CallMeter } from '../../evidence/ports.ts';
import { credentialFailure, networkFailure } from './failure.ts';
import { type Ask, pathOf } from './resources.ts';
import { parseBody, Status } from './schema.ts';

/** What came back. `refused` is a Kubernetes Status object; `no-answer` is everything that is not the API speaking. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string; readonly message: string }
  | { readonly kind: 'no-answer'; readonly detail: string };

export interface Content {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the body; absent: application/json. */
  readonly contentType?: string;
  /** The form of the answer; absent: plain JSON. */
  readonly accept?: string;
  /** The answer is text, not an object: a log. Its `body` is then a string. */
  readonly text?: boolean;
}

export interface KubeClient {
  readonly cluster: string;
  /** One request, never repeated. Throws only the signal's reason. */
  send(ask: Ask, content: Content, signal: AbortSignal): Promise<Answer>;
}

export interface ClientOptions {
  readonly cluster: string;
  readonly config: KubeConfig;
  /** For each request, in ms. */
  readonly timeoutMs: number;
}

const METHODS: Readonly<Record<Ask['verb'], Dispatcher.HttpMethod>> = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
};
/** No honest page of 500 objects comes near. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** The same connections, each request counted by `meter`. */
export function metered(client: KubeClient, meter: CallMeter): KubeClient {
  return {
    cluster: client.cluster,
    send: async (ask, content, signal) => {
      meter.count('kubernetes', `${ask.verb} ${ask.resource.plural}`);
      return client.send(ask, content, signal);
    },
  };
}

/** `close` ends the kept connections. */
export function createClient(options: ClientOptions): KubeClient & { close(): Promise<void> } {
  const { config, timeoutMs } = options;
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
  const access = keepAccess(config, server);

  async function send(ask: Ask, content: Content, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const limit = AbortSignal.timeout(timeoutMs);
    let allowed: Access;
    try {
      allowed = await Promise.race([access.get(), rejectWhen(AbortSignal.any([signal, limit]))]);
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'no-answer', detail: limit.aborted ? late('its credential plugin') : credentialFailure(error) };
    }
    try {
      const response = await request(urlOf(server, ask, content.query), {
        method: METHODS[ask.verb],
        headers: {
          ...allowed.headers,
          // An API server that has only text to give refuses whoever wants JSON only.
          accept: content.text ? 'application/json, */*' : (content.accept ?? 'application/json'),
          'user-agent': 'pullcheck',
          ...(content.body === undefined ? {} : { 'content-type': content.contentType ?? 'application/json' }),
        },
        body: content.body === undefined ? null : JSON.stringify(content.body),
        dispatcher: allowed.dispatcher,
        signal: AbortSignal.any([signal, limit]),
      });
      const text = await readText(response.body);
      if (content.text && response.statusCode === 200) return { kind: 'ok', body: text };
      const answer = read(response.statusCode, text, server);
      // A rotated client certificate shows as 401: the next call connects anew with what the kubeconfig says then.
      if (answer.kind === 'no-answer') access.forget();
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      access.forget();
      return {
        kind: 'no-answer',
        detail: limit.aborted ? late(`API server ${server}`) : networkFailure(server, error),
      };
    }
  }

  function late(who: string): string {
    return `${who}: no answer within ${timeoutMs / 1000} s`;
  }
  return { cluster: options.cluster, send, close: async () => access.close() };
}

interface Access {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

/** Fresh headers for every call, the same connections for all: the SDK makes a new agent each time, the first one is kept. */
function keepAccess(config: KubeConfig, server: string) {
  let kept: Dispatcher | undefined;
  let running: Promise<Access> | undefined;
  async function authorize(): Promise<Access> {
    const context = new RequestContext(server, HttpMethod.GET);
    await config.applySecurityAuthentication(context);
    kept ??= context.getDispatcher() ?? new Agent();
    return { headers: context.getHeaders(), dispatcher: kept };
  }
  return {
    /** Calls at the same time share one run of a credential plugin. */
    async get(): Promise<Access> {
      running ??= authorize().finally(() => {
        running = undefined;
      });
      return running;
    },
    forget(): void {
      const old = kept;
      kept = undefined;
      // `close` lets requests under way finish.
      old?.close().catch(() => undefined);
    },
    async close(): Promise<void> {
      await kept?.close();
      kept = undefined;
    },
  };
}

function urlOf(server: string, ask: Ask, query: Readonly<Record<string, string>> | undefined): string {
  const search = new URLSearchParams(query).toString();
  return `${server}${pathOf(ask)}${search === '' ? '' : `?${search}`}`;
}

async function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('the answer is longer than 256 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read(code: number, text: string, server: string): Answer {
  const body = parseBody(text);
  // What a Go server says of a path that it does not serve: a kind that is not installed.
  if (body === undefined && code === 404 && text.trim() === '404 page not found') {
    return { kind: 'refused', code, reason: '', message: 'it has no such path' };
  }
  if (body === undefined) {
    return { kind: 'no-answer', detail: `${server} answered ${code}, but not as a Kubernetes API server does` };
  }
  if (code >= 200 && code < 300) return { kind: 'ok', body };
  const status = Status.safeParse(body);
  if (!status.success) return { kind: 'no-answer', detail: `${server} answered ${code} without a Kubernetes Status` };
  const { reason, message } = status.data;
  if (code === 401) {
    const detail = `the API server ${server} does not accept the kubeconfig's credential (401): log in again`;
    return { kind: 'no-answer', detail };
  }
  if (code === 403 && message?.includes('"system:anonymous"')) {
    return { kind: 'no-answer', detail: `the kubeconfig holds no credential for the API server ${server}` };
  }
  return { kind: 'refused', code, reason: reason ?? '', message: message ?? '' };
}
