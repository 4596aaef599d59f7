/** Small true-to-life values for tests about incidents. */
import type { Alert } from '../../src/alert/alert.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { IncidentEvent } from '../../src/incident/incident.ts';
import type { IncidentStore } from '../../src/incident/ports.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';

export const API_KEY = 'prod-eu/staging/deployment/api-service';

export function anAlert(id: string): Alert {
  return {
    id,
    source: 'alertmanager',
    status: 'firing',
    name: 'ImagePullFailing',
    labels: { namespace: 'staging', deployment: 'api-service' },
    annotations: {},
    startsAt: 1_767_225_500_000,
  };
}

export function triggered(at: number, alert: Alert | null): IncidentEvent {
  return {
    at,
    type: 'triggered',
    subject: { cluster: 'prod-eu', namespace: 'staging', target: { kind: 'Deployment', name: 'api-service' } },
    alert,
    by: 'alertmanager',
    runbook: 'image-pull',
  };
}

/** What `openOrJoin` gets when an alert about `key` arrives. */
export function arrival(
  at: number,
  id: string,
  alertId: string,
  key = API_KEY,
): Parameters<IncidentStore['openOrJoin']>[0] {
  const alert = anAlert(alertId);
  return { key, id, alertId, opening: triggered(at, alert), joining: { at, type: 'alert-joined', alert } };
}

export const TAG_NOT_FOUND: Diagnosis = {
  apiVersion: 'pullcheck/v1',
  kind: 'Diagnosis',
  target: { cluster: 'prod-eu', namespace: 'staging', kind: 'Deployment', name: 'api-service' },
  verdict: {
    cause: 'tag-not-found',
    confidence: 'certain',
    severity: 'P2',
    summary: 'The tag v1.2.4 does not exist in ghcr.io/org/api-service.',
    alternatives: ['build-running'],
  },
  lights: { reference: 'bad', credentials: 'good', reachability: 'good' },
  lightNotes: { reference: 'No such tag.', credentials: 'Accepted.', reachability: 'Answered.' },
  findings: [
    {
      cause: 'tag-not-found',
      confidence: 'certain',
      pod: 'api-service-6f7',
      container: 'api',
      image: 'ghcr.io/org/api-service:v1.2.4',
      summary: 'No such tag.',
      because: ['manifest', 'tags'],
      detail: { tag: 'v1.2.4', nearest: ['v1.2.3'] },
    },
  ],
  ruledOut: [{ cause: 'registry-down', because: ['manifest'] }],
  steps: [
    {
      id: 'tag',
      title: 'Does the tag exist?',
      status: 'failed',
      summary: 'No.',
      command: 'crane ls …',
      durationMs: 12,
    },
  ],
  scope: { pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
  remedies: [
    {
      id: 'restart',
      title: 'Restart',
      risk: 'disruptive',
      command: 'kubectl rollout restart …',
      params: { name: 'api' },
    },
  ],
  gaps: [],
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 840,
  calls: { kubernetes: 9, registry: 3, github: 0 },
};

export function anAction(id: string): RemedyAction {
  return {
    id,
    remedy: 'rollout-restart',
    title: 'Restart api-service',
    risk: 'disruptive',
    params: { workload: 'api-service' },
    target: { cluster: 'prod-eu', namespace: 'staging', kind: 'Deployment', name: 'api-service' },
    thread: { channel: 'C1', ts: '1767225600.000100' },
    subject: { kind: 'incident', id: 'i1' },
    offeredAt: 1_767_225_600_000,
    expiresAt: 1_767_229_200_000,
    state: 'offered',
  };
}
