/** Whatever the builds, the build Jobs and the GitOps repository may tell, with names as hostile as they come. */
import * as fc from 'fast-check';
import { absent, type Observation, observed, unreachable } from '../../src/evidence/observation.ts';
import { noSecretRight } from './support.ts';

export const nasty = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('token has expired', 'quota exceeded', '$(reboot)', "'; x"),
);
const gap: fc.Arbitrary<Observation<never>> = fc.constantFrom(
  absent,
  noSecretRight,
  unreachable('the API server did not answer'),
  { status: 'not-collected' as const, reason: 'something before it is missing' },
);

/** Observed mostly, else one of the four ways of not being. */
export function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Observation<T>> {
  return fc.oneof({ weight: 4, arbitrary: value.map(observed) }, { weight: 1, arbitrary: gap });
}

export const buildJobs = fc.record({
  jobs: fc.array(
    fc.record({
      name: nasty,
      namespace: nasty,
      builder: fc.constant('kaniko' as const),
      state: fc.constantFrom('running' as const, 'failed' as const, 'succeeded' as const, 'suspended' as const),
      destination: nasty,
      match: fc.constantFrom('exact' as const, 'repository' as const),
      sameRegistry: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  extent: fc.constantFrom('cluster' as const, 'namespace' as const),
  truncated: fc.boolean(),
  log: maybe(nasty.map((line) => ({ lines: [line], isCut: false }))),
});

export const buildTrace = fc.record({
  repository: nasty,
  linkedBy: fc.constantFrom('provenance' as const, 'source-label' as const),
  commit: maybe(fc.constant({ sha: 'a1b2c3d'.padEnd(40, '0'), title: 'x' })),
  runs: maybe(fc.constant([])),
  searched: fc.array(nasty, { maxLength: 2 }),
});

export const gitopsSource = fc.record({
  owner: fc.record({
    controller: fc.constantFrom('argo-cd' as const, 'flux-kustomize' as const, 'flux-helm' as const),
    application: nasty,
    sign: nasty,
    isSure: fc.boolean(),
  }),
  origin: maybe(
    fc.array(
      fc.record({
        repoUrl: nasty,
        path: nasty,
        isPinned: fc.boolean(),
        valueFiles: fc.constant([]),
        overrides: fc.array(nasty, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  ),
  manifest: maybe(
    fc.record({
      repository: nasty,
      places: fc.array(
        fc.record({
          path: nasty,
          line: fc.nat(),
          form: fc.constantFrom('image' as const, 'tag' as const),
          url: nasty,
          isWeak: fc.boolean(),
          isShared: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
      read: fc.array(nasty, { maxLength: 2 }),
      isComplete: fc.boolean(),
    }),
  ),
  convention: nasty,
});
