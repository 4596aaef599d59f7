/** All checks. A new one is a file in this folder, a test and a line here. */
import type { Check } from '../check.ts';
import { blastRadius } from './blast-radius.ts';
import { buildJobSucceeded } from './build-job-succeeded.ts';
import { buildPushedTag } from './build-pushed-tag.ts';
import { containerHealthy } from './container-healthy.ts';
import { manifestLocated } from './manifest-located.ts';
import { platformFitsNodes } from './platform-fits-nodes.ts';
import { pullError } from './pull-error.ts';
import { pullSecretCoversRegistry } from './pull-secret-covers-registry.ts';
import { referenceShape } from './reference-shape.ts';
import { registryAcceptsCredential } from './registry-accepts-credential.ts';
import { registryInCluster } from './registry-in-cluster.ts';
import { registryReachable } from './registry-reachable.ts';
import { runningImageCurrent } from './running-image-current.ts';
import { tagExists } from './tag-exists.ts';
import { whatChanged } from './what-changed.ts';

export const CHECKS: readonly Check[] = [
  blastRadius,
  buildJobSucceeded,
  buildPushedTag,
  containerHealthy,
  manifestLocated,
  platformFitsNodes,
  pullError,
  pullSecretCoversRegistry,
  referenceShape,
  registryAcceptsCredential,
  registryInCluster,
  registryReachable,
  runningImageCurrent,
  tagExists,
  whatChanged,
];

/** The check of this id; undefined when there is none. */
export function findCheck(id: string): Check | undefined {
  return CHECKS.find((check) => check.id === id);
}
