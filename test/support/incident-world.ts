/** A small world for incident stories: the in-memory stores, a clock to move, a cluster, Slack and a pager that can be broken. */

import { createMemoryStores, type MemoryStores } from '../../src/adapters/memory/stores.ts';
import type { Alert } from '../../src/alert/alert.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { UnreachableError } from '../../src/errors.ts';
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
import { credentialsView } from '../../src/image/credentials-view.ts';
import { lookupCredentials } from '../../src/image/keyring.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Runbook } from '../../src/runbook/runbook.ts';
import { createManualClock, type ManualClock } from './clock.ts';
import { type FakePager, type FakeSlack, fakePager, fakeSlack } from './fake-people.ts';
import { TAG_NOT_FOUND } from './incidents.ts';
import { aPullSecret } from './snapshots.ts';

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

/** Workloads by name: how each fails. Absent: it runs. */
interface FakeCluster {
  readable: boolean;
  /** The quick look gets no answer in time (a registry that swallows packets). */
  hangs: boolean;
  readonly failing: Map<
    string,
    { readonly cause: Diagnosis['verdict']['cause']; readonly image: string; readonly namespaces?: number }
  >;
  looks: number;
}

export interface World {
  readonly clock: ManualClock;
  readonly stores: MemoryStores;
  readonly slack: FakeSlack;
  readonly pager: FakePager;
  readonly cluster: FakeCluster;
  readonly deps: IncidentDeps & Parameters<typeof createRunInquiry>[0];
  readonly log: string[];
  /** Sends alerts as the webhook would. */
  send(...alerts: readonly Alert[]): Promise<{ accepted: number; unmatched: number }>;
  sendTruncated(...alerts: readonly Alert[]): Promise<{ accepted: number; unmatched: number }>;
  press(button: IncidentButton, incident: Incident, user?: string): Promise<{ readonly whisper?: string }>;
  inquire: ReturnType<typeof createInquire>;
  pressInquiry: ReturnType<typeof createPressInquiry>;
  readonly due: (id: string) => Promise<void>;
  open(): Promise<readonly Incident[]>;
  get(id: string): Promise<Incident>;
  stop(): void;
}

/** Starts one worker and one sweeper, unless `idle`: then nothing but the webhook works. */
export function createWorld(
  options: { readonly idle?: boolean; readonly withoutPager?: boolean; readonly runbook?: Runbook } = {},
): World {
  const clock = createManualClock();
  const stores = createMemoryStores(clock);
  const slack = fakeSlack();
  const pager = fakePager();
  const cluster: FakeCluster = { readable: true, hangs: false, failing: new Map(), looks: 0 };
  const log: string[] = [];
  let counter = 0;
  const deps: World['deps'] = {
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
    preflight: async ({ image, namespace }) => ({
      ...diagnosisOf(cluster, image, { cluster: 'prod', namespace }),
      kind: 'Preflight',
      target: { cluster: 'prod', namespace, kind: 'Image', name: image },
    }),
    credentials: async ({ image }) => {
      unreadable(cluster);
      return credentialsView(lookupCredentials(image, [aPullSecret({ host: 'ghcr.io', password: 'never shown' })]));
    },
    familyOf,
    registryOf: (image) => image.split('/')[0],
    offerActions: async () => [],
    runbooks: [options.runbook ?? RUNBOOK],
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

/** How a Deployment fails whose tag was never pushed. */
export const MISSING_TAG = { cause: 'tag-not-found', image: 'ghcr.io/org/api:v9' } as const;

/** A Deployment that cannot pull, its alert, and a minute for the thread and the diagnosis. */
export async function withBrokenApi(): Promise<World> {
  const world = createWorld();
  world.cluster.failing.set('api', MISSING_TAG);
  await world.send(firing('api'));
  await world.clock.advance(MINUTE);
  return world;
}

/** The one that is open. */
export async function theIncident(world: World): Promise<Incident> {
  const [incident] = await world.open();
  if (!incident) throw new Error('no open incident');
  return incident;
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
    scope: { ...TAG_NOT_FOUND.scope, namespaces: fault?.namespaces ?? 1 },
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
