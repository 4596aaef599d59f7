/** The one port: webhooks, health, metrics, and Slack's requests where Socket Mode is not used. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readAlertmanager } from '../../alert/sources/alertmanager.ts';
import { ConfigError, errorLine, StoreError } from '../../errors.ts';
import type { ReceiveAlertsUseCase } from '../../flow/use-cases.ts';
import type { Sealed } from '../../sealed.ts';
import { isAuthorized } from './bearer.ts';

/** Told to whoever keeps the log; never holds a secret or a body. */
type HttpReport = (message: string, fields: Readonly<Record<string, string | number>>) => void;

export interface HttpOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly webhookToken?: Sealed;
  /** `--insecure-webhooks`: no token, and only on a loopback address. */
  readonly insecureWebhooks?: boolean;
  readonly receive: ReceiveAlertsUseCase;
  /** What is missing for work; empty: ready. */
  readonly ready: () => Promise<readonly string[]>;
  /** What does not work although alerts are taken; told with the 200 of `/readyz`. */
  readonly degraded?: () => readonly string[];
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly report: HttpReport;
  /** Handles `POST /slack/events` from the raw request, body unread (the signature covers the raw bytes). */
  readonly slackEvents?: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Largest webhook body, bytes; default 8 MiB (max_alerts 0 sends the whole group at once). */
  readonly bodyLimit?: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Stops taking requests; resolves when those in flight are answered. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const DEFAULT_BODY_LIMIT = 8 * 1024 * 1024;
/** A whole request must have arrived by then; Alertmanager's own timeout is the group interval. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Listens. Throws ConfigError when webhooks would be open to everyone. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  refuseOpenWebhooks(options);
  const app = Fastify({
    logger: false,
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 30_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply, options.report));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'no such route' }));
  addProbes(app, options);
  addWebhooks(app, options);
  addSlack(app, options);
  const url = await app.listen({ host: options.host, port: options.port });
  return { url, close: async () => app.close() };
}

function refuseOpenWebhooks(options: HttpOptions): void {
  if (options.webhookToken && !options.webhookToken.isEmpty) return;
  if (options.insecureWebhooks && LOOPBACK.has(options.host)) return;
  throw new ConfigError({
    code: 'webhook-token-missing',
    message: options.insecureWebhooks
      ? `--insecure-webhooks works only on a loopback address, not on ${options.host}`
      : 'PULLCHECK_WEBHOOK_TOKEN is not set: anybody could open incidents',
    hint: options.insecureWebhooks
      ? 'Set PULLCHECK_WEBHOOK_TOKEN, or PULLCHECK_HOST=127.0.0.1 for a trial.'
      : 'Set PULLCHECK_WEBHOOK_TOKEN to a long random text and give Alertmanager the same as its bearer token.',
  });
}

function addProbes(app: FastifyInstance, options: HttpOptions): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const missing = await options.ready();
    if (missing.length > 0) return reply.code(503).send({ missing });
    const degraded = options.degraded?.() ?? [];
    return { status: 'ready', ...(degraded.length > 0 ? { degraded } : {}) };
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await options.metrics();
    return reply.header('content-type', contentType).send(text);
  });
}

function addWebhooks(app: FastifyInstance, options: HttpOptions): void {
  app.post('/webhooks/alertmanager', {
    // Before the body is read: whoever has no token may not make us read 8 MiB.
    onRequest: async (request, reply) => {
      const { webhookToken } = options;
      if (!webhookToken || webhookToken.isEmpty || isAuthorized(request.headers.authorization, webhookToken)) return;
      options.report('webhook refused: wrong or missing bearer token', { route: '/webhooks/alertmanager' });
      await reply
        .code(401)
        .headers({ 'www-authenticate': 'Bearer', connection: 'close' })
        .send({ error: 'a valid bearer token is needed' });
    },
    handler: async (request, reply) => {
      const batch = readAlertmanager(request.body);
      if (batch.kind === 'malformed') return reply.code(400).send({ error: batch.error, field: batch.field });
      for (const { index, field, reason } of batch.dropped) {
        options.report('alert dropped: cannot be read', { index, field, reason });
      }
      const { accepted, unmatched } = await options.receive({ alerts: batch.alerts, truncated: batch.truncated });
      return reply.code(202).send({ accepted, unmatched, dropped: batch.dropped });
    },
  });
}

/** In its own scope, so that nothing reads the body before Slack's receiver does. */
function addSlack(app: FastifyInstance, options: HttpOptions): void {
  const { slackEvents } = options;
  if (!slackEvents) return;
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post('/slack/events', async (request, reply) => {
      reply.hijack();
      await slackEvents(request.raw, reply.raw);
    });
  });
}

/** The boundary: what went wrong inside is reported, the outside learns only what it can act on. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, report: HttpReport): void {
  const route = request.routeOptions.url ?? 'unknown';
  if (error instanceof StoreError) {
    // 503 and never 429: Alertmanager drops a notification that was answered with 4xx.
    report('alerts could not be stored', { route, reason: errorLine(error) });
    void reply.code(503).headers({ 'retry-after': '5' }).send({ error: 'cannot be stored now, send it again' });
    return;
  }
  const status = error.statusCode ?? 500;
  if (status === 413) {
    void reply.code(413).send({ error: 'the body is too large' });
    return;
  }
  if (status >= 400 && status < 500) {
    void reply.code(400).send({ error: 'the body is not JSON', field: 'body' });
    return;
  }
  report('request failed', { route, reason: errorLine(error) });
  // 5xx makes the sender try again.
  void reply.code(503).send({ error: 'internal error, send it again' });
}
