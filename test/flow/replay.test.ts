/** A case file: what a run saw, told again elsewhere. It gives the same verdict, and opens no door. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readCase, writeCase } from '../../src/adapters/files/case-file.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import { UsageError } from '../../src/errors.ts';
import { forbidden, unreachable } from '../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import type { SecretSnapshot } from '../../src/evidence/snapshots.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { makePreflight } from '../../src/flow/preflight.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { Sealed } from '../../src/sealed.ts';
import { replayText } from '../../src/wire/cases.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import {
  aContainer,
  aFailedEvent,
  aPod,
  aPullSecret,
  aRunningContainer,
  aServiceAccount,
  IMAGE,
} from '../support/snapshots.ts';

const CANARY = 'canary-Pa55word-3f9c';
const PERSON = 'jane.doe-of-acme';
const POD = 'api-7d9c5-x2x7k';

const runbooks = [shippedRunbook('image-pull'), shippedRunbook('preflight')];

interface Story {
  readonly cluster: Partial<ClusterStory>;
  readonly instead?: Instead;
  readonly answer?: AccessOutcome;
}

async function look({ cluster, instead = {}, answer }: Story, verb: 'pod' | 'image' = 'pod') {
  const { signal } = new AbortController();
  const registry = answer ? fakeRegistry(({ kind }) => (kind === 'anonymous' ? refused : answer)) : fakeRegistry();
  const deps = {
    clock: createManualClock(),
    readers: () => ({ cluster: fakeCluster(aStory(cluster), instead), registry }),
    runbooks,
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: ['registry.example.com'],
  };
  const seen: Recording[] = [];
  const onRecording = (recording: Recording) => seen.push(recording);
  const diagnosis =
    verb === 'pod'
      ? await makeDiagnose(deps)({ request: { name: POD, namespace: 'staging' }, onRecording, signal })
      : await makePreflight(deps)({ image: IMAGE, namespace: 'staging', onRecording, signal });
  const [recording] = seen;
  if (recording === undefined) throw new Error('nothing was recorded');
  return { diagnosis, text: writeCase(recording, '1.2.3') };
}

async function again(text: string): Promise<Diagnosis> {
  return replayText(text, 'case.json', runbooks);
}

/** What a replay promises, people under the names that the file gives them. */
function promised({
  verdict,
  findings,
  lights,
  lightNotes,
  ruledOut,
  steps,
  remedies,
  gaps,
  target,
  notes,
  scope,
}: Diagnosis) {
  const told = steps.map(({ durationMs: _ms, ...step }) => step);
  const all = { verdict, findings, lights, lightNotes, ruledOut, steps: told, remedies, gaps, target, notes, scope };
  return JSON.parse(JSON.stringify(all).replaceAll(PERSON, 'user-1'));
}

const refused: AccessOutcome = { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'no' };
const found: AccessOutcome = {
  kind: 'found',
  manifest: { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'i', platforms: ['linux/amd64'], manifests: [] },
};

function dockerConfig(config: unknown, over: Partial<SecretSnapshot> = {}): SecretSnapshot {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return { ...aPullSecret(), data: { '.dockerconfigjson': new Sealed(text) }, ...over };
}
const login = { username: PERSON, password: CANARY };
const auth = Buffer.from(`${PERSON}:${CANARY}`).toString('base64');

const secret = fc.constantFrom(
  dockerConfig({ auths: { 'registry.example.com': login } }),
  dockerConfig({ auths: { 'https://registry.example.com/v1/': { auth, email: 'jane@acme.example' } } }),
  dockerConfig({ auths: { [`https://${PERSON}:${CANARY}@registry.example.com`]: login, 'ghcr.io': { auth } } }),
  dockerConfig({ auths: { 'other.example.com': login, '*.example.org': { auth } } }),
  dockerConfig({ 'registry.example.com': login }),
  dockerConfig({ auths: { 'registry.example.com': { auth: `!${CANARY}` } } }),
  dockerConfig({ auths: { 'registry.example.com': [CANARY] } }),
  dockerConfig(`{ "auths": ${CANARY}`),
  dockerConfig(''),
  dockerConfig({ auths: {}, credsStore: 'desktop', HttpHeaders: { 'X-Meta': CANARY } }),
  dockerConfig({}, { type: 'Opaque', data: { password: new Sealed(CANARY), '.dockerconfigjson': new Sealed(CANARY) } }),
);

