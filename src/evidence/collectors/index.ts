/** All collectors, one per evidence kind; a kind without one does not compile. */
import type { Collector } from '../collector.ts';
import type { EvidenceKind } from '../evidence.ts';
import { buildJobs } from './build-jobs.ts';
import { buildTrace } from './build-trace.ts';
import { container } from './container.ts';
import { crashLogs } from './crash-logs.ts';
import { elsewhere } from './elsewhere.ts';
import { events } from './events.ts';
import { gitopsSource } from './gitops-source.ts';
import { keyring } from './keyring.ts';
import { landing } from './landing.ts';
import { node } from './node.ts';
import { nodes } from './nodes.ts';
import { pod } from './pod.ts';
import { pullFailure } from './pull-failure.ts';
import { pullSecrets } from './pull-secrets.ts';
import { reference } from './reference.ts';
import { registryAccess } from './registry-access.ts';
import { registryService } from './registry-service.ts';
import { revisions } from './revisions.ts';
import { runningImage } from './running-image.ts';
import { scope } from './scope.ts';
import { serviceAccount } from './service-account.ts';
import { tagDetails } from './tag-details.ts';
import { tags } from './tags.ts';
import { unattachedSecrets } from './unattached-secrets.ts';
import { workload } from './workload.ts';

export type Collectors = { readonly [K in EvidenceKind]: Collector<K> };

export const COLLECTORS: Collectors = {
  pod,
  container,
  events,
  pullFailure,
  workload,
  revisions,
  node,
  nodes,
  landing,
  scope,
  reference,
  serviceAccount,
  pullSecrets,
  keyring,
  unattachedSecrets,
  registryAccess,
  tags,
  tagDetails,
  elsewhere,
  buildTrace,
  buildJobs,
  gitopsSource,
  registryService,
  runningImage,
  crashLogs,
};
