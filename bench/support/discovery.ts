/** What kubectl asks of an API server before anything else: the kinds that it serves. The simulated API does not tell them. */
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

function kinds(
  groupVersion: string,
  rows: Readonly<Record<string, string>>,
  clusterWide: readonly string[] = [],
): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: Object.entries(rows).map(([name, kind]) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced: !clusterWide.includes(name),
      kind,
      verbs,
    })),
  };
}

const apps = { groupVersion: 'apps/v1', version: 'v1' };

/** Path -> answer. */
export const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [{ name: 'apps', versions: [apps], preferredVersion: apps }],
  },
  '/api/v1': kinds(
    'v1',
    {
      pods: 'Pod',
      events: 'Event',
      nodes: 'Node',
      namespaces: 'Namespace',
      secrets: 'Secret',
      serviceaccounts: 'ServiceAccount',
    },
    ['nodes', 'namespaces'],
  ),
  '/apis/apps/v1': kinds('apps/v1', { deployments: 'Deployment', replicasets: 'ReplicaSet' }),
};
