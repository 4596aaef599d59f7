/** What is offered for which fault: the shipped runbook, the real checks, evidence as the readers bring it. */
import { describe, expect, it } from '@jest/globals';
import { readCase, writeCase } from '../../src/adapters/files/case-file.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import type { AccessOutcome, RegistryCredential } from '../../src/evidence/registry-access.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { replay } from '../../src/flow/replay.ts';
import type { ImageReference } from '../../src/image/reference.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aPod, aPullSecret, aServiceAccount, aWorkload, IMAGE, NOON } from '../support/snapshots.ts';

const runbook = shippedRunbook('image-pull');
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const found: AccessOutcome = {
  kind: 'found',
  manifest: { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'm', platforms: [], manifests: [] },
};
/** Amazon's own words. */
const expired: AccessOutcome = {
  kind: 'denied',
  at: 'manifest',
  code: 'DENIED',
  message: 'Your authorization token has expired. Reauthenticate and try again.',
};
const missing: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
const loginNeeded: AccessOutcome = { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'login' };
const rejected: AccessOutcome = { kind: 'unauthorized', at: 'token', code: 'UNAUTHORIZED', message: 'wrong password' };
const denied: AccessOutcome = { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'no right to pull' };
const limited: AccessOutcome = { kind: 'rate-limited', message: 'too many' };
const down: AccessOutcome = { kind: 'network', fault: 'connection-refused', detail: 'refused' };

