/** The list of remedies: one file each, one line here. */
import type { Remedy } from '../remedy.ts';
import { restartRollout } from './restart-rollout.ts';
import { rotatePullSecret } from './rotate-pull-secret.ts';

export const REMEDIES: readonly Remedy[] = [rotatePullSecret, restartRollout];
