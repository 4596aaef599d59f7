/** Every rule, in the order in which findings of one line are told. */
import type { Rule } from '../rule.ts';
import { envUndefined } from './env-undefined.ts';
import { needsJobMissing } from './needs-job-missing.ts';
import { needsNotDeclared } from './needs-not-declared.ts';
import { needsUnknownJob } from './needs-unknown-job.ts';
import { outputNeverWritten } from './output-never-written.ts';
import { outputNotDeclared } from './output-not-declared.ts';
import { reusableOutputBadJob } from './reusable-output-bad-job.ts';
import { reusableOutputNotDeclared } from './reusable-output-not-declared.ts';
import { stepUnknown } from './step-unknown.ts';

export const RULES: readonly Rule[] = [
  needsNotDeclared,
  needsJobMissing,
  needsUnknownJob,
  outputNotDeclared,
  reusableOutputBadJob,
  reusableOutputNotDeclared,
  stepUnknown,
  outputNeverWritten,
  envUndefined,
];
