/** Log and counters of a service, and what the flows report turned into both. */
import type { SlackConnection } from '../adapters/slack/clients.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Report } from '../flow/incident-deps.ts';
import type { DiagnoseUseCase, ReceiveAlertsUseCase } from '../flow/use-cases.ts';
import type { Job, JobHandlers, JobRun } from '../incident/job.ts';
import type { Pager } from '../incident/ports.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { createRedactor, type Redactor } from '../telemetry/redact.ts';

export interface Telemetry {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly report: Report;
}

/** Registers every configured secret with the redactor before the first line is written. */
export function wireTelemetry(config: Config, level = config.logLevel): Telemetry {
  const redactor = createRedactor();
  const { slack, redisUrl, pagerduty, webhookToken, github } = config;
  for (const secret of [
    slack?.botToken,
    slack?.appToken,
    slack?.signingSecret,
    redisUrl,
    pagerduty?.routingKey,
    webhookToken,
    github?.credential.kind === 'token' ? github.credential.token : github?.credential.privateKey,
  ]) {
    if (secret && !secret.isEmpty) redactor.register(secret);
  }
  const log = createLog({ level, redactor, to: 'stdout' });
  const metrics = createMetrics({ process: true });
  const report: Report = (message, fields) => {
    if (message === 'page sent' && typeof fields['latenessMs'] === 'number') metrics.pageLateness(fields['latenessMs']);
    // A reason is given for what did not work.
    if ('reason' in fields) log.warn(message, fields);
    else log.info(message, fields);
  };
  return { log, metrics, redactor, report };
}

/** Tells of something that may happen many times a second at most once a minute. */
export function seldom<T>(clock: Clock, tell: (said: T) => void): (said: T) => void {
  let last: number | undefined;
  return (said) => {
    const now = clock.now();
    if (last !== undefined && now - last < 60_000) return;
    last = now;
    tell(said);
  };
}

/** Counts pages. */
export function countedPager(pager: Pager, metrics: Metrics): Pager {
  return {
    ...pager,
    async trigger(page) {
      try {
        await pager.trigger(page);
        metrics.page('sent');
      } catch (error) {
        metrics.page('failed');
        throw error;
      }
    },
  };
}

/** Counts diagnoses by what they found. */
export function countedDiagnose(diagnose: DiagnoseUseCase, metrics: Metrics): DiagnoseUseCase {
  return async (input) => {
    const diagnosis = await diagnose(input);
    metrics.diagnosis(diagnosis.verdict.cause, diagnosis.durationMs);
    return diagnosis;
  };
}

/** Counts alerts. */
export function countedReceive(receive: ReceiveAlertsUseCase, metrics: Metrics): ReceiveAlertsUseCase {
  return async (batch) => {
    try {
      const { accepted, unmatched } = await receive(batch);
      metrics.alerts('alertmanager', 'accepted', accepted);
      metrics.alerts('alertmanager', 'unmatched', unmatched);
      return { accepted, unmatched };
    } catch (error) {
      metrics.alerts('alertmanager', 'rejected', batch.alerts.length);
      throw error;
    }
  };
}

/** Counts jobs that ended well; the others are counted where their failure is reported. */
export function countedHandlers(handlers: JobHandlers, metrics: Metrics): JobHandlers {
  function counted<J extends Job>(handle: (job: J, run: JobRun) => Promise<void>) {
    return async (job: J, run: JobRun) => {
      await handle(job, run);
      metrics.job(job.kind, 'done');
    };
  }
  return {
    'first-look': counted(handlers['first-look']),
    diagnose: counted(handlers.diagnose),
    due: counted(handlers.due),
    inquire: counted(handlers.inquire),
    remediate: counted(handlers.remediate),
    verify: counted(handlers.verify),
  };
}

/** Counts Slack's methods by how they were answered. */
export function countedSlack(connection: SlackConnection, metrics: Metrics): SlackConnection {
  const request = connection.fetch ?? fetch;
  const counted: SlackConnection['fetch'] = async (input, init) => {
    const method = methodOf(String(input));
    try {
      const response = await request(input, init);
      metrics.slackCall(method, response.status === 429 ? 'limited' : response.ok ? 'ok' : 'failed');
      return response;
    } catch (error) {
      // It may have arrived all the same.
      metrics.slackCall(method, 'unknown');
      throw error;
    }
  };
  return { ...connection, fetch: counted };
}

/** `https://slack.com/api/chat.postMessage` -> `chat.postMessage`; anything else is `other`, so that labels stay a closed set. */
function methodOf(address: string): string {
  return /\/api\/([a-z]+(?:\.[a-zA-Z]+){1,3})\/?(?:\?|$)/.exec(address)?.[1] ?? 'other';
}
