/** What can be wrong, as a closed set: every pull-error kind, and the finer causes that evidence proves. */
import type { PullErrorKind } from '../image/pull-error.ts';

export const PROVEN_CAUSES = [
  'tag-not-found',
  'repository-not-found',
  'digest-not-found',
  'ci-output-lost',
  'ci-silent-fallback',
  'build-failed',
  'build-never-ran',
  'build-running',
  'pull-secret-not-attached',
  'pull-secret-wrong-namespace',
  'pull-secret-malformed',
  'pull-secret-wrong-registry',
  'credentials-rejected',
  'permission-denied',
  'credentials-required',
  'stale-credentials',
  'registry-down',
  'network-policy-blocks-registry',
  'registry-unreachable',
  'stale-cached-image',
  'container-crashing',
  'not-an-image-problem',
  'healthy',
  'undetermined',
] as const;

export type Cause = PullErrorKind | (typeof PROVEN_CAUSES)[number];

/** Which of the three lights a cause turns, or none. */
export type CauseFamily =
  | 'reference'
  | 'credentials'
  | 'reachability'
  | 'registry'
  | 'node'
  | 'policy'
  | 'application'
  | 'none';

/** One catalogue row (`diagnosis/catalogue.ts`): a cause without a row does not compile. */
export interface CauseInfo {
  readonly title: string;
  readonly family: CauseFamily;
  /** Who usually acts on it. */
  readonly owner:
    | 'team that deploys'
    | 'build pipeline'
    | 'platform'
    | 'registry owner'
    | 'network'
    | 'security'
    | 'nobody';
  /** What it means, one or two sentences for a person who has never met it. */
  readonly meaning: string;
  /** What to do, imperative, one or two sentences. */
  readonly fix: string;
  /** Instead of `fix` while the cause is not proven: what to find out first. */
  readonly unproven?: string;
}
