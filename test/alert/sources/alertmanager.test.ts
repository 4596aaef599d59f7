import { describe, expect, it } from '@jest/globals';
import { readAlertmanager } from '../../../src/alert/sources/alertmanager.ts';

/** As Alertmanager 0.25 sends it. */
const ALERT = {
  status: 'firing',
  labels: {
    alertname: 'PullcheckImagePullFailing',
    cluster: 'prod',
    namespace: 'staging',
    deployment: 'api',
    severity: 'critical',
  },
  annotations: { summary: 'deployment/api in staging cannot pull an image' },
  startsAt: '2026-01-01T12:00:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph?g0.expr=x',
  fingerprint: '9ab3c5d7e1f20468',
};
const PAYLOAD = {
  receiver: 'pullcheck',
  status: 'firing',
  alerts: [ALERT],
  groupLabels: { cluster: 'prod' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: '{}/{alertname="PullcheckImagePullFailing"}:{cluster="prod"}',
  truncatedAlerts: 0,
};

function alertsOf(body: unknown) {
  const batch = readAlertmanager(body);
  if (batch.kind !== 'alerts') throw new Error(`malformed: ${batch.field}`);
  return batch;
}

describe('an Alertmanager webhook', () => {
  it('is read: identity is fingerprint and start, the zero end means open', () => {
    expect(alertsOf(PAYLOAD)).toEqual({
      kind: 'alerts',
      truncated: false,
      dropped: [],
      alerts: [
        {
          id: `9ab3c5d7e1f20468:${Date.parse('2026-01-01T12:00:00.123Z')}`,
          source: 'alertmanager',
          status: 'firing',
          name: 'PullcheckImagePullFailing',
          labels: ALERT.labels,
          annotations: ALERT.annotations,
          startsAt: Date.parse('2026-01-01T12:00:00.123Z'),
          url: 'http://prometheus:9090/graph?g0.expr=x',
        },
      ],
    });
  });

  it('the same series firing again is another alert', () => {
    const again = { ...ALERT, startsAt: '2026-01-02T12:00:00Z' };
    const [first, second] = alertsOf({ ...PAYLOAD, alerts: [ALERT, again] }).alerts;
    expect(first!.id).not.toBe(second!.id);
  });

  it('a firing payload may carry ended alerts', () => {
    const ended = { ...ALERT, status: 'resolved', endsAt: '2026-01-01T12:10:00Z' };
    expect(alertsOf({ ...PAYLOAD, alerts: [ended] }).alerts[0]).toMatchObject({
      status: 'resolved',
      endsAt: Date.parse('2026-01-01T12:10:00Z'),
    });
  });

  it('with truncatedAlerts it is a prefix', () => {
    expect(alertsOf({ ...PAYLOAD, truncatedAlerts: 3 }).truncated).toBe(true);
  });

  it('may have fields that nobody knows yet', () => {
    const alerts = [{ ...ALERT, somethingNew: { deep: 1 } }];
    expect(alertsOf({ ...PAYLOAD, notification_reason: 'new', routeLabels: {}, alerts }).alerts).toHaveLength(1);
  });

  it('loses only the bad items, and says which', () => {
    const alerts = [{ ...ALERT, startsAt: 'yesterday' }, ALERT, { ...ALERT, fingerprint: undefined }, 'nonsense'];
    const batch = alertsOf({ ...PAYLOAD, alerts });
    expect(batch.alerts).toHaveLength(1);
    expect(batch.dropped.map(({ index, field }) => ({ index, field }))).toEqual([
      { index: 0, field: 'startsAt' },
      { index: 2, field: 'fingerprint' },
      { index: 3, field: 'body' },
    ]);
  });

  it.each([
    ['nothing', undefined, 'body'],
    ['a list', [], 'body'],
    ['a Grafana payload', { ...PAYLOAD, version: '1' }, 'version'],
    ['no alerts', { ...PAYLOAD, alerts: undefined }, 'alerts'],
    ['only bad alerts', { ...PAYLOAD, alerts: [{ ...ALERT, labels: { a: 1 } }] }, 'alerts[0].labels.a'],
  ])('%s is malformed and the field is named', (_what, body, field) => {
    expect(readAlertmanager(body)).toMatchObject({ kind: 'malformed', field });
  });

  it('keeps what the alert is about, however many labels stand before it', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`a_${n}`, 'x']));
    const [alert] = alertsOf({ ...PAYLOAD, alerts: [{ ...ALERT, labels: { ...many, ...ALERT.labels } }] }).alerts;
    expect(alert).toMatchObject({ name: 'PullcheckImagePullFailing', labels: { namespace: ALERT.labels.namespace } });
    expect(Object.keys(alert!.labels)).toHaveLength(64);
  });

  it('links only to http and https, and keeps no endless text', () => {
    const alerts = [{ ...ALERT, generatorURL: 'javascript:alert(1)', annotations: { summary: 'x'.repeat(100_000) } }];
    const [alert] = alertsOf({ ...PAYLOAD, alerts }).alerts;
    expect(alert).not.toHaveProperty('url');
    expect(alert!.annotations['summary']!.length).toBeLessThan(3_000);
  });
});
