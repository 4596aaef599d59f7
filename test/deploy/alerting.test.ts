import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string(),
      rules: z.array(
        z.union([
          z.strictObject({ record: z.string(), expr: z.string() }),
          z.strictObject({
            alert: z.string(),
            expr: z.string(),
            for: z.string(),
            labels: z.record(z.string(), z.string()),
            annotations: z.strictObject({ summary: z.string() }),
          }),
        ]),
      ),
    }),
  ),
});

const Receiver = z.object({
  route: z.object({
    routes: z.array(z.object({ receiver: z.string(), matchers: z.array(z.string()), group_by: z.array(z.string()) })),
  }),
  receivers: z.array(
    z.object({
      name: z.string(),
      webhook_configs: z
        .array(
          z.strictObject({
            url: z.url(),
            send_resolved: z.boolean(),
            max_alerts: z.number(),
            http_config: z.object({ authorization: z.object({ type: z.string(), credentials_file: z.string() }) }),
          }),
        )
        .optional(),
    }),
  ),
});

const rules = Rules.parse(read('deploy/alerting/rules.yaml')).groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => 'alert' in rule);
const receiver = Receiver.parse(read('deploy/alerting/alertmanager.yaml'));

function read(file: string): unknown {
  return parse(readFileSync(file, 'utf8'));
}

describe('the shipped alert rules', () => {
  it('fire under names that the shipped runbook is triggered by', () => {
    const runbook = z
      .object({ trigger: z.object({ alerts: z.array(z.string()) }) })
      .parse(read('deploy/runbooks/image-pull.yaml'));
    for (const { alert } of alerts) expect(runbook.trigger.alerts).toContain(alert);
  });

  it('look at every waiting reason of the runbook, of containers and init containers', () => {
    const { reasons } = z
      .object({ trigger: z.object({ reasons: z.array(z.string()) }) })
      .parse(read('deploy/runbooks/image-pull.yaml')).trigger;
    const source = rules.find((rule) => 'record' in rule && rule.record === 'pullcheck:image_pull_failing:pod')!.expr;
    const sets = [...source.matchAll(/reason=~"([^"]+)"/g)].map((match) => match[1]!.split('|').sort());
    expect(sets).toEqual([[...reasons].sort(), [...reasons].sort()]);
    expect(source).toContain('kube_pod_container_status_waiting_reason');
    expect(source).toContain('kube_pod_init_container_status_waiting_reason');
  });

  it('keep exactly the labels that name a target', () => {
    const kept = alerts
      .map(({ expr }) => /^max by \(([^)]+)\)/.exec(expr)?.[1])
      .filter((labels) => labels !== undefined);
    expect(kept).toEqual(
      ['deployment', 'statefulset', 'daemonset', 'job_name'].map((kind) => `cluster, namespace, ${kind}`),
    );
  });

  it('have balanced parentheses and use only series that exist or that they record', () => {
    const recorded = rules.flatMap((rule) => ('record' in rule ? [rule.record] : []));
    for (const { expr } of rules) {
      expect(expr.split('(').length).toBe(expr.split(')').length);
      for (const [name] of expr.matchAll(/pullcheck:[a-z_:]+/g)) expect(recorded).toContain(name);
    }
  });
});

describe('the shipped Alertmanager receiver', () => {
  const route = receiver.route.routes[0]!;
  const webhook = receiver.receivers.find(({ name }) => name === route.receiver)?.webhook_configs?.[0];

  it('gets every alert that the rules fire', () => {
    const pattern = /^alertname =~ "(.+)"$/.exec(route.matchers[0]!)?.[1] ?? '';
    for (const { alert } of alerts) expect(alert).toMatch(new RegExp(`^(?:${pattern})$`));
  });

  it('sends everything, also the ends, to our route, with a bearer token from a file', () => {
    expect(webhook).toMatchObject({
      send_resolved: true,
      max_alerts: 0,
      http_config: { authorization: { type: 'Bearer' } },
    });
    expect(new URL(webhook!.url).pathname).toBe('/webhooks/alertmanager');
  });
});
