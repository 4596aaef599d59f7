/** Causes on the registry's side. */
import type { CauseInfo } from '../cause.ts';

export const REGISTRY_CAUSES = {
  'rate-limited': {
    title: 'The registry limits how often it may be asked',
    family: 'registry',
    owner: 'platform',
    meaning:
      'Too many pulls from this address or account. On Docker Hub anonymous pulls of all nodes behind one address count together.',
    fix: 'Pull with an account, or through a cache. Do not restart pods: every retry counts.',
  },
  'registry-error': {
    title: 'The registry itself fails',
    family: 'registry',
    owner: 'registry owner',
    meaning:
      'The registry, or the mirror in front of it, answered with an error of its own, such as a 5xx or a full storage quota.',
    fix: 'Look at the vendor’s status page or at the registry’s own pods, storage and database. Restarting the pods does not help.',
  },
  'non-registry-response': {
    title: 'Something answered that is not a registry',
    family: 'registry',
    owner: 'platform',
    meaning: 'A web page came back instead of a manifest: a portal, a login page, a proxy, a wrong mirror or port.',
    fix: 'Find out what answers at that host and port; correct the mirror configuration of the node or the address in the reference.',
  },
  'source-blocked': {
    title: 'The registry refuses the address the request comes from',
    family: 'registry',
    owner: 'network',
    meaning: 'An allow list, region rule or endpoint policy blocks this source. The credentials are not the problem.',
    fix: 'Add the nodes’ outgoing address to the registry’s network rules, or use its private endpoint.',
  },
  'registry-down': {
    title: 'The in-cluster registry is down',
    family: 'registry',
    owner: 'registry owner',
    meaning: 'The reference points at a registry in this cluster, and no ready pod stands behind it.',
    fix: 'Get the registry’s workload running again: look at its pods, restarts and disk.',
  },
} as const satisfies Record<string, CauseInfo>;
