/** Which rules have fixes. The others ask for a decision that no edit can take. */

import type { Finding } from '../finding.ts';
import type { Remedy } from '../fix.ts';
import type { MakeRemedies } from '../fix-view.ts';
import { buildSucceeded, checkInput } from './guards.ts';
import { demandInText, hardStop, hardStopInText } from './hard-stop.ts';
import { needs } from './needs.ts';
import { badJob, envName, jobMissing, neverWritten, notDeclared, unknownJob } from './outputs.ts';
import { builtTag, sameTag } from './pass-on.ts';
import { sink } from './sink.ts';
import { steps } from './steps.ts';
import { unmask } from './unmask.ts';

/** The same for scripts and Makefiles. */
export const IN_TEXT: ReadonlyMap<string, (text: string, finding: Finding) => readonly Remedy[]> = new Map([
  ['silent-fallback', hardStopInText],
  ['strict-mode-missing', demandInText],
]);

export const MAKERS: ReadonlyMap<string, readonly MakeRemedies[]> = new Map([
  ['needs-not-declared', [needs]],
  ['needs-job-missing', [jobMissing]],
  ['needs-unknown-job', [unknownJob]],
  ['output-not-declared', [notDeclared]],
  ['reusable-output-bad-job', [badJob]],
  ['reusable-output-not-declared', [notDeclared]],
  ['step-unknown', [steps]],
  ['output-never-written', [sink, neverWritten]],
  ['output-may-be-masked', [unmask]],
  ['env-undefined', [envName]],
  ['empty-input-accepted', [checkInput]],
  ['silent-fallback', [hardStop]],
  ['deploy-despite-failed-build', [buildSucceeded]],
  ['sha-format-divergence', [sameTag]],
  ['tag-recomputed-from-clock', [sameTag]],
  ['version-derived-two-ways', [sameTag]],
  ['mutable-tag-deployed', [builtTag]],
]);
