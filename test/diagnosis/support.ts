/** Small builders for evidence: everything observed and fine by default, each test spoils what its story is about. */

import type { CheckResult } from '../../src/diagnosis/check.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { type CaseConclusion, type Conclusion, conclude, concludeCase } from '../../src/diagnosis/conclude.ts';
import type { Evidence, EvidenceKind, PullFailure } from '../../src/evidence/evidence.ts';
import { absent, forbidden, type Observation, observed, unreachable } from '../../src/evidence/observation.ts';
import type {
  AccessAttempt,
  AccessOutcome,
  ManifestView,
  RegistryAccess,
  RegistryCredential,
  TagAnswer,
} from '../../src/evidence/registry-access.ts';
import type { ContainerSnapshot, PodSnapshot, Revision, SecretSnapshot } from '../../src/evidence/snapshots.ts';
import type { KeyringLookup } from '../../src/image/keyring.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import { parseReference } from '../../src/image/reference.ts';
import { Sealed } from '../../src/sealed.ts';

export const CANARY = 'canary-Pa55word-do-not-print';
export const NOW = 1_790_000_000_000;
export const HOST = 'registry.example.com';
export const IMAGE = `${HOST}/team/api:1.4.2-17-54`;

export const waiting: ContainerSnapshot = {
  name: 'app',
  role: 'main',
  image: IMAGE,
  pullPolicy: 'IfNotPresent',
  state: 'waiting',
  ready: false,
  restartCount: 0,
  waitingReason: 'ImagePullBackOff',
  waitingMessage: 'Back-off pulling image',
};

export const running: ContainerSnapshot = {
  name: 'app',
  role: 'main',
  image: IMAGE,
  pullPolicy: 'IfNotPresent',
  state: 'running',
  ready: true,
  restartCount: 0,
  imageID: `${HOST}/team/api@sha256:${'a'.repeat(64)}`,
};

export const aPod: PodSnapshot = {
  uid: 'uid-1',
  name: 'api-1',
  namespace: 'staging',
  resourceVersion: '1',
  labels: {},
  phase: 'Pending',
  node: 'node-1',
  createdAt: NOW - 600_000,
  serviceAccount: 'default',
  imagePullSecrets: ['regcred'],
  containers: [waiting],
  unmet: [],
};

export const aSecret: SecretSnapshot = {
  name: 'regcred',
  namespace: 'staging',
  type: 'kubernetes.io/dockerconfigjson',
  resourceVersion: '1',
  createdAt: NOW - 86_400_000,
  updatedAt: NOW - 86_400_000,
  data: { '.dockerconfigjson': new Sealed(CANARY) },
};

export function keyring(tried: boolean, more: Partial<KeyringLookup> = {}): KeyringLookup {
  return {
    repository: `${HOST}/team/api`,
    tried: tried ? [{ secret: 'regcred', entry: HOST, username: 'puller', password: new Sealed(CANARY) }] : [],
    ignored: [],
    error: null,
    ...more,
  };
}

export function failure(kind: PullErrorKind, more: Partial<PullFailure> = {}): PullFailure {
  return {
    reason: 'ImagePullBackOff',
    message: `Failed to pull image: ${kind}`,
    from: 'event',
    at: NOW,
    classification: { kind, also: [], host: HOST, image: IMAGE, registry: null, runtime: 'containerd' },
    ...more,
  };
}

export const anyone: RegistryCredential = { kind: 'anonymous' };
export const podLogin: RegistryCredential = login('pull-secret', 'puller');
export const botLogin: RegistryCredential = login('bot', 'pullcheck');

function login(origin: 'pull-secret' | 'bot', username: string): RegistryCredential {
  const secret = origin === 'bot' ? {} : { secret: 'regcred', entry: HOST };
  const source = origin === 'bot' ? 'the bot’s own' : `secret/regcred, entry ${HOST}`;
  return { kind: 'password', source, origin, username, password: new Sealed(CANARY), ...secret };
}

export function attempt(
  credential: RegistryCredential,
  outcome: AccessOutcome,
  more: Partial<AccessAttempt> = {},
): AccessAttempt {
  return { credential, outcome, challenge: { scheme: 'basic' }, durationMs: 12, ...more };
}

/** What `/v2/` said to the password that was refused for the repository. */
export const wrongPassword: Partial<AccessAttempt> = { login: 'rejected' };
export const goodPassword: Partial<AccessAttempt> = { login: 'accepted' };
/** Answered as docker-registry answers: its 404 hides nothing. */
export const distribution: Partial<AccessAttempt> = { software: 'distribution' };

export function bearer(status: number, granted?: readonly string[]): Partial<AccessAttempt> {
  return {
    challenge: { scheme: 'bearer', realm: `https://auth.example.com/token` },
    token: granted === undefined ? { status } : { status, granted },
  };
}

