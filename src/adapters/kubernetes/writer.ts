/** Writes to one cluster: every verb one precondition, `dry-run` the API server's own. */
import type { ClusterWriter, SecretContent, WriteResult } from '../../remediation/ports.ts';
import { kubectlName, type WorkloadKind, type WorkloadRef } from '../../target/target.ts';
import type { KubeClient } from './client.ts';
import { type Ask, PODS, SECRETS, WORKLOADS } from './resources.ts';
import { Workload } from './schema.ts';
import { DELETE_OPTIONS, refused, write } from './write.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE = 'application/strategic-merge-patch+json';
const RESTARTABLE: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

export function createWriter(client: KubeClient): ClusterWriter {
  return {
    restartWorkload: async (...args) => restartWorkload(client, ...args),
    setImage: async (...args) => setImage(client, ...args),

    /** A merge patch: labels, owners and keys that are not named stay; `type` makes the API server refuse another one. */
    async updateSecret(secret, resourceVersion, mode, signal) {
      const { namespace, name } = secret;
      const body = manifest(secret, { resourceVersion });
      const ask = { resource: SECRETS, verb: 'patch', namespace, name } as const;
      const content = { body, contentType: MERGE_PATCH };
      return write(client, { ask, object: `secret/${name}`, content, receipt: 'patch' }, mode, signal);
    },

    async createSecret(secret, mode, signal) {
      const { namespace, name } = secret;
      const body = { apiVersion: 'v1', kind: 'Secret', ...manifest(secret, { name, namespace }) };
      const ask = { resource: SECRETS, verb: 'create', namespace } as const;
      return write(client, { ask, object: `secret/${name}`, content: { body }, receipt: 'create' }, mode, signal);
    },

    async deleteSecret(namespace, name, mode, signal) {
      const ask = { resource: SECRETS, verb: 'delete', namespace, name } as const;
      return write(client, { ask, object: `secret/${name}`, content: {}, receipt: 'delete' }, mode, signal);
    },

    deletePod: async (...args) => deletePod(client, ...args),
  };
}

async function restartWorkload(
  client: KubeClient,
  ...[workload, resourceVersion, at, mode, signal]: Parameters<ClusterWriter['restartWorkload']>
): Promise<WriteResult> {
  const object = kubectlName(workload);
  if (!RESTARTABLE.includes(workload.kind)) {
    return { kind: 'failed', reason: `${object}: only a Deployment, StatefulSet or DaemonSet can be restarted` };
  }
  const stop = await pausedOrChanged(client, workload, resourceVersion, signal);
  if (stop) return stop;
  const { namespace, name } = workload;
  const body = {
    metadata: { resourceVersion },
    spec: { template: { metadata: { annotations: { [RESTARTED_AT]: at } } } },
  };
  const ask = { resource: WORKLOADS[workload.kind], verb: 'patch', namespace, name } as const;
  const content = { body, contentType: MERGE_PATCH };
  return write(client, { ask, object, content, receipt: 'patch' }, mode, signal);
}

/** A strategic merge finds the container by its name: with a merge patch the whole list would have to be sent. */
async function setImage(
  client: KubeClient,
  ...[workload, { container, role, image }, resourceVersion, mode, signal]: Parameters<ClusterWriter['setImage']>
): Promise<WriteResult> {
  const object = kubectlName(workload);
  if (!RESTARTABLE.includes(workload.kind)) {
    return { kind: 'failed', reason: `${object}: only a Deployment, StatefulSet or DaemonSet rolls out another image` };
  }
  const { namespace, name } = workload;
  const list = role === 'init' ? 'initContainers' : 'containers';
  const body = {
    metadata: { resourceVersion },
    spec: { template: { spec: { [list]: [{ name: container, image }] } } },
  };
  const ask = { resource: WORKLOADS[workload.kind], verb: 'patch', namespace, name } as const;
  return write(
    client,
    { ask, object, content: { body, contentType: STRATEGIC_MERGE }, receipt: 'patch' },
    mode,
    signal,
  );
}

async function deletePod(
  client: KubeClient,
  ...[namespace, name, uid, mode, signal]: Parameters<ClusterWriter['deletePod']>
): Promise<WriteResult> {
  const ask = { resource: PODS, verb: 'delete', namespace, name } as const;
  const content = { body: { ...DELETE_OPTIONS, preconditions: { uid } } };
  return write(client, { ask, object: `pod/${name}`, content, receipt: 'delete' }, mode, signal);
}

function manifest(secret: SecretContent, metadata: Readonly<Record<string, string>>) {
  const data = Object.entries(secret.data).map(([key, value]) => [key, Buffer.from(value.reveal()).toString('base64')]);
  return {
    metadata: { ...metadata, ...(secret.annotations ? { annotations: secret.annotations } : {}) },
    type: secret.type,
    data: Object.fromEntries(data),
  };
}

/**
 * The API server would take the annotation of a paused Deployment and restart nothing; kubectl refuses, and so do we. The
 * version read here is the version that the patch demands, so nobody can pause it in between.
 */
async function pausedOrChanged(
  client: KubeClient,
  workload: WorkloadRef & { readonly namespace: string },
  resourceVersion: string,
  signal: AbortSignal,
): Promise<WriteResult | undefined> {
  if (workload.kind !== 'Deployment') return undefined;
  const object = kubectlName(workload);
  const ask: Ask = { resource: WORKLOADS.Deployment, verb: 'get', namespace: workload.namespace, name: workload.name };
  const answer = await client.send(ask, {}, signal);
  if (answer.kind !== 'ok') return refused(answer, ask, object);
  const live = Workload.safeParse(answer.body);
  if (!live.success) return { kind: 'failed', reason: `${object}: the API server's answer cannot be understood` };
  if (live.data.metadata.resourceVersion !== resourceVersion) {
    return { kind: 'changed', reason: `${object} changed since it was read` };
  }
  if (!live.data.spec?.paused) return undefined;
  return { kind: 'failed', reason: `${object} is paused: resume it first (kubectl rollout resume ${object})` };
}
