/** What `GET /metrics` shows. Labels are closed sets; nothing a stranger writes becomes a label. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** Alerts of one request: stored, without a runbook, or refused. */
  alerts(
    source: 'alertmanager' | 'grafana' | 'pagerduty' | 'person',
    outcome: 'accepted' | 'unmatched' | 'rejected',
    count: number,
  ): void;
  page(outcome: 'sent' | 'failed'): void;
  /** How long after its due instant a page was accepted, in ms. */
  pageLateness(ms: number): void;
  /** A diagnosis ended with this cause. */
  diagnosis(cause: string, durationMs: number): void;
  slackCall(method: string, outcome: 'ok' | 'limited' | 'failed' | 'unknown'): void;
  job(kind: string, outcome: 'done' | 'retried' | 'failed'): void;
  incidentsOpen(count: number): void;
  queueDepth(depth: Readonly<Record<string, number>>): void;
  /** Did the store answer this request for metrics? While not, the gauges of incidents and jobs are old. */
  storeUp(up: boolean): void;
  slackUp(up: boolean): void;
  /** The sweeper looked at everything that is due; `at` in ms. */
  sweepDone(at: number): void;
  /** Prometheus text and its content type. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** One registry per program (and per test). `process`: also the process' own figures. */
export function createMetrics(options: { readonly process: boolean } = { process: false }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'pullcheck_' });
  const alerts = new Counter({
    name: 'pullcheck_alerts_total',
    help: 'Alerts received, by what became of them.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const pages = new Counter({
    name: 'pullcheck_pages_total',
    help: 'Pages handed to the paging service.',
    labelNames: ['outcome'],
    registers,
  });
  const lateness = new Histogram({
    name: 'pullcheck_page_lateness_seconds',
    help: 'Time between the instant a page was due and its acceptance by the paging service.',
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1200],
    registers,
  });
  const diagnoses = new Histogram({
    name: 'pullcheck_diagnosis_seconds',
    help: 'Duration of diagnoses, by the cause they found.',
    labelNames: ['cause'],
    buckets: [0.25, 0.5, 1, 2, 5, 10, 20, 60],
    registers,
  });
  const slack = new Counter({
    name: 'pullcheck_slack_calls_total',
    help: 'Calls to Slack by method.',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const jobs = new Counter({
    name: 'pullcheck_jobs_total',
    help: 'Runs of queued jobs.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const open = new Gauge({ name: 'pullcheck_incidents_open', help: 'Open incidents.', registers });
  const queue = new Gauge({ name: 'pullcheck_queue_jobs', help: 'Jobs by state.', labelNames: ['state'], registers });
  const store = new Gauge({ name: 'pullcheck_store_up', help: 'The store answers (1) or not (0).', registers });
  const connected = new Gauge({
    name: 'pullcheck_slack_up',
    help: 'This process hears Slack (1) or not (0).',
    registers,
  });
  const sweep = new Gauge({
    name: 'pullcheck_sweep_timestamp_seconds',
    help: 'When the sweeper last finished a pass.',
    registers,
  });
  for (const outcome of ['sent', 'failed']) pages.inc({ outcome }, 0);
  return {
    alerts: (source, outcome, count) => alerts.inc({ source, outcome }, count),
    page: (outcome) => pages.inc({ outcome }),
    pageLateness: (ms) => lateness.observe(Math.max(0, ms) / 1000),
    diagnosis: (cause, durationMs) => diagnoses.observe({ cause }, durationMs / 1000),
    slackCall: (method, outcome) => slack.inc({ method, outcome }),
    job: (kind, outcome) => jobs.inc({ kind, outcome }),
    incidentsOpen: (count) => open.set(count),
    queueDepth: (depth) => {
      for (const [state, count] of Object.entries(depth)) queue.set({ state }, count);
    },
    storeUp: (up) => store.set(up ? 1 : 0),
    slackUp: (up) => connected.set(up ? 1 : 0),
    sweepDone: (at) => sweep.set(at / 1000),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
