/** Where each kind lives in the API. */
import type { GitOpsKind } from '../../evidence/gitops.ts';
import type { Permission } from '../../evidence/observation.ts';
import type { WorkloadKind } from '../../target/target.ts';

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural as RBAC names it, with the sub-resource where there is one: `pods`, `pods/log`. */
  readonly plural: string;
}

function core(plural: string): Resource {
  return { group: '', version: 'v1', plural };
}
function apps(plural: string): Resource {
  return { group: 'apps', version: 'v1', plural };
}
function batch(plural: string): Resource {
  return { group: 'batch', version: 'v1', plural };
}

export const PODS = core('pods');
export const POD_LOGS = core('pods/log');
export const EVENTS = core('events');
export const SECRETS = core('secrets');
export const SERVICE_ACCOUNTS = core('serviceaccounts');
export const NODES = core('nodes');
export const NAMESPACES = core('namespaces');
export const SERVICES = core('services');
export const ENDPOINT_SLICES: Resource = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };
export const NETWORK_POLICIES: Resource = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
/** Argo CD's and Flux's own kinds, in the version that each serves since it is stable. */
export const GITOPS: Readonly<Record<GitOpsKind, Resource>> = {
  Application: { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' },
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations' },
  HelmRelease: { group: 'helm.toolkit.fluxcd.io', version: 'v2', plural: 'helmreleases' },
  GitRepository: { group: 'source.toolkit.fluxcd.io', version: 'v1', plural: 'gitrepositories' },
};
/** A kind that not every cluster has. */
export function isCustom({ group }: Resource): boolean {
  return Object.values(GITOPS).some((one) => one.group === group);
}

export const CONTROLLER_REVISIONS = apps('controllerrevisions');

export const WORKLOADS: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: apps('deployments'),
  StatefulSet: apps('statefulsets'),
  DaemonSet: apps('daemonsets'),
  ReplicaSet: apps('replicasets'),
  Job: batch('jobs'),
  CronJob: batch('cronjobs'),
};

export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return Object.hasOwn(WORKLOADS, kind);
}

/** One request, in the words of RBAC: the URL and the right it needs both follow from it. */
export interface Ask {
  readonly resource: Resource;
  readonly verb: 'get' | 'list' | 'patch' | 'create' | 'delete';
  readonly namespace?: string;
  readonly name?: string;
}

/** `/apis/apps/v1/namespaces/NS/deployments/NAME`. Names are checked by `isName` before. */
export function pathOf({ resource, namespace, name }: Ask): string {
  const [plural = '', sub] = resource.plural.split('/');
  const parts = [
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`,
    namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`,
    `/${plural}`,
    name === undefined ? '' : `/${encodeURIComponent(name)}`,
    sub === undefined ? '' : `/${sub}`,
  ];
  return parts.join('');
}

export function permissionOf({ resource, verb, namespace }: Ask): Permission {
  const permission = { verb, apiGroup: resource.group, resource: resource.plural };
  return namespace === undefined ? permission : { ...permission, namespace };
}

/** Could an object have this name? An empty or dotted one would change which URL is asked. */
export function isName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253;
}
