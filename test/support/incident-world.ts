/** A small world for incident stories: the in-memory stores, a clock to move, a cluster, Slack and a pager that can be broken. */

import { createMemoryStores, type MemoryStores } from '../../src/adapters/memory/stores.ts';
import type { Alert } from '../../src/alert/alert.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { PagerError, SlackError, UnreachableError } from '../../src/errors.ts';
import type { FailingPod, Scope } from '../../src/evidence/scope.ts';
import { createDue } from '../../src/flow/due.ts';
import { familyOf } from '../../src/flow/family.ts';
import { createFirstLook } from '../../src/flow/first-look.ts';
import { DEFAULT_ESCALATION, type IncidentDeps } from '../../src/flow/incident-deps.ts';
import { createInquire, createRunInquiry } from '../../src/flow/inquire.ts';
import { createPressIncident } from '../../src/flow/press-incident.ts';
import { createPressInquiry } from '../../src/flow/press-inquiry.ts';
import { createReceiveAlerts } from '../../src/flow/receive-alerts.ts';
import { createRunIncident } from '../../src/flow/run-incident.ts';
import { createSweep, runSweeper } from '../../src/flow/sweep.ts';
import type { IncidentButton } from '../../src/flow/use-cases.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Announcer, EscalationNotice, PageRequest, Pager } from '../../src/incident/ports.ts';
import type { Runbook } from '../../src/runbook/runbook.ts';
import { createManualClock, type ManualClock } from './clock.ts';
import { TAG_NOT_FOUND } from './incidents.ts';

export const MINUTE = 60_000;

export const RUNBOOK: Runbook = {
  id: 'image-pull',
  title: 'Container registry pull failure',
  url: 'https://runbooks.example.com/image-pull',
  trigger: { alerts: ['ImagePullFailing', 'ImagePullFailingClusterWide'], reasons: [] },
  steps: [],
  offer: {},
  escalate: [
    { when: 'unresolved', say: 'P1: pull failure blocks {workload} in {namespace} ({image}, {cause})' },
    { when: 'registry-down', say: 'P1: registry {registry} appears down, {namespace} cannot pull' },
  ],
};

export interface FakePager extends Pager {
  /** What people got, oldest first: one a key while it is open. */
  pages(): readonly { readonly page: PageRequest; readonly state: 'open' | 'resolved' }[];
  /** Keys of all triggers that reached it, also of those that failed. */
  readonly triggers: string[];
  /** How the next triggers go wrong. */
  readonly faults: ('429' | '400' | 'lost-answer' | 'hang')[];
}

function fakePager(): FakePager {
  const pages: { page: PageRequest; state: 'open' | 'resolved' }[] = [];
  const triggers: string[] = [];
  const faults: FakePager['faults'] = [];
  function accept(page: PageRequest): void {
    if (!pages.some((open) => open.page.dedupKey === page.dedupKey && open.state === 'open')) {
      pages.push({ page, state: 'open' });
    }
  }
  return {
    name: 'PagerDuty',
    pages: () => pages,
    triggers,
    faults,
    trigger: async (page) => {
      triggers.push(page.dedupKey);
      const fault = faults.shift();
      if (fault === 'hang') return new Promise(() => undefined);
      if (fault === 'lost-answer') accept(page);
      if (fault) {
        const retryable = fault !== '400';
        throw new PagerError({ code: 'pager-unavailable', message: `PagerDuty failed: ${fault}`, retryable });
      }
      accept(page);
    },
    acknowledge: async () => undefined,
    resolve: async (key) => {
      for (const open of pages) if (open.page.dedupKey === key) open.state = 'resolved';
    },
  };
}

export interface FakeSlack extends Announcer {
  down: boolean;
  readonly roots: Map<string, Incident>;
  readonly replies: Map<string, string>;
  readonly escalations: Map<string, EscalationNotice>;
  readonly findings: Map<string, Diagnosis>;
  readonly scopes: Map<string, Scope>;
  readonly runs: { readonly run: string; readonly done: boolean }[];
  readonly inquiries: string[];
}