const words = fc.constantFrom(
  'manifest unknown',
  `unauthorized: Authorization: Basic ${auth}`,
  `Get "https://cdn.example.com/blob?X-Amz-Signature=${CANARY}&se=1": 403 Forbidden`,
  `login ${PERSON} with ${CANARY} was refused`,
  `proxy http://${PERSON}:${CANARY}@proxy.example.com:3128 refused`,
  `failed to resolve reference "${IMAGE}": pull access denied, token=${CANARY}`,
  `dial tcp: lookup registry.example.com: no such host`,
);

const outcome: fc.Arbitrary<AccessOutcome> = fc.oneof(
  fc.constant(found),
  fc.constant(refused),
  words.map((message): AccessOutcome => ({ kind: 'missing', code: 'MANIFEST_UNKNOWN', message })),
  words.map((message): AccessOutcome => ({ kind: 'unauthorized', at: 'token', code: 'UNAUTHORIZED', message })),
  words.map((message): AccessOutcome => ({ kind: 'denied', at: 'manifest', code: 'DENIED', message })),
  words.map((message): AccessOutcome => ({ kind: 'rate-limited', message, retryAfterSeconds: 60 })),
  words.map((message): AccessOutcome => ({ kind: 'server-error', status: 503, message })),
  words.map((detail): AccessOutcome => ({ kind: 'network', fault: 'connection-refused', detail })),
);

const image = fc.constantFrom(
  IMAGE,
  'registry.example.com/team/auth:1.4.2',
  'registry.example.com/team/token:1',
  `registry.example.com/team/api@sha256:${'b'.repeat(64)}`,
  'registry.example.com/team/api:${TAG}',
  'nginx',
);

const noSecrets = forbidden({ verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'staging' });
const instead: fc.Arbitrary<Instead> = fc.constantFrom<Instead[]>(
  {},
  { secret: async () => noSecrets },
  { events: async () => unreachable('etcd is away') },
  { pods: async () => forbidden({ verb: 'list', apiGroup: '', resource: 'pods' }) },
);

const story: fc.Arbitrary<Story> = fc
  .record({ secret, words, answer: fc.option(outcome, { nil: undefined }), image, instead, runs: fc.boolean() })
  .map(({ secret, words, answer, image, instead, runs }) => {
    const container = runs ? aRunningContainer({ image }) : aContainer({ image });
    const pods = [aPod({ containers: [container] }), aPod({ name: 'web-0', namespace: 'shop', labels: { team: 'b' } })];
    const events = { [`uid-${POD}`]: [aFailedEvent({ message: `Failed to pull image "${image}": ${words}` })] };
    const account = aServiceAccount({ imagePullSecrets: ['regcred'] });
    const cluster = { pods, events, secrets: [secret], serviceAccounts: [account] };
    return { cluster, instead, ...(answer === undefined ? {} : { answer }) };
  });

/** What no Secret that could be read holds as a login cannot be told from other words. */
function isKnown({ cluster, instead }: Story): boolean {
  const [first] = cluster.secrets ?? [];
  const text = first?.data['.dockerconfigjson']?.reveal() ?? '';
  return instead?.secret === undefined && (text.includes(PERSON) || text.includes(auth));
}

