/** Which rules have fixes. The others ask for a decision that no edit can take. */
import type { MakeRemedies } from '../fix-view.ts';
import { buildSucceeded, checkInput } from './guards.ts';
import { hardStop } from './hard-stop.ts';
import { needs } from './needs.ts';
import { badJob, envName, jobMissing, neverWritten, notDeclared, unknownJob } from './outputs.ts';
import { sink } from './sink.ts';
import { steps } from './steps.ts';

export const MAKERS: ReadonlyMap<string, readonly MakeRemedies[]> = new Map([
  ['needs-not-declared', [needs]],
  ['needs-job-missing', [jobMissing]],
  ['needs-unknown-job', [unknownJob]],
  ['output-not-declared', [notDeclared]],
  ['reusable-output-bad-job', [badJob]],
  ['reusable-output-not-declared', [notDeclared]],
  ['step-unknown', [steps]],
  ['output-never-written', [sink, neverWritten]],
  ['env-undefined', [envName]],
  ['empty-input-accepted', [checkInput]],
  ['silent-fallback', [hardStop]],
  ['deploy-despite-failed-build', [buildSucceeded]],
]);