function fakeSlack(): FakeSlack {
  const slack: FakeSlack = {
    down: false,
    roots: new Map(),
    replies: new Map(),
    escalations: new Map(),
    findings: new Map(),
    scopes: new Map(),
    runs: [],
    inquiries: [],
    openIncident: async (incident) => {
      up();
      slack.roots.set(incident.id, incident);
      return { channel: 'C0INCIDENTS', ts: `ts-${incident.id}` };
    },
    refreshIncident: async (incident) => {
      up();
      slack.roots.set(incident.id, incident);
    },
    openInquiry: async (inquiry) => {
      up();
      slack.inquiries.push(inquiry.id);
      return { channel: inquiry.channel, ts: `ts-${inquiry.id}` };
    },
    refreshInquiry: async () => up(),
    showRun: async (_thread, { run, done }) => {
      up();
      slack.runs.push({ run, done });
    },
    showFindings: async (_thread, key, diagnosis) => {
      up();
      slack.findings.set(key, diagnosis);
    },
    showScope: async (_thread, key, scope) => {
      up();
      slack.scopes.set(key, scope);
    },
    reply: async (_thread, key, text) => {
      up();
      if (!slack.replies.has(key)) slack.replies.set(key, text);
    },
    escalate: async (_thread, notice) => {
      up();
      if (!slack.escalations.has(notice.key)) slack.escalations.set(notice.key, notice);
    },
    settleAction: async () => up(),
    whisper: async () => up(),
  };
  function up(): void {
    if (slack.down) throw new SlackError({ code: 'slack-unavailable', message: 'Slack is down', retryable: true });
  }
  return slack;
}

/** Workloads by name: how each fails. Absent: it runs. */
export interface FakeCluster {
  readable: boolean;
  /** The quick look gets no answer in time (a registry that swallows packets). */
  hangs: boolean;
  readonly failing: Map<string, { readonly cause: Diagnosis['verdict']['cause']; readonly image: string }>;
  looks: number;
}

export interface World {
  readonly clock: ManualClock;
  readonly stores: MemoryStores;
  readonly slack: FakeSlack;
  readonly pager: FakePager;
  readonly cluster: FakeCluster;
  readonly deps: IncidentDeps;
  readonly log: string[];
  /** Sends alerts as the webhook would. */
  send(...alerts: readonly Alert[]): Promise<{ accepted: number; unmatched: number }>;
  sendTruncated(...alerts: readonly Alert[]): Promise<{ accepted: number; unmatched: number }>;
  press(button: IncidentButton, incident: Incident, user?: string): Promise<{ readonly whisper?: string }>;
  inquire: ReturnType<typeof createInquire>;
  pressInquiry: ReturnType<typeof createPressInquiry>;
  due(id: string): Promise<void>;
  open(): Promise<readonly Incident[]>;
  get(id: string): Promise<Incident>;
  stop(): void;
}

