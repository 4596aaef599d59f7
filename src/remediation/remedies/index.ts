/** The list of remedies: one file each, one line here. */
import type { Remedy } from '../remedy.ts';
import { restartRollout } from './restart-rollout.ts';
import { rotatePullSecret } from './rotate-pull-secret.ts';
import { setImage } from './set-image.ts';

export const REMEDIES: readonly Remedy[] = [rotatePullSecret, setImage, restartRollout];
