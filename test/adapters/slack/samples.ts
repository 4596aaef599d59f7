/** Subjects of the block tests: ordinary ones, each changeable by a part. */
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { Scope } from '../../../src/evidence/scope.ts';
import type { CredentialsView } from '../../../src/image/credentials-view.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import type { Inquiry } from '../../../src/incident/inquiry.ts';
import type { RunView } from '../../../src/incident/ports.ts';
import type { RemedyAction } from '../../../src/remediation/action.ts';
import { ALERTS, ANN, START } from './bed.ts';

const THREAD = { channel: ALERTS, ts: '1767225600.000001' };

export function aDiagnosis(part: Partial<Diagnosis> = {}): Diagnosis {
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Diagnosis',
    target: { cluster: 'prod-eu', namespace: 'staging', kind: 'Deployment', name: 'api-service' },
    verdict: {
      cause: 'tag-not-found',
      confidence: 'certain',
      severity: 'P2',
      summary:
        'api-service-7d9f-abcde, container app: ghcr.io/acme/api-service has no tag v1.4.2. Waiting since 2026-01-01 00:00 UTC. Deploy v1.4.1, which exists. Push the tag afterwards. Who acts: build pipeline.',
      alternatives: ['build-running'],
      told: {
        what: 'ghcr.io/acme/api-service has no tag v1.4.2',
        where: 'api-service-7d9f-abcde, container app',
        since: '2026-01-01 00:00 UTC',
        act: 'Deploy v1.4.1, which exists. Push the tag afterwards.',
        owner: 'build pipeline',
        notes: [],
      },
    },
    lights: { reference: 'bad', credentials: 'good', reachability: 'good' },
    lightNotes: {
      reference: 'no tag v1.4.2',
      credentials: 'secret/regcred can read the repository',
      reachability: 'ghcr.io answered in 80 ms',
    },
    findings: [
      {
        cause: 'tag-not-found',
        confidence: 'certain',
        pod: 'api-service-7d9f-abcde',
        container: 'app',
        image: 'ghcr.io/acme/api-service:v1.4.2',
        summary: 'The registry knows the repository but not the tag.',
        because: ['manifest', 'tags'],
        detail: { tag: 'v1.4.2', nearest: ['v1.4.1', 'v1.4.0'], platforms: null },
      },
    ],
    ruledOut: [{ cause: 'credentials-rejected', because: ['registryAccess'] }],
    steps: [
      {
        id: 'read-error',
        title: 'What does the kubelet say?',
        status: 'passed',
        summary: 'not found',
        command: 'kubectl describe pod api',
        durationMs: 5,
      },
      {
        id: 'tag',
        title: 'Does the tag exist?',
        status: 'failed',
        summary: 'it does not',
        command: 'skopeo list-tags docker://ghcr.io/acme/api-service',
        durationMs: 90,
      },
    ],
    scope: { pods: 3, workloads: 1, namespaces: 1, nodes: 2 },
    remedies: [
      {
        id: 'restart-rollout',
        title: 'Restart the rollout',
        risk: 'disruptive',
        command: 'kubectl rollout restart deployment/api-service -n staging',
        params: {},
      },
    ],
    gaps: [
      'node events: not allowed to look; add to a ClusterRole: - { apiGroups: [""], resources: ["nodes"], verbs: ["get"] }',
    ],
    startedAt: '2026-01-01T00:00:00Z',
    durationMs: 840,
    calls: { kubernetes: 9, registry: 3, github: 0 },
    ...part,
  };
}

export function anIncident(part: Partial<Incident> = {}): Incident {
  return {
    id: 'inc1',
    key: 'prod-eu/staging/api-service',
    version: 3,
    status: 'triggered',
    subject: { cluster: 'prod-eu', namespace: 'staging', target: { kind: 'Deployment', name: 'api-service' } },
    runbook: 'image-pull',
    openedAt: START,
    openedBy: 'alertmanager',
    alerts: [
      {
        id: 'a1',
        source: 'alertmanager',
        status: 'firing',
        name: 'KubePodImagePullBackOff',
        labels: {},
        annotations: {},
        startsAt: START,
      },
    ],
    children: [],
    diagnosis: aDiagnosis(),
    pages: [],
    ...part,
  };
}

