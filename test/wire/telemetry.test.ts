/** What an operator's dashboard is fed with: Slack's methods as they were answered, pages as they got through. */
import { describe, expect, it } from '@jest/globals';
import { ConfigFile } from '../../src/config/file.ts';
import { Sealed } from '../../src/sealed.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { countedPager, countedSlack, seldom, wireTelemetry } from '../../src/wire/telemetry.ts';
import { createManualClock } from '../support/clock.ts';

async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  return (await metrics.text()).body.split('\n').filter((line) => line.startsWith(name));
}

describe('the log', () => {
  it('knows the GitHub token, and the key of an App, before its first line', () => {
    const token = new Sealed('an enterprise token of another form');
    const base = {
      file: ConfigFile.parse({}),
      host: '',
      port: 0,
      logLevel: 'silent',
      variable: () => undefined,
    } as const;
    const asToken = wireTelemetry({ ...base, github: { credential: { kind: 'token', token } } });
    expect(asToken.redactor.mask(`sent ${token.reveal()}`)).not.toContain('enterprise');
    const app = { kind: 'app', appId: '1', privateKey: token } as const;
    expect(wireTelemetry({ ...base, github: { credential: app } }).redactor.mask(token.reveal())).not.toContain(
      'token of',
    );
  });

  it('hears of a lost connection once a minute, however often it is tried again', async () => {
    const clock = createManualClock();
    const said: string[] = [];
    const tell = seldom(clock, (text: string) => said.push(text));
    tell('refused');
    tell('refused');
    await clock.advance(59_000);
    tell('refused');
    expect(said).toHaveLength(1);
    await clock.advance(1_000);
    tell('still refused');
    expect(said).toEqual(['refused', 'still refused']);
  });
});

describe('counting', () => {
  it('tells how each method of Slack was answered, and never an address as a label', async () => {
    const metrics = createMetrics();
    const answers = new Map([
      ['https://slack.com/api/chat.postMessage', 200],
      ['https://slack.com/api/chat.update', 429],
      ['https://slack.com/api/views.open', 500],
      ['https://hooks.example.com/T000/B000/token', 200],
    ]);
    const connection = countedSlack(
      {
        botToken: new Sealed('xoxb-1'),
        log: silentLog,
        fetch: async (input) => {
          const status = answers.get(String(input));
          if (status === undefined) throw new Error('connection reset');
          return new Response('{}', { status });
        },
      },
      metrics,
    );
    for (const address of answers.keys()) await connection.fetch?.(address, {});
    await expect(connection.fetch?.('https://slack.com/api/usergroups.users.list?x=1', {})).rejects.toThrow('reset');
    const counted = await lines(metrics, 'pullcheck_slack_calls_total{');
    expect(counted.toSorted()).toEqual([
      'pullcheck_slack_calls_total{method="chat.postMessage",outcome="ok"} 1',
      'pullcheck_slack_calls_total{method="chat.update",outcome="limited"} 1',
      'pullcheck_slack_calls_total{method="other",outcome="ok"} 1',
      'pullcheck_slack_calls_total{method="usergroups.users.list",outcome="unknown"} 1',
      'pullcheck_slack_calls_total{method="views.open",outcome="failed"} 1',
    ]);
  });

  it('tells pages that got through from those that failed', async () => {
    const metrics = createMetrics();
    let fails = true;
    const pager = countedPager(
      {
        name: 'PagerDuty',
        trigger: async () => {
          if (fails) throw new Error('429');
        },
        acknowledge: async () => {},
        resolve: async () => {},
      },
      metrics,
    );
    const page = { dedupKey: 'k', severity: 'P1', summary: 's', source: 'box', facts: {}, links: [] } as const;
    await expect(pager.trigger(page)).rejects.toThrow('429');
    fails = false;
    await pager.trigger(page);
    const counted = await lines(metrics, 'pullcheck_pages_total{');
    expect(counted.toSorted()).toEqual([
      'pullcheck_pages_total{outcome="failed"} 1',
      'pullcheck_pages_total{outcome="sent"} 1',
    ]);
  });
});
