/** What nodes said before their events expired: a waiting container often ends up with a bare "Back-off pulling image". */
import type { Classification, PullErrorKind } from '../image/pull-error.ts';
import type { PullFailure } from './evidence.ts';

/** One container of one pod. */
export interface CauseKey {
  readonly podUid: string;
  readonly container: string;
  /** A pod's image can be edited in place: words about another image are not recalled. */
  readonly image: string;
}

export interface RememberedCause {
  /** Tidied: no user info, no signed links. */
  readonly message: string;
  readonly classification: Classification;
  /** When the node said it, or when it was read; ms. */
  readonly at: number;
}

/** How long a cause is kept after it was last seen. */
export const CAUSE_KEPT_MS = 7 * 24 * 3600 * 1000;

/** One cause for each container, the newest; kept for `CAUSE_KEPT_MS`. Rejects with StoreError. */
export interface CauseMemory {
  remember(key: CauseKey, cause: RememberedCause): Promise<void>;
  recall(key: CauseKey): Promise<RememberedCause | undefined>;
}

/** Words that name no cause. */
const BARE: ReadonlySet<PullErrorKind> = new Set([
  'backoff-only',
  'other',
  'kubelet-throttled',
  'cancelled-or-deadline',
]);

/** Does this failure say why? Then it is worth remembering. */
export function saysWhy({ classification }: PullFailure): boolean {
  return !BARE.has(classification.kind);
}