function waitingFor(image: string, message: string) {
  return aContainer({ image, waitingMessage: `Back-off pulling image "${image}": ErrImagePull: ${message}` });
}
function unpack(image: string, why: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`;
}
const unauthorized = (image: string) =>
  unpack(image, 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized');
const refused = (image: string) =>
  unpack(
    image,
    'failed to do request: Head "https://registry.example.com/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
  );

async function offersFor(
  story: Partial<ClusterStory>,
  answer: (credential: RegistryCredential, reference: ImageReference) => AccessOutcome,
  {
    hosts = ['registry.example.com'],
    login = 'rejected',
  }: { readonly hosts?: readonly string[]; readonly login?: 'accepted' | 'rejected' } = {},
): Promise<{
  readonly cause: string;
  readonly offers: readonly string[];
  readonly commands: readonly string[];
  readonly notes: readonly string[];
}> {
  const seen: Recording[] = [];
  const diagnosis = await makeDiagnose({
    clock: createManualClock(NOON),
    readers: () => ({ cluster: fakeCluster(aStory(story)), registry: fakeRegistry(answer, ['1.4.1'], login) }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: hosts,
  })({
    request: { kind: 'Deployment', name: 'api', namespace: 'staging' },
    signal: new AbortController().signal,
    onRecording: (one) => seen.push(one),
  });
  await isOfferedAgain(diagnosis, seen);
  return {
    cause: diagnosis.verdict.cause,
    offers: diagnosis.remedies.map(({ id }) => id),
    commands: diagnosis.remedies.map(({ command }) => command),
    notes: diagnosis.notes ?? [],
  };
}
/** A case file tells of the same acts, and of the same reasons against them. */
async function isOfferedAgain({ remedies, notes }: Diagnosis, [recording]: readonly Recording[]): Promise<void> {
  if (recording === undefined) throw new Error('nothing was recorded');
  const read = readCase(writeCase(recording, '1.2.3'), 'case.json');
  const again = await replay({ runbooks: [runbook], checks: CHECKS, remedies: REMEDIES }, read);
  expect([again.remedies, again.notes]).toEqual([remedies, notes]);
}
function failing(image: string, message: string): Partial<ClusterStory> {
  return { pods: [aPod({ containers: [waitingFor(image, message)] })] };
}
const asPod = (outcome: AccessOutcome) => (credential: RegistryCredential) =>
  credential.kind === 'anonymous' ? loginNeeded : outcome;

describe('rotating the pull secret', () => {
  it('is offered for a wrong password, where a source is configured', async () => {
    const story = failing(IMAGE, unauthorized(IMAGE));
    expect(await offersFor(story, asPod(rejected))).toMatchObject({
      cause: 'credentials-rejected',
      offers: ['rotate-pull-secret'],
      commands: [expect.stringContaining('kubectl create secret docker-registry regcred -n staging')],
    });
    expect((await offersFor(story, asPod(rejected), { hosts: [] })).offers).toEqual([]);
    expect((await offersFor(story, asPod(rejected), { hosts: ['other.example.com'] })).offers).toEqual([]);
  });

  it('is offered for an expired token of Amazon', async () => {
    const image = `${ECR}/team/api:1.4.2`;
    const story: Partial<ClusterStory> = {
      ...failing(image, unauthorized(image)),
      workloads: [aWorkload({ images: { api: image } })],
      secrets: [aPullSecret({ host: ECR, createdAt: NOON - 14 * 3_600_000, updatedAt: NOON - 14 * 3_600_000 })],
    };
    const { cause, offers } = await offersFor(story, asPod(expired), { hosts: [ECR] });
    expect([cause, ...offers]).toEqual(['credentials-expired', 'rotate-pull-secret']);
  });

  it('is offered for Docker Hub, however its host is written in the configuration', async () => {
    const image = 'team/api:1.4.2';
    const story: Partial<ClusterStory> = {
      ...failing(image, unauthorized(`docker.io/${image}`)),
      workloads: [aWorkload({ images: { api: image } })],
      secrets: [aPullSecret({ host: 'https://index.docker.io/v1/' })],
    };
    for (const host of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) {
      expect((await offersFor(story, asPod(rejected), { hosts: [host] })).offers).toEqual(['rotate-pull-secret']);
    }
  });

  it('is offered for a stored password that breaks a public image', async () => {
    const answer = (credential: RegistryCredential) => (credential.kind === 'anonymous' ? found : rejected);
    const { cause, offers } = await offersFor(failing(IMAGE, unauthorized(IMAGE)), answer);
    expect([cause, ...offers]).toEqual(['stale-credentials', 'rotate-pull-secret']);
  });
});

describe('nothing is offered that would not help', () => {
  const cases: readonly (readonly [string, string, AccessOutcome])[] = [
    ['a tag that does not exist', `${IMAGE}: not found`, missing],
    ['a missing right', unpack(IMAGE, 'unexpected status from HEAD request: 403 Forbidden'), denied],
    ['a rate limit', unpack(IMAGE, 'unexpected status from HEAD request: 429 Too Many Requests'), limited],
    ['a registry that is still down', refused(IMAGE), down],
  ];
  it.each(cases)('%s', async (_what, message, outcome) => {
    const answer = outcome.kind === 'network' ? () => outcome : asPod(outcome);
    expect(await offersFor(failing(IMAGE, message), answer, { login: 'accepted' })).toMatchObject({
      cause: expect.any(String),
      offers: [],
      commands: [],
    });
  });
});

describe('restarting the rollout', () => {
  it('is offered when the registry answers again and the pods still wait', async () => {
    const { offers, commands } = await offersFor(failing(IMAGE, refused(IMAGE)), asPod(found));
    expect(offers).toEqual(['restart-rollout']);
    expect(commands).toEqual(['kubectl rollout restart deployment/api -n staging']);
  });

  it('is not offered for a paused Deployment, nor for what has no rollout', async () => {
    const paused = { ...failing(IMAGE, refused(IMAGE)), workloads: [aWorkload({ paused: true })] };
    expect((await offersFor(paused, asPod(found))).offers).toEqual([]);
  });

  it('is offered when the pods are older than the pull secret of their service account', async () => {
    const pods = [aPod({ imagePullSecrets: [], containers: [waitingFor(IMAGE, unauthorized(IMAGE))] })];
    const late = { pods, serviceAccounts: [aServiceAccount({ imagePullSecrets: ['regcred'] })] };
    expect((await offersFor(late, asPod(found))).offers).toEqual(['restart-rollout']);
    const never = { pods, serviceAccounts: [aServiceAccount()] };
    expect((await offersFor(never, asPod(found))).offers).toEqual([]);
  });

  it('is not offered while the registry is down: the reason stands there instead', async () => {
    const { offers, notes } = await offersFor(failing(IMAGE, refused(IMAGE)), () => down);
    expect([offers, notes]).toEqual([[], [`No restart: ${IMAGE} would fail now (connection-refused)`]]);
  });

  it('says nothing of a restart where none is called for', async () => {
    expect((await offersFor(failing(IMAGE, `${IMAGE}: not found`), asPod(missing))).notes).toEqual([]);
  });

  it.each([
    ['refuses', rejected, 'credentials-rejected'],
    ['denies the image to', denied, 'permission-denied'],
    ['shows no image to', missing, 'tag-not-found'],
    ['limits', limited, 'rate-limited'],
  ])('is not offered when the registry %s the secret that came later', async (_how, outcome, cause) => {
    const pods = [aPod({ imagePullSecrets: [], containers: [waitingFor(IMAGE, unauthorized(IMAGE))] })];
    const late = { pods, serviceAccounts: [aServiceAccount({ imagePullSecrets: ['regcred'] })] };
    const { offers, notes } = await offersFor(late, asPod(outcome));
    expect([offers, notes]).toEqual([[], [expect.stringContaining(`No restart: ${IMAGE} would fail now (${cause}: `)]]);
  });
});

describe('another container of the same pod', () => {
  const SIDE = 'registry.example.com/team/side:9';
  const beside = (role: 'main' | 'init'): Partial<ClusterStory> => ({
    pods: [
      aPod({
        containers: [
          { ...waitingFor(SIDE, `${SIDE}: not found`), name: 'side', role },
          waitingFor(IMAGE, refused(IMAGE)),
        ],
      }),
    ],
    workloads: [aWorkload({ images: { api: IMAGE, side: SIDE } })],
  });
  const only =
    (side: AccessOutcome) =>
    (credential: RegistryCredential, { text }: ImageReference) =>
      asPod(text.includes('side') ? side : found)(credential);

  it.each(['main', 'init'] as const)('whose tag is missing keeps the restart back (%s)', async (role) => {
    const { offers, notes } = await offersFor(beside(role), only(missing));
    expect(offers).not.toContain('restart-rollout');
    expect(notes).toEqual([`No restart: ${SIDE} would fail now (tag-not-found)`]);
  });

  it('that would be limited now keeps it back', async () => {
    const { offers, notes } = await offersFor(beside('main'), only(limited));
    expect(offers).toEqual([]);
    expect(notes).toEqual([expect.stringContaining(`No restart: ${SIDE} would fail now (`)]);
  });

  it('that answers again as well does not', async () => {
    const story = beside('main');
    const pods = [
      aPod({
        containers: [{ ...waitingFor(SIDE, refused(SIDE)), name: 'side' }, waitingFor(IMAGE, refused(IMAGE))],
      }),
    ];
    const { offers, notes } = await offersFor({ ...story, pods }, only(found));
    expect([offers, notes]).toEqual([['restart-rollout'], []]);
  });

  const healthy = aContainer({ name: 'side', image: SIDE, state: 'running', ready: true });
  const besideRunning = (): Partial<ClusterStory> => ({
    ...beside('main'),
    pods: [aPod({ containers: [healthy, waitingFor(IMAGE, refused(IMAGE))] })],
  });

  it.each([
    [
      'is gone from the registry',
      missing,
      [`No restart: ${SIDE} would fail now (the registry says it does not exist (MANIFEST_UNKNOWN))`],
    ],
    ['is there', found, []],
    // Its node may have a login of its own.
    ['could not be asked for', { kind: 'refused', reason: 'a private address' } as const, []],
  ])('that runs, and whose image %s', async (_what, side, said) => {
    const { offers, notes } = await offersFor(besideRunning(), only(side));
    expect([offers, notes]).toEqual([said.length > 0 ? [] : ['restart-rollout'], said]);
  });
});
