/** What is stored of a run comes back whole: a field that the schema forgets would be lost between worker and thread. */
import { expect, it } from '@jest/globals';
import { CredentialsSchema, DiagnosisSchema } from '../../../src/adapters/redis/schema-results.ts';
import type { Diagnosis, DiagnosisFinding, RegistryReport } from '../../../src/diagnosis/diagnosis.ts';
import type { CredentialsView } from '../../../src/image/credentials-view.ts';

/** Every field there is: a new optional one does not compile before it stands here. */
const finding: Required<DiagnosisFinding> = {
  cause: 'ci-output-lost',
  confidence: 'certain',
  pod: 'api-1',
  container: 'api',
  image: 'r.example/api:1',
  summary: 'The tag got lost.',
  because: ['buildTrace'],
  detail: { chain: ['a', 'b'], line: 29, certain: true, none: null },
  fix: 'Add build to needs.',
  commands: ['kubectl get pod api-1'],
};
const report: Required<RegistryReport> = {
  image: 'r.example/api:1',
  host: 'r.example',
  way: [{ step: 'dns', host: 'r.example', state: 'reached', ms: 3, fact: '198.51.100.1' }],
  asked: [{ credential: 'anonymous', token: '-', manifest: '401', means: 'login wanted' }],
};
const diagnosis: Required<Diagnosis> = {
  apiVersion: 'pullcheck/v1',
  kind: 'Diagnosis',
  target: { cluster: 'c', namespace: 'n', kind: 'Pod', name: 'api-1', workload: { kind: 'Deployment', name: 'api' } },
  verdict: { cause: 'ci-output-lost', confidence: 'certain', severity: 'P1', summary: 'x', alternatives: ['healthy'] },
  lights: { reference: 'bad', credentials: 'good', reachability: 'unknown' },
  lightNotes: { reference: 'a', credentials: 'b', reachability: 'c' },
  findings: [finding],
  ruledOut: [{ cause: 'build-failed', because: ['buildTrace'] }],
  steps: [{ id: 's', title: 't', status: 'failed', summary: 'u', command: 'v', durationMs: 1 }],
  scope: { pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
  remedies: [
    {
      id: 'set-image',
      title: 'Run it',
      risk: 'reversible',
      command: 'kubectl',
      params: { to: 'x' },
      standing: { number: 3, url: 'https://git.example/pull/3', state: 'open', note: 'It is open.', settled: true },
    },
  ],
  gaps: ['the logs'],
  registries: [report],
  notes: ['meant deployment/api'],
  startedAt: '2026-11-21T12:00:00.000Z',
  durationMs: 840,
  calls: { kubernetes: 9, registry: 3, github: 2 },
};
const credentials: Required<CredentialsView> = {
  apiVersion: 'pullcheck/v1',
  kind: 'Credentials',
  repository: 'r.example/api',
  tried: [{ secret: 's', entry: 'e', username: 'u' }],
  ignored: [{ secret: 's', entry: null, reason: 'r' }],
  node: 'unknown',
  error: null,
  gaps: ['other Secrets'],
};

it('keeps every field of a diagnosis', () => {
  expect(DiagnosisSchema.parse(JSON.parse(JSON.stringify(diagnosis)))).toEqual(diagnosis);
});

it('keeps every field of an answer about credentials', () => {
  expect(CredentialsSchema.parse(JSON.parse(JSON.stringify(credentials)))).toEqual(credentials);
});
