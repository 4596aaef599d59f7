/** An answer of the code host that is no success -> a refusal in words. */
import type { RemedyPorts } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';

export const NO_CODE_HOST =
  'no GitHub access is configured here any more (GITHUB_TOKEN, or GITHUB_APP_ID with its key)';

/** The code host, with the page of the thread in which it is asked. */
export type Host = NonNullable<RemedyPorts['codeHost']> & Pick<RemedyPorts, 'thread'>;

/** undefined: none is configured. */
export function hostOf({ codeHost, thread }: RemedyPorts): Host | undefined {
  return codeHost && { ...codeHost, ...(thread === undefined ? {} : { thread }) };
}

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
