/** Why a finding has no edit of its own: said, so that nobody waits for one. */
import type { Finding } from '../finding.ts';

const REASONS: Readonly<Record<string, string>> = {
  'needs-not-declared': 'the two jobs would wait for each other, or `needs` has a form that is left alone',
  'needs-job-missing': 'more than one job could be meant, or none has that output',
  'needs-unknown-job': 'more than one job could be meant, or none',
  'output-not-declared': 'nothing there is seen to make that value, and no other name is clearly meant',
  'reusable-output-not-declared': 'nothing in that job is seen to make that value, and no other name is clearly meant',
  'reusable-output-bad-job': 'more than one job could be meant, or none has that output',
  'step-unknown': 'no step before it is seen to write that value, or a step would have to move',
  'output-never-written': 'which value it should hold does not stand in the file',
  'env-undefined': 'which value it should hold does not stand in the file',
  'empty-input-accepted': 'the steps have a form that is left alone',
  'mutable-tag-deployed': 'which tag or digest the build hands on cannot be seen from here',
  'sha-format-divergence': 'the pushed tag is made inside of a script, where no other job can read it',
  'tag-recomputed-from-clock': 'the pushed tag is made inside of a script, where no other job can read it',
  'version-derived-two-ways': 'the pushed tag is made inside of a script, where no other job can read it',
  'silent-fallback':
    'the other value may be meant where its producer can be skipped, or the script has a form that is left alone',
  'deploy-despite-failed-build': 'the condition has a form that is left alone',
  'matrix-output-overwritten': 'each reader must say which leg it means',
  'output-conditional': 'whether the run should stop there is a decision',
  'output-may-be-masked':
    'the secret is not the first part of the value, its reader cannot read that secret, or the script has a form that is left alone',
  'strict-mode-missing': 'the command stands in a form that is left alone',
};

/** `No edit is offered: …`; empty for a rule without such a reason. */
export function whyByHand({ rule }: Pick<Finding, 'rule'>): string {
  const reason = REASONS[rule];
  return reason === undefined ? '' : `No edit is offered: ${reason}.`;
}
