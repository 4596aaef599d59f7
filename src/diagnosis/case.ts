/** What the checks say about one container, ready to be joined with the others' into a verdict. */
import type { ScopeEvidence } from '../evidence/evidence.ts';
import type { Finding, RuledOut } from './check.ts';
import type { Lights } from './diagnosis.ts';
import type { LightNotes } from './lights.ts';
import type { Affected } from './sharing.ts';

/** What is known about one container of one pod. */
export interface CaseConclusion {
  /** Empty where it could not be read, like `container` and `image`. */
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  /** Where it runs and whose it is, for who else is affected. */
  readonly place: Affected;
  /** `waiting`: not its turn yet (init containers first). `unknown`: nothing found, and not seen running. */
  readonly outcome: 'healthy' | 'failing' | 'waiting' | 'unknown';
  /** Most important first; empty unless failing. */
  readonly findings: readonly Finding[];
  readonly ruledOut: readonly RuledOut[];
  readonly lights: Lights;
  readonly lightNotes: LightNotes;
  /** What could not be looked at, with the rule to add. */
  readonly gaps: readonly string[];
  /** Worth saying, no cause: an earlier failure that is over, a next pull that would fail. */
  readonly notes: readonly string[];
  /** Notes of the checks that could not decide. */
  readonly open: readonly string[];
  readonly blocksRollout: boolean;
  readonly scope: ScopeEvidence | undefined;
  /** When the pod was created, where its container never started since. */
  readonly since: string | undefined;
}
