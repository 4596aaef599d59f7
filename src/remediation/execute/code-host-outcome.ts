/** An answer of the code host that is no success -> a refusal in words. */
import type { RemedyOutcome } from '../remedy.ts';

export const NO_CODE_HOST =
  'no GitHub access is configured here any more (GITHUB_TOKEN, or GITHUB_APP_ID with its key)';

/** `what`: `run 17 of acme/shop`. */
export function refusalOfHost(
  what: string,
  answer:
    | { readonly kind: 'changed' | 'failed'; readonly reason: string }
    | { readonly kind: 'forbidden'; readonly reason: string; readonly permission: string },
): Extract<RemedyOutcome, { kind: 'refused' }> {
  const missing = answer.kind === 'forbidden' ? ` The app or token needs ${answer.permission}.` : '';
  return { kind: 'refused', reason: `${what}: ${answer.reason}.${missing}` };
}
