/** The evidence about an image that no pod runs yet: what a new pod of a service account would bring, and nothing that only a pod has. */
import { parseReference } from '../image/reference.ts';
import { type Collector, defineCollector } from './collector.ts';
import { COLLECTORS, type Collectors } from './collectors/index.ts';
import { lookUp } from './collectors/keyring.ts';
import { readSecrets } from './collectors/pull-secrets.ts';
import type { AttachedSecret, EvidenceKind } from './evidence.ts';
import { blockedBy, notCollected, observed } from './observation.ts';

const NO_POD = notCollected('there is no pod yet');

/** What is asked as for any pod: it follows from the image, its credentials and the cluster. */
const SHARED = new Set<EvidenceKind>([
  'registryAccess',
  'tags',
  'tagDetails',
  'elsewhere',
  'buildTrace',
  'buildJobs',
  'nodes',
  'unattachedSecrets',
  'registryService',
]);

/** Admission copies the account's list into a pod that has none of its own: those are a new pod's pull secrets. */
export function imageCollectors(image: string, account: string): Collectors {
  const without = Object.fromEntries(
    (Object.keys(COLLECTORS) as EvidenceKind[])
      .filter((kind) => !SHARED.has(kind))
      .map((kind): [EvidenceKind, Collector<EvidenceKind>] => [kind, { kind, needs: [], collect: async () => NO_POD }]),
  );
  return {
    ...COLLECTORS,
    ...without,
    reference: defineCollector({ kind: 'reference', needs: [], collect: async () => observed(parseReference(image)) }),
    serviceAccount: defineCollector({
      kind: 'serviceAccount',
      needs: [],
      collect: (_read, { cluster, signal }, { namespace }) => cluster.serviceAccount(namespace, account, signal),
    }),
    pullSecrets: defineCollector({
      kind: 'pullSecrets',
      needs: ['serviceAccount'],
      collect: async (read, outside, { namespace }) => {
        const seen = await read('serviceAccount');
        if (seen.status !== 'observed') return blockedBy('the service account', seen);
        const secrets = await readSecrets(seen.value.imagePullSecrets, namespace, outside);
        return observed(secrets.map((one): AttachedSecret => ({ ...one, via: 'service-account' })));
      },
    }),
    keyring: defineCollector({
      kind: 'keyring',
      needs: ['pullSecrets'],
      collect: async (read) => {
        const secrets = await read('pullSecrets');
        return secrets.status === 'observed' ? lookUp(image, secrets.value) : blockedBy('the pull secrets', secrets);
      },
    }),
  };
}
