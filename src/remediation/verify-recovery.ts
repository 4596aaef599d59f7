/** Did it help? Read from a diagnosis made after the act: the owner's pods run, and a new scope shows none stuck. */
import type { Cause } from '../diagnosis/cause.ts';
import type { After, Verification } from './remedy.ts';

/** Words that only mean "still on its way". */
const ON_THE_WAY: readonly Cause[] = ['backoff-only', 'kubelet-throttled'];

/** `ownFault`: causes that would be the act's own doing (a rejected new credential). */
export function verifyRecovery(after: After, options: { readonly ownFault: readonly Cause[] }): Verification {
  const { verdict } = after.diagnosis;
  if (verdict.cause === 'healthy') {
    return after.stuck === 0
      ? { kind: 'recovered', note: 'every container runs, and no pod of it is stuck any more' }
      : {
          kind: 'waiting',
          note: `it runs, but ${after.stuck} pod${after.stuck === 1 ? '' : 's'} of it still cannot pull`,
        };
  }
  if (verdict.cause === 'undetermined') return { kind: 'waiting', note: `could not look yet: ${verdict.summary}` };
  if (ON_THE_WAY.includes(verdict.cause)) return { kind: 'waiting', note: verdict.summary };
  const worse = after.diagnosis.findings.some(
    (finding) => options.ownFault.includes(finding.cause) && finding.confidence !== 'possible',
  );
  return { kind: 'not-recovered', note: verdict.summary, worse };
}
