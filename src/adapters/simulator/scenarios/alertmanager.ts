/** What Prometheus and Alertmanager do, in small: sees workloads whose pods cannot pull, and sends webhook v4 over HTTP. */
import { createHash } from 'node:crypto';
import { type Clock, formatTime } from '../../../clock.ts';
import type { Sealed } from '../../../sealed.ts';
import type { World } from '../cluster/world.ts';

export interface AlertmanagerOptions {
  readonly clock: Clock;
  readonly world: World;
  /** Where `/webhooks/alertmanager` is appended. */
  readonly url: string;
  readonly token: Sealed;
  /** How long something must fail before it is an alert, ms. It ends after twice that without a failure, as a real one lags behind. */
  readonly forMs: number;
}

export interface SimulatedAlertmanager {
  /** One round: sends what began and what ended; what could not be sent is sent next time. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

interface Series {
  readonly namespace: string;
  readonly deployment: string;
  readonly since: number;
  sent: boolean;
  /** Since when nothing fails any more. */
  wellSince: number | undefined;
}

const LOOK_EVERY_MS = 1_000;
/** The zero time of Go: still firing. */
const OPEN = '0001-01-01T00:00:00Z';

export function startAlertmanager(options: AlertmanagerOptions): SimulatedAlertmanager {
  const { clock, world } = options;
  const series = new Map<string, Series>();
  const ending = new AbortController();

  async function look(): Promise<void> {
    const now = clock.now();
    const failing = failingDeployments(world);
    for (const [key, at] of failing)
      if (!series.has(key)) series.set(key, { ...at, since: now, sent: false, wellSince: undefined });
    for (const [key, one] of series) one.wellSince = failing.has(key) ? undefined : (one.wellSince ?? now);
    for (const [key, one] of series) if (!one.sent && one.wellSince !== undefined) series.delete(key);
    const began = [...series.values()].filter((one) => !one.sent && now - one.since >= options.forMs);
    const ended = [...series.values()].filter(
      ({ sent, wellSince }) => sent && wellSince !== undefined && now - wellSince >= 2 * options.forMs,
    );
    const alerts = [...began.map((one) => alertOf(one)), ...ended.map((one) => alertOf(one, now))];
    if (alerts.length === 0 || !(await send(options, alerts))) return;
    for (const one of began) one.sent = true;
    for (const one of ended) series.delete(keyOf(one));
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await look();
      await clock.sleep(LOOK_EVERY_MS, ending.signal).catch(() => undefined);
    }
  }
  const running = run();
  return {
    look,
    async stop() {
      ending.abort();
      await running;
    },
  };
}

function failingDeployments(world: World): ReadonlyMap<string, Pick<Series, 'namespace' | 'deployment'>> {
  const pending = world.list('Pod').filter(({ status }) => status?.phase === 'Pending');
  return new Map(
    pending.flatMap(({ metadata }) => {
      const { namespace = '', labels } = metadata;
      const deployment = labels?.['app'] ?? '';
      if (!world.get('Deployment', namespace, deployment)) return [];
      return [[keyOf({ namespace, deployment }), { namespace, deployment }] as const];
    }),
  );
}

function keyOf({ namespace, deployment }: Pick<Series, 'namespace' | 'deployment'>): string {
  return `${namespace}/${deployment}`;
}

function alertOf({ namespace, deployment, since }: Series, endedAt?: number): object {
  const labels = {
    alertname: 'PullcheckImagePullFailing',
    severity: 'critical',
    cluster: 'demo',
    namespace,
    deployment,
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  return {
    status: endedAt === undefined ? 'firing' : 'resolved',
    labels,
    annotations: { summary: `Pods of ${deployment} in ${namespace} cannot pull their image` },
    startsAt: formatTime(since),
    endsAt: endedAt === undefined ? OPEN : formatTime(endedAt),
    fingerprint,
  };
}

async function send({ url, token }: AlertmanagerOptions, alerts: readonly object[]): Promise<boolean> {
  const body = {
    version: '4',
    groupKey: '{}:{cluster="demo"}',
    truncatedAlerts: 0,
    receiver: 'pullcheck',
    status: 'firing',
    groupLabels: { cluster: 'demo' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.invalid',
    alerts,
  };
  try {
    const answer = await fetch(`${url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.reveal()}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
