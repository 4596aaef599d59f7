/** The list of remedies: one file each, one line here. */
import type { Remedy } from '../remedy.ts';
import { openFixPullRequest } from './open-fix-pull-request.ts';
import { openGitopsPullRequest } from './open-gitops-pull-request.ts';
import { rerunBuild } from './rerun-build.ts';
import { restartRollout } from './restart-rollout.ts';
import { rotatePullSecret } from './rotate-pull-secret.ts';
import { setImage } from './set-image.ts';

export const REMEDIES: readonly Remedy[] = [
  rotatePullSecret,
  setImage,
  openGitopsPullRequest,
  openFixPullRequest,
  rerunBuild,
  restartRollout,
];
