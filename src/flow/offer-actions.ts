/** Turns a diagnosis' remedies into actions that buttons can name. */
import type { IdSource } from '../clock.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { ActionStore, RemedyAction, ThreadRef } from '../remediation/action.ts';

/** A button expires: what it was offered for may have changed. */
const ACTION_TTL_MS = 30 * 60_000;

export interface OfferActions {
  (diagnosis: Diagnosis, thread: ThreadRef, subject: RemedyAction['subject']): Promise<readonly RemedyAction[]>;
}

/** `now` is the instant of offering, by the store's time. */
export function makeOfferActions(deps: {
  readonly actions: ActionStore;
  readonly newId: IdSource;
  readonly now: () => number | Promise<number>;
}): OfferActions {
  return async (diagnosis, thread, subject) => {
    const offeredAt = await deps.now();
    const actions = diagnosis.remedies
      .filter(({ standing }) => standing?.settled !== true)
      .map(
        (offer): RemedyAction => ({
          id: deps.newId(),
          remedy: offer.id,
          title: offer.title,
          risk: offer.risk,
          params: offer.params,
          target: diagnosis.target,
          thread,
          subject,
          offeredAt,
          expiresAt: offeredAt + ACTION_TTL_MS,
          state: 'offered',
        }),
      );
    for (const action of actions) await deps.actions.put(action);
    return actions;
  };
}
