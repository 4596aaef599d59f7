/** Service accounts and Secrets: the chain from a pod to a credential. */
import { parseTime } from '../../../clock.ts';
import { managedBy } from '../../../evidence/managed-by.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { SecretSnapshot, ServiceAccountSnapshot } from '../../../evidence/snapshots.ts';
import { Sealed } from '../../../sealed.ts';
import type { KubeClient } from '../client.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../resources.ts';
import { Secret, ServiceAccount } from '../schema.ts';
import { identity, optional, secretNames } from './common.ts';
import { getOne } from './fetch.ts';

export async function readServiceAccount(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Observation<ServiceAccountSnapshot>> {
  const found = await getOne(client, { resource: SERVICE_ACCOUNTS, namespace, name }, ServiceAccount, signal);
  return mapObserved(found, ({ metadata, imagePullSecrets }) => ({
    name: metadata.name,
    imagePullSecrets: secretNames(imagePullSecrets),
  }));
}

export async function readSecret(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Observation<SecretSnapshot>> {
  const found = await getOne(client, { resource: SECRETS, namespace, name }, Secret, signal);
  return mapObserved(found, secretSnapshot);
}

/** Of the annotations only those that name a keeper are looked at: one of kubectl's repeats the whole content. */
export function secretSnapshot({ metadata, type, data }: Secret): SecretSnapshot {
  const { uid: _uid, ...named } = identity(metadata);
  const writes = (metadata.managedFields ?? []).map(({ time }) => parseTime(time)).filter((at) => at !== undefined);
  const keeper = managedBy({
    owners: metadata.ownerReferences ?? [],
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
  });
  return {
    ...named,
    type: type ?? 'Opaque',
    ...optional('updatedAt', writes.length === 0 ? undefined : Math.max(...writes)),
    ...optional('managedBy', keeper),
    data: Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, decoded(value)])),
  };
}

function decoded(base64: string): Sealed {
  return new Sealed(Buffer.from(base64, 'base64').toString('utf8'));
}
