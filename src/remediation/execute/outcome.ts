/** A reading or a write that did not come through -> a refusal in words. */
import { describeGap, type Observation } from '../../evidence/observation.ts';
import type { WriteResult } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';

/** `what` is the object as kubectl names it. */
export function refusalOf(
  what: string,
  result: Exclude<Observation<unknown>, { status: 'observed' }> | Exclude<WriteResult, { kind: 'done' }>,
): Extract<RemedyOutcome, { kind: 'refused' }> {
  if ('status' in result) return { kind: 'refused', reason: describeGap(what, result) };
  const rule = result.kind === 'forbidden' ? ` Add to a Role in that namespace: ${result.rule}` : '';
  return { kind: 'refused', reason: `${what}: ${result.reason}.${rule}` };
}
