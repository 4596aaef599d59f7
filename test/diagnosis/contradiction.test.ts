/**
 * What a kubelet really wrote, against experiments that say something else: whatever disagrees, nothing is certain but what the
 * recorded fault or the experiment itself proves.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/diagnosis/cause.ts';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { absent, observed, unreachable } from '../../src/evidence/observation.ts';
import { newestPullFailure } from '../../src/evidence/pull-failures.ts';
import type { AccessAttempt, AccessOutcome, NetworkFault } from '../../src/evidence/registry-access.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../src/evidence/snapshots.ts';
import { apiHost, parseReference } from '../../src/image/reference.ts';
import {
  anyone,
  attempt,
  bearer,
  botLogin,
  denied,
  diagnose,
  distribution,
  evidence,
  found,
  goodPassword,
  keyring,
  missing,
  NOW,
  noName,
  podLogin,
  tagList,
  waiting,
  wrongLogin,
  wrongPassword,
} from './support.ts';

interface Entry {
  readonly case: string;
  readonly runtime: string;
  readonly source: 'event' | 'status';
  readonly reason: string;
  readonly message: string;
  /** How the words may be read. */
  readonly kinds: readonly Cause[];
  /** What the fault was that was made on purpose. */
  readonly causes: readonly Cause[];
}

interface Experiment {
  readonly name: string;
  readonly attempts: readonly AccessAttempt[];
  readonly tags?: Evidence['tags'];
  /** What these answers prove, whoever else says what. */
  readonly proves: readonly Cause[];
  /** What they prove together with a node that reports the same. */
  readonly confirms?: Cause;
  /** The pod brings no credential that matches. */
  readonly bare?: boolean;
}

const entries = readFileSync('test/corpus/real-kubelet.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Entry);

const fails = (fault: NetworkFault): AccessOutcome => ({ kind: 'network', fault, detail: 'seen by the bot' });
const gone = observed({ kind: 'missing' } as const);
const refusedToAll = attempt(anyone, wrongLogin);
const open = { challenge: { scheme: 'none' } } as const;

const EXPERIMENTS: readonly Experiment[] = [
  { name: 'found', attempts: [attempt(podLogin, found), refusedToAll], proves: [] },
  { name: 'found by anybody', attempts: [attempt(anyone, found, open)], proves: [], bare: true },
  {
    name: 'tag missing, list answered',
    attempts: [attempt(podLogin, missing), refusedToAll],
    tags: tagList('another'),
    proves: ['tag-not-found', 'digest-not-found'],
  },
  {
    name: 'repository missing at a docker-registry',
    attempts: [attempt(podLogin, noName, distribution), refusedToAll],
    tags: gone,
    proves: ['repository-not-found'],
  },
  { name: 'repository missing or hidden', attempts: [attempt(podLogin, noName), refusedToAll], tags: gone, proves: [] },
  {
    name: 'repository missing or hidden behind an opaque token',
    attempts: [attempt(podLogin, missing, bearer(200))],
    tags: gone,
    proves: [],
  },
  { name: '404 and no tag list', attempts: [attempt(podLogin, missing, distribution)], proves: [] },
  ...(['connection-refused', 'dns-failure', 'tls-untrusted', 'connection-timeout'] as const).map(
    (fault): Experiment => ({
      name: `bot meets ${fault}`,
      attempts: [attempt(anyone, fails(fault))],
      proves: [],
      confirms: fault,
    }),
  ),
  {
    name: 'password wrong',
    attempts: [attempt(podLogin, wrongLogin, wrongPassword), refusedToAll],
    proves: ['credentials-rejected'],
  },
  { name: 'forbidden, login untried', attempts: [attempt(podLogin, denied), refusedToAll], proves: [] },
  { name: 'unauthorized, login untried', attempts: [attempt(podLogin, wrongLogin), refusedToAll], proves: [] },
  { name: 'forbidden, login good', attempts: [attempt(podLogin, denied, goodPassword), refusedToAll], proves: [] },
  {
    name: 'forbidden, login good, the bot reads',
    attempts: [attempt(podLogin, denied, goodPassword), attempt(botLogin, found)],
    proves: ['permission-denied'],
  },
  {
    name: 'stored login spoils a public image',
    attempts: [attempt(podLogin, wrongLogin, wrongPassword), attempt(anyone, found)],
    proves: ['stale-credentials'],
  },
  {
    name: 'no login, and the registry wants one',
    attempts: [refusedToAll],
    proves: ['credentials-required'],
    bare: true,
  },
  {
    name: 'no login, token server hides',
    attempts: [attempt(anyone, wrongLogin, bearer(200, []))],
    proves: [],
    bare: true,
  },
  {
    name: 'registry broken',
    attempts: [attempt(podLogin, { kind: 'server-error', status: 503, message: 'busy' })],
    proves: [],
  },
  { name: 'not asked for safety', attempts: [attempt(anyone, { kind: 'refused', reason: 'link-local' })], proves: [] },
  { name: 'nobody asked', attempts: [], proves: [] },
];

function diagnoseWith(entry: Entry, attempts: readonly AccessAttempt[], { tags, bare }: Partial<Experiment>) {
  const image = /image "([^"]+)"/i.exec(entry.message)?.[1] ?? waiting.image;
  const container: ContainerSnapshot = {
    ...waiting,
    image,
    waitingReason: entry.source === 'status' ? entry.reason : 'ImagePullBackOff',
    waitingMessage: entry.source === 'status' ? entry.message : `Back-off pulling image "${image}"`,
  };
  const event: EventSnapshot = {
    type: 'Warning',
    reason: entry.reason,
    message: entry.message,
    container: 'app',
    count: 1,
    lastAt: NOW,
  };
  const events = entry.source === 'event' ? [event] : [];
  const failure = newestPullFailure(container, events);
  const reference = parseReference(image);
  const host = reference.ok ? apiHost(reference.reference.registry) : '';
  return diagnose(
    evidence({
      container: observed(container),
      events: observed(events),
      pullFailure: failure === undefined ? absent : observed(failure),
      reference: observed(reference),
      registryAccess: observed({ host, scheme: 'http', attempts }),
      tags: tags ?? unreachable('the tag list did not answer'),
      ...(bare ? { keyring: observed(keyring(false)), pullSecrets: observed([]) } : {}),
    }),
  );
}

describe.each(EXPERIMENTS)('the registry says: $name', (experiment) => {
  it.each(entries.map((entry): [string, Entry] => [`${entry.case}, ${entry.runtime}, ${entry.source}`, entry]))(
    'the node reported %s',
    (_name, entry) => {
      const one = diagnoseWith(entry, experiment.attempts, experiment);
      const { verdict } = conclude([one]);
      const certain = one.findings.filter(({ confidence }) => confidence === 'certain').map(({ cause }) => cause);
      if (verdict.confidence === 'certain') certain.push(verdict.cause);
      const confirmed = entry.kinds.filter((kind) => kind === experiment.confirms);
      const allowed = new Set([...entry.causes, ...experiment.proves, ...confirmed]);
      expect(certain.filter((cause) => !allowed.has(cause))).toEqual([]);
    },
  );
});
