/** One value of every kind of evidence, with every text that it can hold: for what must be true of all of them, whatever they say. */
import type { EvidenceKind, EvidenceKinds } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { AccessAttempt, AccessOutcome } from '../../src/evidence/registry-access.ts';
import { Sealed } from '../../src/sealed.ts';
import { backed } from './registry-service.ts';
import {
  aContainer,
  aFailedEvent,
  aNode,
  aPod,
  aPullSecret,
  aRevision,
  aServiceAccount,
  aWorkload,
  IMAGE,
  NOON,
} from './snapshots.ts';
import { OWNER, WHOLE_BUILDS } from './whole-builds.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const MANIFEST = {
  digest: DIGEST,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: ['linux/amd64'],
  manifests: [DIGEST],
  configDigest: DIGEST,
};

const CERTIFICATE = {
  faults: ['expired'] as const,
  subject: 'CN=registry.example.com',
  issuer: 'CN=an authority',
  names: ['registry.example.com'],
  validFrom: 'Jan  1 00:00:00 2025 GMT',
  validTo: 'Jan  1 00:00:00 2026 GMT',
  problem: 'CERT_HAS_EXPIRED',
};

/** Every answer that a registry can give. */
const OUTCOMES: readonly AccessOutcome[] = [
  { kind: 'found', manifest: MANIFEST },
  { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
  { kind: 'unauthorized', at: 'token', code: 'UNAUTHORIZED', message: 'authentication required' },
  { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'requested access is denied' },
  { kind: 'rate-limited', retryAfterSeconds: 60, message: 'too many requests' },
  { kind: 'server-error', status: 503, message: 'unavailable' },
  { kind: 'not-a-registry', status: 200, contentType: 'text/html' },
  { kind: 'unsupported-manifest', mediaType: 'application/vnd.docker.distribution.manifest.v1+json' },
  { kind: 'network', fault: 'tls-untrusted', detail: 'certificate has expired', certificate: CERTIFICATE },
  { kind: 'refused', reason: 'the realm points elsewhere', after: 'realm' },
];

const attempt = (outcome: AccessOutcome): AccessAttempt => ({
  credential: {
    kind: 'password',
    source: 'secret/regcred, entry registry.example.com',
    origin: 'pull-secret',
    secret: 'regcred',
    entry: 'registry.example.com',
    username: 'robot',
    password: new Sealed('right'),
  },
  outcome,
  login: 'rejected',
  software: 'distribution',
  userFault: 'the user name is no account',
  described: { kind: 'found', digest: DIGEST, pushedAt: NOON },
  scheme: 'https',
  challenge: { scheme: 'bearer', realm: 'https://auth.example.com/token' },
  token: { status: 200, granted: ['pull'] },
  status: 404,
  quota: { limit: '100;w=21600', remaining: '3;w=21600' },
  way: [
    { name: 'dns', host: 'registry.example.com', state: 'reached', ms: 3, addresses: ['198.51.100.1'] },
    { name: 'tls', host: 'registry.example.com', state: 'reached', ms: 9, protocol: 'TLSv1.3' },
  ],
  durationMs: 12,
});

const CLASSIFICATION = {
  kind: 'image-not-found',
  also: [],
  host: 'registry.example.com',
  image: IMAGE,
  registry: 'plain',
  runtime: 'containerd',
} as const;

const FAILING = {
  namespace: 'shop',
  pod: 'web-0',
  workload: { kind: 'StatefulSet', name: 'web' },
  node: 'node-2',
  container: 'web',
  image: 'registry.example.com/team/web:1',
  registry: 'registry.example.com',
  reason: 'ErrImagePull',
  kind: 'image-not-found',
  secrets: ['regcred'],
} as const;

const UNATTACHED = {
  namespace: 'staging',
  name: 'loose',
  type: 'kubernetes.io/dockerconfigjson',
  fit: 'never',
  reason: 'write "ghcr.io"',
  key: '.dockerconfigjson',
  writtenAt: NOON,
  managedBy: { controller: 'External Secrets', sign: 'ownerReferences x', rewrites: 'at-once', place: 'in the store' },
  answer: { kind: 'denied', at: 'token', code: 'DENIED', message: 'no' },
} as const;
const NODES = { nodes: [aNode({ taints: [{ key: 'gpu', value: 'a', effect: 'NoSchedule' }] })], truncated: false };

/** A kind that is not here does not compile, and no test about all of them passes. */
export const WHOLE_EVIDENCE: { readonly [K in EvidenceKind]: readonly EvidenceKinds[K][] } = {
  pod: [aPod({ unmet: [{ type: 'Ready', reason: 'ContainersNotReady', message: 'api is not ready' }] })],
  container: [
    aContainer(),
    aContainer({ state: 'terminated', terminatedReason: 'Error', terminatedMessage: 'it broke' }),
  ],
  events: [[aFailedEvent()]],
  pullFailure: [
    { reason: 'ErrImagePull', message: 'manifest unknown', from: 'event', at: NOON, classification: CLASSIFICATION },
  ],
  workload: [
    aWorkload({ managedBy: 'Helm', gitOps: OWNER, unmet: [{ type: 'ReplicaFailure', reason: 'r', message: 'm' }] }),
  ],
  revisions: [[aRevision()]],
  node: [aNode({ labels: { zone: 'a' }, pressure: ['DiskPressure'] })],
  nodes: [NODES],
  landing: [NODES],
  scope: [
    {
      failing: [FAILING],
      extent: 'cluster',
      pods: 9,
      truncated: false,
      contrast: {
        since: NOON,
        axes: [
          {
            by: 'secret',
            value: 'regcred',
            failing: 1,
            failingOn: ['node-2'],
            images: 1,
            pulledSince: 0,
            pulledOn: ['node-1'],
            earlier: 0,
          },
        ],
        unrelated: 0,
        oneWorkload: true,
        near: [{ host: 'registry.example.org', images: 2, here: 1 }],
      },
    },
  ],
  reference: [
    { ok: true, reference: { text: IMAGE, registry: 'registry.example.com', repository: 'team/api', tag: '1.4.2' } },
    {
      ok: false,
      fault: { text: 'registry.example.com/team/api:${TAG}', fault: 'placeholder', sentence: 'not filled in' },
    },
  ],
  serviceAccount: [aServiceAccount({ imagePullSecrets: ['regcred'] })],
  pullSecrets: [[{ name: 'regcred', via: 'pod', secret: observed(aPullSecret()) }]],
  keyring: [
    {
      repository: 'registry.example.com/team/api',
      tried: [{ secret: 'regcred', entry: 'registry.example.com', username: 'robot', password: new Sealed('right') }],
      ignored: [{ secret: 'other', entry: 'ghcr.io', reason: 'for another registry' }],
      error: null,
    },
  ],
  unattachedSecrets: [{ here: [UNATTACHED], others: 1, truncated: false, elsewhere: observed([UNATTACHED]) }],
  registryAccess: [{ host: 'registry.example.com', scheme: 'https', askedAt: NOON, attempts: OUTCOMES.map(attempt) }],
  tags: [
    { kind: 'listed', names: ['1.4.1', '1.4.0'], truncated: false },
    { kind: 'failed', outcome: { kind: 'server-error', status: 500, message: 'oops' } },
  ],
  tagDetails: [
    {
      kind: 'told',
      source: 'its API',
      tags: [{ tag: '1.4.1', pushedAt: NOON, pushedBy: 'a-person', isImmutable: true }],
    },
    { kind: 'untold', reason: 'it does not tell' },
  ],
  elsewhere: [
    {
      revisions: [
        { image: 'registry.example.com/team/api:1.4.1', asked: 'secret/regcred', answer: 'found', revision: 1 },
      ],
      registries: [{ image: 'ghcr.io/team/api:1.4.2', asked: 'anonymous', answer: 'missing' }],
      tag: { image: IMAGE, asked: 'anonymous', answer: 'found', digest: DIGEST },
    },
  ],
  ...WHOLE_BUILDS,
  registryService: [backed()],
  runningImage: [
    {
      running: { of: 'manifest', digest: DIGEST, repository: 'registry.example.com/team/api' },
      before: MANIFEST,
      now: MANIFEST,
      match: 'different',
      copies: [{ node: 'node-1', digest: DIGEST, pods: ['api-7d9c5-x2x7k'] }],
    },
  ],
  crashLogs: [{ lines: ['panic: it broke', 'exit status 2'], isCut: false }],
};
