/** Whatever the evidence: findings rest on something seen, no secret gets out, there is always a verdict, and never two truths. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { conclude, concludeCase } from '../../src/diagnosis/conclude.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { absent, observed, unreachable } from '../../src/evidence/observation.ts';
import type { AccessAttempt, AccessOutcome } from '../../src/evidence/registry-access.ts';
import type { RegistryService } from '../../src/evidence/registry-service.ts';
import { PULL_ERROR_KINDS } from '../../src/image/pull-error.ts';
import { parseReference } from '../../src/image/reference.ts';
import { backed } from '../support/registry-service.ts';
import { buildJobs, buildTrace, gitopsSource, maybe, nasty } from './build-arbitraries.ts';
import {
  anyone,
  aPod,
  aSecret,
  attempt,
  botLogin,
  CANARY,
  evidence,
  failure,
  HOST,
  IMAGE,
  keyring,
  manifest,
  noSecretRight,
  podLogin,
  revision,
  running,
  waiting,
} from './support.ts';
import { elsewhere, tagDetails } from './tag-arbitraries.ts';
import { unattached } from './unattached-arbitrary.ts';

const at = fc.constantFrom('token', 'manifest' as const);
const outcome: fc.Arbitrary<AccessOutcome> = fc.oneof(
  fc
    .constantFrom(['linux/amd64'], ['linux/arm64'], [] as string[])
    .map((platforms) => ({ kind: 'found', manifest: { ...manifest, platforms } }) as const),
  fc.record({
    kind: fc.constant('missing' as const),
    code: fc.constantFrom('MANIFEST_UNKNOWN', 'NAME_UNKNOWN', ''),
    message: nasty,
  }),
  fc.record({
    kind: fc.constantFrom('unauthorized' as const, 'denied' as const),
    at,
    code: fc.constant(''),
    message: nasty,
  }) as fc.Arbitrary<AccessOutcome>,
  fc.record({ kind: fc.constant('rate-limited' as const), message: nasty }),
  fc.record({ kind: fc.constant('server-error' as const), status: fc.constantFrom(500, 503), message: nasty }),
  fc.record({ kind: fc.constant('not-a-registry' as const), status: fc.constant(200), contentType: nasty }),
  fc.record({ kind: fc.constant('unsupported-manifest' as const), mediaType: nasty }),
  fc.record({
    kind: fc.constant('network' as const),
    fault: fc.constantFrom('dns-failure', 'connection-refused', 'tls-untrusted', 'registry-unreachable'),
    detail: nasty,
  }) as fc.Arbitrary<AccessOutcome>,
  fc.record({ kind: fc.constant('refused' as const), reason: nasty }),
);

const attempts: fc.Arbitrary<AccessAttempt[]> = fc.array(
  fc
    .record({
      who: fc.constantFrom(anyone, podLogin, botLogin),
      outcome,
      scheme: fc.constantFrom('none' as const, 'basic' as const, 'bearer' as const, 'unknown' as const),
      granted: fc.constantFrom(undefined, [], ['pull'], ['push', 'pull']),
    })
    .map(({ who, outcome, scheme, granted }) =>
      attempt(who, outcome, {
        challenge: { scheme },
        ...(scheme === 'bearer' ? { token: granted === undefined ? { status: 200 } : { status: 200, granted } } : {}),
      }),
    ),
  { maxLength: 4 },
);

const container = fc
  .record({
    base: fc.constantFrom(waiting, running),
    state: fc.constantFrom('waiting' as const, 'running' as const, 'terminated' as const, 'unknown' as const),
    waitingReason: fc.oneof(
      nasty,
      fc.constantFrom(
        'ErrImagePull',
        'CrashLoopBackOff',
        'ContainerCreating',
        'PodInitializing',
        'CreateContainerConfigError',
      ),
    ),
    exitCode: fc.constantFrom(0, 1, 137),
  })
  .map(({ base, ...rest }) => ({ ...base, ...rest }));

const imageId = fc.constantFrom(
  { of: 'manifest' as const, digest: `sha256:${'b'.repeat(64)}`, repository: 'registry.example.com/team/api' },
  { of: 'config' as const, digest: `sha256:${'c'.repeat(64)}` },
);

const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  pod: maybe(
    fc.constantFrom(aPod, {
      ...aPod,
      imagePullSecrets: [],
      unmet: [{ type: 'PodScheduled', reason: 'Unschedulable', message: 'x' }],
    }),
  ),
  container: maybe(container),
  events: maybe(
    fc.array(
      fc.record({
        type: fc.constant('Warning'),
        reason: fc.constantFrom('FailedMount', 'Pulling', 'Failed'),
        message: nasty,
        count: fc.constant(1),
      }),
      { maxLength: 3 },
    ),
  ),
  pullFailure: maybe(
    fc
      .record({
        kind: fc.constantFrom(...PULL_ERROR_KINDS),
        also: fc.subarray([...PULL_ERROR_KINDS], { maxLength: 2 }),
        message: nasty,
      })
      .map(({ kind, also, message }) => ({
        ...failure(kind, { message }),
        classification: { ...failure(kind).classification, also },
      })),
  ),
  workload: fc.constantFrom(evidence().workload, absent, noSecretRight),
  revisions: maybe(fc.constantFrom([], [revision(2, 'b', { isCurrent: true }), revision(1, 'a', { ready: 2 })])),
  node: fc.constantFrom(evidence().node, absent, noSecretRight),
  nodes: fc.constantFrom(evidence().nodes, noSecretRight),
  landing: fc.constantFrom(evidence().landing, noSecretRight, observed({ nodes: [], truncated: false })),
  scope: fc.constantFrom(evidence().scope, noSecretRight),
  reference: maybe(
    fc.constantFrom(parseReference(IMAGE), parseReference('a b'), parseReference(`${HOST}/x@sha256:${'b'.repeat(64)}`)),
  ),
  serviceAccount: maybe(
    fc.constantFrom({ name: 'default', imagePullSecrets: [] }, { name: 'default', imagePullSecrets: ['regcred'] }),
  ),
  pullSecrets: maybe(
    fc.array(
      maybe(fc.constant(aSecret)).map((secret) => ({ name: 'regcred', via: 'pod' as const, secret })),
      { maxLength: 2 },
    ),
  ),
  keyring: maybe(
    fc.constantFrom(
      keyring(true),
      keyring(false),
      keyring(false, { error: 'secrets' }),
      keyring(false, { ignored: [{ secret: 'regcred', entry: 'x', reason: 'y' }] }),
    ),
  ),
  unattachedSecrets: maybe(unattached),
  registryAccess: maybe(attempts.map((list) => ({ host: HOST, attempts: list }))),
  buildJobs: maybe(buildJobs),
  buildTrace: maybe(buildTrace),
  gitopsSource: maybe(gitopsSource),
  registryService: maybe(
    fc.constantFrom<RegistryService>(
      { kind: 'none', host: HOST, lookalikes: [] },
      backed(),
      backed({ endpoints: observed([]) }),
    ),
  ),
  tags: maybe(
    fc.constantFrom(
      { kind: 'listed' as const, names: ['1.4.2-17-52'], truncated: false },
      { kind: 'missing' as const },
    ),
  ),
  tagDetails: maybe(tagDetails),
  elsewhere: maybe(elsewhere(nasty)),
  runningImage: maybe(
    fc.record({
      running: imageId,
      now: fc.constant(manifest),
      match: fc.constantFrom('same' as const, 'different' as const, 'unknown' as const),
      copies: fc.constantFrom([], [{ node: 'node-1', digest: `sha256:${'b'.repeat(64)}`, pods: ['api-1'] }]),
    }),
  ),
  crashLogs: maybe(
    fc.constantFrom({ lines: [], isCut: false }, { lines: ['exec /app: exec format error'], isCut: true }),
  ),
});

describe('over any evidence', () => {
  it('every finding rests on evidence that was seen, or seen to be absent', () => {
    fc.assert(
      fc.property(anyEvidence, (given) => {
        for (const check of CHECKS) {
          const result = check.run(given);
          expect(result.note).not.toBe('');
          const findings = result.verdict === 'fail' ? result.findings : [];
          const ruledOut = 'ruledOut' in result ? (result.ruledOut ?? []) : [];
          for (const { because } of [...findings, ...ruledOut]) {
            expect(because.length).toBeGreaterThan(0);
            for (const kind of because) {
              expect(check.needs).toContain(kind);
              expect(['observed', 'absent']).toContain(given[kind].status);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('there is always a verdict, no secret in it, and what is ruled out is not found as well', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { maxLength: 3 }), (cases) => {
        const concluded = cases.map((given) => {
          const results = CHECKS.map((check) => ({ check, result: check.run(given) }));
          expect(JSON.stringify([results, CHECKS.map((check) => check.command(given))])).not.toContain(CANARY);
          return concludeCase({ evidence: given, results });
        });
        const conclusion = conclude(concluded);
        expect(JSON.stringify([concluded, conclusion])).not.toContain(CANARY);
        const { verdict, findings, ruledOut } = conclusion;
        expect(verdict.summary).not.toBe('');
        expect(verdict.alternatives).not.toContain(verdict.cause);
        const found = new Set([verdict.cause, ...findings.map(({ cause }) => cause)]);
        expect(ruledOut.filter(({ cause }) => found.has(cause))).toEqual([]);
        if (verdict.cause === 'healthy') expect(concluded.every(({ outcome }) => outcome === 'healthy')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a pull that fails is never certain when no registry was asked and the words do not settle it', () => {
    fc.assert(
      fc.property(anyEvidence, fc.constantFrom(...PULL_ERROR_KINDS), (given, kind) => {
        const blind: Evidence = {
          ...given,
          container: observed(waiting),
          pullFailure: observed(failure(kind)),
          reference: observed(parseReference(IMAGE)),
          registryAccess: unreachable('timeout'),
          tags: { status: 'not-collected', reason: 'timeout' },
          keyring: { status: 'not-collected', reason: 'timeout' },
        };
        const results = CHECKS.map((check) => ({ check, result: check.run(blind) }));
        expect(conclude([concludeCase({ evidence: blind, results })]).verdict.confidence).not.toBe('certain');
      }),
      { numRuns: 200 },
    );
  });
});
