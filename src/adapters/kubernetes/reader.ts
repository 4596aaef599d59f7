/** The cluster as the diagnosis asks it. */
import type { ClusterReader } from '../../evidence/ports.ts';
import type { KubeClient } from './client.ts';
import { listEvents, listPodEvents } from './read/events.ts';
import { readGitOps } from './read/gitops.ts';
import { listJobs } from './read/jobs.ts';
import { readCrashLog } from './read/logs.ts';
import { listNamespaces } from './read/namespaces.ts';
import { listNetworkPolicies } from './read/network-policies.ts';
import { listNodes, readNode } from './read/nodes.ts';
import { listPods, readPod } from './read/pods.ts';
import { listRevisions } from './read/revisions.ts';
import { listSecretRows, listSecretsOfType } from './read/secret-list.ts';
import { readSecret, readServiceAccount } from './read/secrets.ts';
import { listEndpoints, listServices } from './read/services.ts';
import { listUnready } from './read/unready.ts';
import { readController, readWorkload } from './read/workloads.ts';

export function createReader(client: KubeClient): ClusterReader {
  return {
    cluster: client.cluster,
    pod: async (namespace, name, signal) => readPod(client, namespace, name, signal),
    pods: async (query, signal) => listPods(client, query, signal),
    unreadyPods: async (query, signal) => listUnready(client, query, signal),
    events: async (namespace, uid, signal) => listEvents(client, namespace, uid, signal),
    podEvents: async (namespace, name, signal) => listPodEvents(client, namespace, name, signal),
    workload: async (ref, signal) => readWorkload(client, ref, signal),
    controllerOf: async (ref, signal) => readController(client, ref, signal),
    revisions: async (workload, signal) => listRevisions(client, workload, signal),
    serviceAccount: async (namespace, name, signal) => readServiceAccount(client, namespace, name, signal),
    secret: async (namespace, name, signal) => readSecret(client, namespace, name, signal),
    secretRows: async (query, signal) => listSecretRows(client, query, signal),
    secretsOfType: async (query, signal) => listSecretsOfType(client, query, signal),
    services: async (query, signal) => listServices(client, query, signal),
    endpoints: async (namespace, service, signal) => listEndpoints(client, namespace, service, signal),
    networkPolicies: async (namespace, signal) => listNetworkPolicies(client, namespace, signal),
    jobs: async (query, signal) => listJobs(client, query, signal),
    gitOps: async (ref, signal) => readGitOps(client, ref, signal),
    namespaces: async (signal) => listNamespaces(client, signal),
    node: async (name, signal) => readNode(client, name, signal),
    nodes: async (signal) => listNodes(client, signal),
    crashLog: async (ref, signal) => readCrashLog(client, ref, signal),
  };
}
