/** Every rule, in the order in which findings of one line are told. */

import type { Rule } from '../rule.ts';
import { deployDespiteFailedBuild } from './deploy-despite-failed-build.ts';
import { emptyInputAccepted } from './empty-input-accepted.ts';
import { envUndefined } from './env-undefined.ts';
import { matrixOutputOverwritten } from './matrix-output-overwritten.ts';
import { mutableTagDeployed } from './mutable-tag-deployed.ts';
import { needsJobMissing } from './needs-job-missing.ts';
import { needsNotDeclared } from './needs-not-declared.ts';
import { needsUnknownJob } from './needs-unknown-job.ts';
import { outputConditional } from './output-conditional.ts';
import { outputMayBeMasked } from './output-may-be-masked.ts';
import { outputNeverWritten } from './output-never-written.ts';
import { outputNotDeclared } from './output-not-declared.ts';
import { reusableOutputBadJob } from './reusable-output-bad-job.ts';
import { reusableOutputNotDeclared } from './reusable-output-not-declared.ts';
import { shaFormatDivergence } from './sha-format-divergence.ts';
import { silentFallback } from './silent-fallback.ts';
import { stepUnknown } from './step-unknown.ts';
import { strictModeMissing } from './strict-mode-missing.ts';
import { tagRecomputedFromClock } from './tag-recomputed-from-clock.ts';
import { versionDerivedTwoWays } from './version-derived-two-ways.ts';

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
  emptyInputAccepted,
  mutableTagDeployed,
  shaFormatDivergence,
  silentFallback,
  tagRecomputedFromClock,
  versionDerivedTwoWays,
  deployDespiteFailedBuild,
  matrixOutputOverwritten,
  outputConditional,
  outputMayBeMasked,
  strictModeMissing,
];
