/** What a reviewer of a changed manifest reads: what the cluster asked for, what exists, and what happened. */
import { fenced, openedBy, plainTitle } from './pull-request-body.ts';

export interface ManifestFacts {
  readonly from: string;
  readonly to: string;
  readonly owner: string;
  /** What happened, one line each. */
  readonly evidence: readonly string[];
  /** Page of the thread in which it was asked for, where there is one. */
  readonly thread?: string | undefined;
}

/** Markdown. Words of others stand in a fenced block, so that nothing in them is a mention, a link or a command. */
export function manifestBody({ from, to, owner, evidence, thread }: ManifestFacts): string {
  return [
    'A cluster asks for an image that nobody pushed. The same commit was pushed under another tag, which the registry lists.',
    '',
    ...fenced([`asked for  ${from}`, `exists     ${to}`, '', ...evidence]),
    '',
    `Only the tag is changed. ${plainTitle(owner)} deploys from this file, so the change belongs here and not in the live object.`,
    '',
    `This deploys what exists; whatever wrote the other tag may write it again. ${openedBy(thread)}`,
    '',
  ].join('\n');
}