/** Starts one worker and one sweeper, unless `idle`: then nothing but the webhook works. */
export function createWorld(options: { readonly idle?: boolean; readonly withoutPager?: boolean } = {}): World {
  const clock = createManualClock();
  const stores = createMemoryStores(clock);
  const slack = fakeSlack();
  const pager = fakePager();
  const cluster: FakeCluster = { readable: true, hangs: false, failing: new Map(), looks: 0 };
  const log: string[] = [];
  let counter = 0;
  const deps: IncidentDeps = {
    store: stores.incidents,
    inquiries: stores.inquiries,
    claims: stores.claims,
    queue: stores.queue,
    audit: stores.audit,
    announcer: slack,
    ...(options.withoutPager ? {} : { pager }),
    diagnose: async ({ request, cluster: name }) => {
      cluster.looks += 1;
      if (cluster.hangs) return new Promise(() => undefined);
      unreadable(cluster);
      return diagnosisOf(cluster, request.name, { cluster: name ?? 'prod', namespace: request.namespace });
    },
    scope: async ({ namespace, cluster: name }) => {
      unreadable(cluster);
      return scopeOf(cluster, name ?? 'prod', namespace);
    },
    familyOf,
    registryOf: (image) => image.split('/')[0],
    offerActions: async () => [],
    runbooks: [RUNBOOK],
    defaultCluster: 'prod',
    escalation: DEFAULT_ESCALATION,
    clock,
    ids: () => {
      counter += 1;
      return `id${String(counter).padStart(4, '0')}`;
    },
    report: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
  };
  const due = createDue(deps);
  const stop = new AbortController();
  if (!options.idle) {
    const firstLook = createFirstLook(deps);
    const run = createRunIncident(deps);
    const inquiry = createRunInquiry(deps);
    stores.work(
      {
        'first-look': async (job) => firstLook(job.incident),
        diagnose: async (job, { signal }) => run(job.incident, job.run, signal),
        due: async (job) => due(job.incident),
        inquire: async (job, { signal }) => inquiry(job.inquiry, signal),
        remediate: async () => undefined,
        verify: async () => undefined,
      },
      { concurrency: 4 },
    );
    void runSweeper(createSweep(deps, due), deps, stop.signal);
  }
  const receive = createReceiveAlerts(deps);
  const press = createPressIncident(deps);
  return {
    clock,
    stores,
    slack,
    pager,
    cluster,
    deps,
    log,
    send: async (...alerts) => receive({ alerts, truncated: false }),
    sendTruncated: async (...alerts) => receive({ alerts, truncated: true }),
    press: async (button, incident, user = 'U0ANNA') =>
      press({
        button,
        incident: incident.id,
        version: incident.version,
        actor: { user, channel: 'C0INCIDENTS' },
        gesture: deps.ids(),
      }),
    inquire: createInquire(deps),
    pressInquiry: createPressInquiry(deps),
    due,
    open: async () => stores.incidents.open(100),
    get: async (id) => {
      const incident = await stores.incidents.get(id);
      if (!incident) throw new Error(`no incident ${id}`);
      return incident;
    },
    stop: () => stop.abort(new Error('the story ends')),
  };
}

function unreadable(cluster: FakeCluster): void {
  if (cluster.readable) return;
  throw new UnreachableError({
    code: 'cluster-unreachable',
    message: 'the API server does not answer',
    retryable: true,
  });
}

function diagnosisOf(
  cluster: FakeCluster,
  name: string,
  where: { readonly cluster: string; readonly namespace: string },
): Diagnosis {
  const fault = cluster.failing.get(name);
  const cause = fault?.cause ?? 'healthy';
  const found = TAG_NOT_FOUND.findings[0]!;
  return {
    ...TAG_NOT_FOUND,
    target: { ...where, kind: 'Deployment', name },
    verdict: {
      ...TAG_NOT_FOUND.verdict,
      cause,
      severity: fault ? 'P2' : 'none',
      summary: fault ? cause : 'All pods run.',
    },
    findings: fault ? [{ ...found, cause, image: fault.image }] : [],
  };
}

function scopeOf(cluster: FakeCluster, name: string, namespace: string | undefined): Scope {
  const items = [...cluster.failing].map(
    ([workload, { cause, image }]): FailingPod => ({
      namespace: namespace ?? 'staging',
      pod: `${workload}-6f7`,
      workload: { kind: 'Deployment', name: workload },
      container: 'main',
      image,
      registry: image.split('/')[0] ?? '',
      reason: 'ImagePullBackOff',
      kind: cause as FailingPod['kind'],
      secrets: [],
    }),
  );
  const count = items.length;
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Scope',
    cluster: name,
    ...(namespace === undefined ? {} : { namespace }),
    items,
    groups: [],
    total: { pods: 80, failing: count, workloads: count, namespaces: count === 0 ? 0 : 1, nodes: 1 },
    truncated: false,
    gaps: [],
  };
}

/** An alert about a Deployment in `staging`. */
export function firing(workload: string, more: Partial<Alert> = {}): Alert {
  return {
    id: `fp-${workload}:1`,
    source: 'alertmanager',
    status: 'firing',
    name: 'ImagePullFailing',
    labels: { cluster: 'prod', namespace: 'staging', deployment: workload },
    annotations: {},
    startsAt: 1_767_225_500_000,
    url: 'https://prometheus.example.com/graph',
    ...more,
  };
}

export function resolvedAlert(alert: Alert): Alert {
  return { ...alert, status: 'resolved', endsAt: 1_767_226_000_000 };
}
