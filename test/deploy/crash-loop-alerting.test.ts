import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

const Rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string().optional(), expr: z.string() })) })),
});

function rulesOf(file: string) {
  return Rules.parse(parse(readFileSync(file, 'utf8'))).groups.flatMap(({ rules }) => rules);
}

const rules = rulesOf('deploy/alerting/crash-loop-rules.yaml');
const alerts = rules.flatMap(({ alert, expr }) => (alert === undefined ? [] : [{ alert, expr }]));

describe('the alert rules for crash loops', () => {
  it('fire under a name, and for a reason, that the runbook crash-loop is triggered by', () => {
    const { trigger } = z
      .object({ trigger: z.object({ alerts: z.array(z.string()), reasons: z.array(z.string()) }) })
      .parse(parse(readFileSync('deploy/runbooks/crash-loop.yaml', 'utf8')));
    for (const { alert } of alerts) expect(trigger.alerts).toContain(alert);
    expect(rules[0]?.expr.match(/reason="(\w+)"/g)).toEqual(
      trigger.reasons.flatMap((one) => [`reason="${one}"`, `reason="${one}"`]),
    );
  });

  it('keep the labels that name a target, one alert for each kind of owner and one for the rest', () => {
    const kept = alerts.map(({ expr }) => /^max by \(cluster, namespace, (\w+)\)/.exec(expr)?.[1]);
    expect(kept).toEqual(['deployment', 'statefulset', 'daemonset', 'job_name', undefined]);
  });

  it('use only series that they or rules.yaml record', () => {
    const text =
      readFileSync('deploy/alerting/rules.yaml', 'utf8') +
      readFileSync('deploy/alerting/crash-loop-rules.yaml', 'utf8');
    const recorded = [...text.matchAll(/record: (\S+)/g)].map(([, name]) => name);
    for (const { expr } of rules) {
      for (const [name] of expr.matchAll(/pullcheck:[a-z_:]+/g)) expect(recorded).toContain(name);
    }
  });

  it('reach Pullcheck through the shipped Alertmanager route', () => {
    const route = readFileSync('deploy/alerting/alertmanager.yaml', 'utf8');
    for (const { alert } of alerts) expect(route).toMatch(new RegExp(`alertname =~ "(?:[^"]+\\|)?${alert}[|"]`));
  });
});