export function anInquiry(part: Partial<Inquiry> = {}): Inquiry {
  return {
    id: 'inq1',
    request: { verb: 'pod', target: { name: 'api-service', namespace: 'staging' } },
    by: ANN,
    channel: ALERTS,
    askedAt: START,
    ...part,
  };
}

export function aRun(part: Partial<RunView> = {}): RunView {
  return {
    run: 'run1',
    title: 'Container image cannot be pulled',
    steps: [
      { id: 'read-error', title: 'What does the kubelet say?', status: 'passed', summary: 'not found', command: '' },
      { id: 'tag', title: 'Does the tag exist?', status: 'running', summary: '', command: '' },
      { id: 'secret', title: 'Is a pull secret attached?', status: 'pending', summary: '', command: '' },
    ],
    done: false,
    ...part,
  };
}

export function aScope(part: Partial<Scope> = {}): Scope {
  const item = {
    namespace: 'staging',
    pod: 'api-1',
    workload: { kind: 'Deployment', name: 'api' },
    node: 'n1',
    container: 'app',
    image: 'ghcr.io/acme/api:v2',
    registry: 'ghcr.io',
    reason: 'ImagePullBackOff',
    kind: 'image-not-found',
    secrets: ['regcred'],
    since: START - 720_000,
  } as const;
  const debug = {
    namespace: 'staging',
    pod: 'debug',
    container: 'sh',
    image: 'ghcr.io/acme/tools',
    since: START,
  } as const;
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Scope',
    cluster: 'prod-eu',
    items: [item, { registry: 'ghcr.io', reason: 'ErrImagePull', kind: 'other', secrets: [], ...debug }],
    groups: [
      { by: 'registry', value: 'ghcr.io', pods: 2, workloads: 2, namespaces: 1, nodes: 1 },
      { by: 'node', value: 'n1', pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
    ],
    total: { pods: 40, failing: 2, workloads: 2, namespaces: 1, nodes: 1 },
    truncated: false,
    gaps: [],
    ...part,
  };
}

export function anAction(part: Partial<RemedyAction> = {}): RemedyAction {
  return {
    id: '0123456789abcdef0123456789abcdef',
    remedy: 'rotate-pull-secret',
    title: 'Rotate pull secret regcred',
    risk: 'secret-bearing',
    params: {},
    target: { cluster: 'prod-eu', namespace: 'staging', kind: 'Deployment', name: 'api-service' },
    thread: THREAD,
    subject: { kind: 'incident', id: 'inc1' },
    offeredAt: START,
    expiresAt: START + 1_800_000,
    state: 'offered',
    ...part,
  };
}

/** Of an image that no pod runs. */
export function aPreflight(): Diagnosis {
  const diagnosis = aDiagnosis();
  return {
    ...diagnosis,
    kind: 'Preflight',
    target: { cluster: 'prod', namespace: 'staging', kind: 'Image', name: 'nginx:1' },
    findings: diagnosis.findings.map((finding) => ({ ...finding, pod: '', container: '', image: 'nginx:1' })),
    remedies: [],
    scope: { pods: 0, workloads: 0, namespaces: 0, nodes: 0 },
  };
}

export function aCredentials(): CredentialsView {
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Credentials',
    repository: 'ghcr.io/acme/api',
    tried: [{ secret: 'ghcr', entry: 'https://ghcr.io', username: 'robot<!channel>' }],
    ignored: [{ secret: 'old', entry: null, reason: 'its type is "Opaque"' }],
    node: 'unknown',
    error: null,
  };
}