export const manifest: ManifestView = {
  digest: `sha256:${'a'.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: ['linux/amd64', 'linux/arm64/v8'],
  manifests: [],
};
export const found: AccessOutcome = { kind: 'found', manifest };
export const missing: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
export const noName: AccessOutcome = { kind: 'missing', code: 'NAME_UNKNOWN', message: 'repository name not known' };
export const wrongLogin: AccessOutcome = {
  kind: 'unauthorized',
  at: 'manifest',
  code: 'UNAUTHORIZED',
  message: 'authentication required',
};
export const noToken: AccessOutcome = { kind: 'unauthorized', at: 'token', code: 'UNAUTHORIZED', message: '' };
export const denied: AccessOutcome = {
  kind: 'denied',
  at: 'manifest',
  code: 'DENIED',
  message: 'requested access to the resource is denied',
};
export const refusedConnection: AccessOutcome = {
  kind: 'network',
  fault: 'connection-refused',
  detail: 'connect ECONNREFUSED 10.0.0.9:443',
};

export function access(...attempts: readonly AccessAttempt[]): Observation<RegistryAccess> {
  return observed({ host: HOST, attempts });
}

export function tagList(...names: readonly string[]): Observation<TagAnswer> {
  return observed({ kind: 'listed', names, truncated: false });
}

export const revision = (n: number, tag: string, more: Partial<Revision> = {}): Revision => ({
  revision: n,
  name: `api-${n}`,
  createdAt: NOW - (20 - n) * 60_000,
  images: { app: `${HOST}/team/api:${tag}` },
  ready: 0,
  isCurrent: false,
  ...more,
});

/** A pod that waits for its image with a good secret, an existing tag, a reachable registry: spoil what the story needs. */
export function evidence(spoiled: Partial<Evidence> = {}): Evidence {
  return {
    pod: observed(aPod),
    container: observed(waiting),
    events: observed([]),
    pullFailure: absent,
    workload: observed({
      kind: 'Deployment',
      name: 'api',
      namespace: 'staging',
      uid: 'w',
      resourceVersion: '1',
      replicas: { desired: 2, updated: 1, available: 2 },
      selector: 'app=api',
      images: { app: IMAGE },
      paused: false,
    }),
    revisions: observed([]),
    node: observed({
      name: 'node-1',
      os: 'linux',
      arch: 'amd64',
      runtime: 'containerd://2.1.0',
      kubelet: 'v1.36.3',
      ready: true,
      pressure: [],
    }),
    nodes: { status: 'not-collected', reason: 'the pod is on a node' },
    landing: { status: 'not-collected', reason: 'the image is built for the pod’s node' },
    scope: observed({ failing: [], extent: 'cluster', pods: 10, truncated: false }),
    reference: observed(parseReference(IMAGE)),
    serviceAccount: observed({ name: 'default', imagePullSecrets: [] }),
    pullSecrets: observed([{ name: 'regcred', via: 'pod', secret: observed(aSecret) }]),
    keyring: observed(keyring(true)),
    registryAccess: access(attempt(podLogin, found), attempt(anyone, wrongLogin)),
    unattachedSecrets: { status: 'not-collected', reason: 'a Secret of the pod applies to this image' },
    tags: { status: 'not-collected', reason: 'the tag exists' },
    runningImage: { status: 'not-collected', reason: 'the container has not started' },
    crashLogs: { status: 'not-collected', reason: 'the container did not crash' },
    buildJobs: { status: 'not-collected', reason: 'the registry did not say that the image is missing' },
    gitopsSource: { status: 'not-collected', reason: 'no mark of Argo CD or Flux is on the workload' },
    buildTrace: { status: 'not-collected', reason: 'the image exists' },
    registryService: absent,
    tagDetails: { status: 'not-collected', reason: 'nothing depends on when a tag was pushed' },
    elsewhere: { status: 'not-collected', reason: 'the registry did not say that the image is missing' },
    ...spoiled,
  };
}

export const noSecretRight = forbidden({ verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' });

/** The same state for every kind. */
function everything(state: Observation<never>): Evidence {
  const kinds = Object.keys(evidence()) as EvidenceKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, state])) as Evidence;
}

export const allForbidden = everything(noSecretRight);
export const allUnreachable = everything(unreachable('the API server did not answer'));
export const allUncollected = everything({ status: 'not-collected', reason: 'the pod is not known' });

export function runCheck(id: string, given: Evidence): CheckResult {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check.run(given);
}

/** All checks over this evidence, concluded. */
export function diagnose(given: Evidence): CaseConclusion {
  return concludeCase({ evidence: given, results: CHECKS.map((check) => ({ check, result: check.run(given) })) });
}

export function verdictOf(given: Evidence): Conclusion['verdict'] {
  return conclude([diagnose(given)]).verdict;
}

/** `cause confidence` of the first finding; undefined without one. */
export function firstFinding(result: CheckResult): string | undefined {
  return result.verdict === 'fail' ? `${result.findings[0].cause} ${result.findings[0].confidence}` : undefined;
}
