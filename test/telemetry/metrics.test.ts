import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../src/telemetry/metrics.ts';

describe('the metrics', () => {
  it('count what happened', async () => {
    const metrics = createMetrics();
    metrics.alerts('alertmanager', 'accepted', 3);
    metrics.alerts('alertmanager', 'unmatched', 1);
    metrics.page('sent');
    metrics.pageLateness(400);
    metrics.diagnosis('tag-not-found', 840);
    metrics.slackCall('chat.update', 'limited');
    metrics.job('due', 'retried');
    metrics.incidentsOpen(2);
    metrics.queueDepth({ waiting: 5, active: 1 });
    metrics.sweepDone(1_767_225_600_000);
    const { contentType, body } = await metrics.text();
    expect(contentType).toContain('text/plain');
    for (const line of [
      'pullcheck_alerts_total{source="alertmanager",outcome="accepted"} 3',
      'pullcheck_alerts_total{source="alertmanager",outcome="unmatched"} 1',
      'pullcheck_pages_total{outcome="sent"} 1',
      'pullcheck_pages_total{outcome="failed"} 0',
      'pullcheck_page_lateness_seconds_bucket{le="0.5"} 1',
      'pullcheck_page_lateness_seconds_bucket{le="0.25"} 0',
      'pullcheck_diagnosis_seconds_count{cause="tag-not-found"} 1',
      'pullcheck_slack_calls_total{method="chat.update",outcome="limited"} 1',
      'pullcheck_jobs_total{kind="due",outcome="retried"} 1',
      'pullcheck_incidents_open 2',
      'pullcheck_queue_jobs{state="waiting"} 5',
      'pullcheck_sweep_timestamp_seconds 1767225600',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
  });

  it('all have names that begin with pullcheck_, the process’ own too', async () => {
    const { body } = await createMetrics({ process: true }).text();
    const names = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((line) => !line.startsWith('pullcheck_'))).toEqual([]);
  });
});
