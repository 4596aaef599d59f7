/** A running bot: starts the parts in order, says what is missing, and stops without dropping anything. */
import { type HttpServer, startHttpServer } from '../adapters/http/server.ts';
import { createSlackApp, type SlackApp, type SlackMode } from '../adapters/slack/app.ts';
import { errorLine, StoreError } from '../errors.ts';
import { runSweeper } from '../flow/sweep.ts';
import type { ReceiveAlertsUseCase } from '../flow/use-cases.ts';
import type { JobWorker } from '../incident/job.ts';
import { Sealed } from '../sealed.ts';
import { type Program, type ProgramParts, wireProgram } from './program.ts';
import { logInToSlack } from './slack-login.ts';
import { countedHandlers } from './telemetry.ts';

export interface ServiceParts extends ProgramParts {
  /** Absent: workers only, no listener of Slack. */
  readonly slackMode?: SlackMode;
  /** Take webhooks; otherwise the port answers health and metrics only. */
  readonly webhooks: boolean;
  readonly insecureWebhooks?: boolean;
  /** Consume the queue and sweep. */
  readonly work: boolean;
}

export interface Service {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly receive: ReceiveAlertsUseCase;
  /** Graceful, at most about 25 s. */
  stop(): Promise<void>;
}

/** Jobs at a time in one process: they wait for others far more than they compute. */
const CONCURRENCY = 16;
const GRACE_MS = 10_000;

/**
 * Resolves when it works. Throws ConfigError, SlackError (a token that Slack refuses) or StoreError with a sentence that says what to
 * do. Slack or a cluster that is away is said and waited for: alerts are stored and pages sent meanwhile.
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { telemetry, stores } = parts;
  const { log } = telemetry;
  for (const warning of await stores.check()) log.warn('store settings', { warning });
  for (const warning of reachesNobody(parts)) log.warn('nobody is reached', { warning });
  const program = wireProgram(parts);
  const slack = parts.slackMode ? slackApp(parts, program, parts.slackMode) : undefined;
  const state = { starting: true, stopping: false };
  const ending = new AbortController();
  const http = await listen(parts, program, slack, state);
  try {
    const enter = async () => (slack ? slack.start() : program.voice.identify());
    await logInToSlack(enter, { clock: parts.clock, log }, ending.signal);
    state.starting = false;
  } catch (error) {
    await http.close();
    throw error;
  }
  const work = parts.work ? startWork(parts, program) : undefined;
  void sayUnreachable(parts, ending.signal);
  log.info('started', {
    url: http.url,
    slack: parts.slackMode?.kind ?? 'posts only',
    work: parts.work,
    clusters: parts.outside.defaultCluster,
  });
  return {
    url: http.url,
    receive: program.receive,
    async stop() {
      state.stopping = true;
      ending.abort(new Error('stopping'));
      await slack?.stop();
      await work?.stop();
      await program.voice.drain();
      await http.close();
    },
  };
}

/** What is optional, and without which an alert or a page ends nowhere. */
function reachesNobody({ config, pager, webhooks }: ServiceParts): readonly string[] {
  if (!webhooks) return [];
  const { slack, oncall } = config.file;
  const nowhere = slack.channel === undefined;
  const nobody = oncall.users.length === 0 && oncall.userGroup === undefined;
  return [
    ...(nowhere ? ['slack.channel is not set: alerts that no route fits get no thread.'] : []),
    ...(nobody ? ['oncall is not set: an escalation mentions nobody in Slack.'] : []),
    ...(pager ? [] : ['PAGERDUTY_ROUTING_KEY is not set: an escalation pages nobody.']),
  ];
}

/** Before somebody needs it, not in the first diagnosis. Never rejects. */
async function sayUnreachable({ outside, telemetry }: ServiceParts, signal: AbortSignal): Promise<void> {
  try {
    for (const gap of await outside.unreachable(signal)) telemetry.log.warn('cluster not reachable now', { gap });
  } catch {
    // Stopping.
  }
}

function slackApp(
  { connection, stores, clock, newId, outside }: ServiceParts,
  program: Program,
  mode: SlackMode,
): SlackApp {
  const { voice, useCases } = program;
  return createSlackApp({
    mode,
    connection,
    voice,
    useCases,
    claims: stores.claims,
    clock,
    newId,
    defaultNamespace: outside.namespace,
  });
}

async function listen(
  parts: ServiceParts,
  program: Program,
  slack: SlackApp | undefined,
  state: State,
): Promise<HttpServer> {
  const { config, telemetry } = parts;
  return startHttpServer({
    host: config.host,
    port: config.port,
    receive: program.receive,
    // A worker has the same port for its probes; nobody knows its token, so nothing gets in.
    ...(parts.webhooks
      ? config.webhookToken
        ? { webhookToken: config.webhookToken }
        : {}
      : { webhookToken: new Sealed(parts.newId()) }),
    ...(parts.insecureWebhooks ? { insecureWebhooks: true } : {}),
    ready: async () => missing(parts, state),
    // Without Slack alerts are stored and pages sent all the same: a bot that took no alerts then would lose them.
    degraded: () => slack?.missing() ?? [],
    metrics: async () => {
      telemetry.metrics.storeUp(await gauge(parts));
      if (slack) telemetry.metrics.slackUp(slack.missing().length === 0);
      const { contentType, body } = await telemetry.metrics.text();
      return { contentType, text: body };
    },
    report: telemetry.report,
    ...(slack?.listener ? { slackEvents: slack.listener } : {}),
  });
}

interface State {
  starting: boolean;
  stopping: boolean;
}

/** What the store knows, for the gauges; false: it does not answer, and everything else is shown all the same. */
async function gauge({ stores, telemetry }: ServiceParts): Promise<boolean> {
  try {
    telemetry.metrics.queueDepth(await stores.queue.depth());
    telemetry.metrics.incidentsOpen((await stores.incidents.open(1000)).length);
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

async function missing({ stores }: ServiceParts, state: State): Promise<readonly string[]> {
  const gone = [...(state.stopping ? ['stopping'] : []), ...(state.starting ? ['slack login'] : [])];
  try {
    await stores.incidents.time();
    return gone;
  } catch (error) {
    if (error instanceof StoreError) return [...gone, 'store'];
    throw error;
  }
}

function startWork({ stores, telemetry, clock }: ServiceParts, program: Program): { stop(): Promise<void> } {
  const { log, metrics, report } = telemetry;
  const worker: JobWorker = stores.work(countedHandlers(program.handlers, metrics), {
    concurrency: CONCURRENCY,
    onFailure: (job, error, final) => {
      metrics.job(job.kind, final ? 'failed' : 'retried');
      log.warn('job not done', { job: job.kind, final, reason: errorLine(error) });
    },
  });
  const stop = new AbortController();
  const sweeping = runSweeper(program.sweep, { clock, report }, stop.signal, () => metrics.sweepDone(clock.now()));
  return {
    async stop() {
      stop.abort();
      await sweeping;
      await worker.close(GRACE_MS);
    },
  };
}