describe('a case file', () => {
  it('gives the same verdict, findings, lights and rulings again, and holds no password', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.constantFrom('pod' as const, 'image' as const), async (told, verb) => {
        fc.pre(isKnown(told) || !JSON.stringify(told).includes(`login ${PERSON} with`));
        const { diagnosis, text } = await look(told, verb);
        for (const leak of [CANARY, auth, 'jane.doe', encodeURIComponent(CANARY)]) expect(text).not.toContain(leak);
        // Links and tokens in the words of others are scrubbed in the file; the diagnosis shows them as it found them.
        const loud = JSON.stringify(diagnosis).includes(CANARY) || JSON.stringify(diagnosis).includes(auth);
        const replayed = await again(text);
        if (loud) expect(promised(replayed).verdict.cause).toBe(diagnosis.verdict.cause);
        else expect(promised(replayed)).toEqual(promised(diagnosis));
      }),
      { numRuns: 3000 },
    );
  });

  it('tells when it was seen, asks nobody, and takes no time', async () => {
    const { diagnosis, text } = await look({ cluster: {} });
    const replayed = await again(text);
    expect(replayed).toMatchObject({ kind: 'Diagnosis', startedAt: diagnosis.startedAt, durationMs: 0 });
    expect(replayed.calls).toEqual({ kubernetes: 0, registry: 0, github: 0 });
    expect(replayed.steps.every(({ durationMs }) => durationMs === 0)).toBe(true);
  });

  it('keeps what names the kind of a login, and gives each person one name', async () => {
    const two = { auths: { 'registry.example.com': { username: 'AWS', password: CANARY }, 'ghcr.io': login } };
    const { text } = await look({ cluster: { secrets: [dockerConfig(two)] } });
    expect(text).toContain('AWS');
    expect(text).toContain('user-1');
    expect(text).not.toContain('user-2');
  });

  it('has every kind of evidence that was looked at, and its frame', async () => {
    const { text } = await look({ cluster: {} });
    const file = JSON.parse(text);
    expect(file).toMatchObject({
      apiVersion: 'pullcheck/v1',
      kind: 'Case',
      tool: '1.2.3',
      runbook: 'image-pull',
      target: { cluster: 'test', namespace: 'staging', kind: 'Pod', name: POD },
      cases: [{ namespace: 'staging', pod: POD, container: 'api' }],
    });
    expect(Object.keys(file.cases[0].evidence)).toEqual(expect.arrayContaining(['pod', 'keyring', 'registryAccess']));
  });
});

describe('a file that is no case', () => {
  it.each([
    ['nothing', '', 'it is not JSON'],
    ['half a file', '{"kind":"Case"', 'it is not JSON'],
    ['something else', '{"kind":"Diagnosis","apiVersion":"pullcheck/v1"}', 'kind: '],
    ['a list', '[]', 'expected object'],
    ['a tower', '['.repeat(100_000) + ']'.repeat(100_000), ''],
  ])('%s is refused with a sentence', (_what, text, why) => {
    expect(() => readCase(text, 'x.json')).toThrow(/x\.json is not a case file that can be replayed/);
    expect(() => readCase(text, 'x.json')).toThrow(why);
  });

  it('any part of a case replaced by something else is refused, or replayed without falling over', async () => {
    const { text } = await look({ cluster: {}, answer: found });
    const paths = pathsOf(JSON.parse(text), []);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom<unknown[]>(
          null,
          'x',
          -1,
          1e300,
          [],
          {},
          { status: 'observed' },
          { status: 'observed', value: {} },
        ),
        async (path, junk) => {
          const broken = JSON.stringify(replaced(JSON.parse(text), path, junk));
          const verdict = await replayText(broken, 'case.json', runbooks).then(
            ({ verdict }) => verdict.cause,
            (error: unknown) => error,
          );
          if (typeof verdict !== 'string') expect(verdict).toBeInstanceOf(UsageError);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, junk: unknown): unknown {
  if (key === undefined) return junk;
  const inner = (value as Record<string | number, unknown>)[key];
  const changed = replaced(inner, rest, junk);
  return Array.isArray(value)
    ? value.map((part: unknown, index) => (index === key ? changed : part))
    : { ...(value as object), [key]: changed };
}
