/** Did it help? Read from a diagnosis made after the act: the owner's pods run, and a new scope shows none of them stuck. */
import type { Cause } from '../diagnosis/cause.ts';
import { runsOnOldImage } from '../diagnosis/runs-on-old-image.ts';
import type { After, Verification } from './remedy.ts';

/** Causes that are the act's own doing, for the image it was about. */
export interface OwnFault {
  readonly image: string;
  /** The registry itself said so just now, asked with what the act put in place. */
  readonly proven: readonly Cause[];
  /** Only the node's words say so: they count where the pod is younger than the act. */
  readonly said: readonly Cause[];
}

/** `waiting` unless it is seen to have helped, to have made it worse, or to be certainly held up by something else. */
export function verifyRecovery(after: After, own?: OwnFault): Verification {
  const { verdict } = after.diagnosis;
  if (verdict.cause === 'healthy') return running(after);
  // What the act put in place was about a pull, and everything runs.
  if (own && runsOnOldImage(after.diagnosis)) return running(after);
  if (verdict.cause === 'undetermined') return { kind: 'waiting', note: `could not look: ${verdict.summary}` };
  const note = verdict.summary;
  if (own && isOwnFault(after, own)) return { kind: 'not-recovered', note, worse: true };
  const isSettled = verdict.confidence === 'certain' && after.stuckSince > 0;
  return isSettled ? { kind: 'not-recovered', note, worse: false } : { kind: 'waiting', note };
}

function running({ stuck, replicas }: After): Verification {
  if (stuck > 0) {
    const pods = `${stuck} pod${stuck === 1 ? '' : 's'}`;
    return { kind: 'waiting', note: `some of it runs, but ${pods} of it still cannot pull` };
  }
  if (replicas && (replicas.updated < replicas.desired || replicas.available < replicas.desired)) {
    const { desired, updated, available } = replicas;
    return {
      kind: 'waiting',
      note: `${available} of ${desired} pods are available, ${updated} of the newest revision`,
    };
  }
  return { kind: 'recovered', note: 'every container runs, and no pod of it is stuck any more' };
}

/** A fresh pod was refused with what the act put in place, even where the registry gives it to others: the node has the last word. */
function isOwnFault({ diagnosis, stuckSince }: After, own: OwnFault): boolean {
  return diagnosis.findings.some(({ cause, confidence, image }) => {
    if (image !== own.image) return false;
    return own.proven.includes(cause) ? confidence !== 'possible' : stuckSince > 0 && own.said.includes(cause);
  });
}
