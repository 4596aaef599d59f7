/** What a reviewer of a changed manifest reads: what the cluster asked for, what exists, and what happened. */
import { fenced, plainTitle } from './pull-request-body.ts';

export interface ManifestFacts {
  readonly from: string;
  readonly to: string;
  readonly owner: string;
  /** What happened, one line each. */
  readonly evidence: readonly string[];
}

/** Markdown. Words of others stand in a fenced block, so that nothing in them is a mention, a link or a command. */
export function manifestBody({ from, to, owner, evidence }: ManifestFacts): string {
  return [
    'A cluster asks for an image that nobody pushed. The same commit was pushed under another tag, which the registry lists.',
    '',
    ...fenced([`asked for  ${from}`, `exists     ${to}`, '', ...evidence]),
    '',
    `Only the tag is changed. ${plainTitle(owner)} deploys from this file, so the change belongs here and not in the live object.`,
    '',
    'This deploys what exists; whatever wrote the other tag may write it again. Opened by Pullcheck on request of a person in the incident’s thread.',
    '',
  ].join('\n');
}
