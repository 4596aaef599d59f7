/** Kubernetes objects as the simulated API keeps them: the fields that it acts on are typed, all others are kept as they came. */
import { z } from 'zod';

const labels = z.record(z.string(), z.string()).optional();

const Owner = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().nullish(),
  labels,
  annotations: labels,
  ownerReferences: z.array(Owner).optional(),
});

const Container = z.looseObject({ name: z.string(), image: z.string(), imagePullPolicy: z.string().optional() });
export type Container = z.infer<typeof Container>;

const podFields = {
  containers: z.array(Container).optional(),
  initContainers: z.array(Container).optional(),
  imagePullSecrets: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  serviceAccountName: z.string().optional(),
  nodeName: z.string().optional(),
};
const Template = z.looseObject({
  metadata: z.looseObject({ labels, annotations: labels }).optional(),
  spec: z.looseObject(podFields).optional(),
});
export type Template = z.infer<typeof Template>;

const Spec = z.looseObject({
  ...podFields,
  replicas: z.number().optional(),
  selector: z.looseObject({ matchLabels: labels }).optional(),
  template: Template.optional(),
});

const ContainerStatus = z.looseObject({
  name: z.string(),
  ready: z.boolean().optional(),
  state: z.unknown().optional(),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;
const Status = z.looseObject({
  phase: z.string().optional(),
  containerStatuses: z.array(ContainerStatus).optional(),
  initContainerStatuses: z.array(ContainerStatus).optional(),
});

/** What a client may send; the server fills in the rest of the metadata. */
export const KubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: Metadata,
  spec: Spec.optional(),
  status: Status.optional(),
  type: z.string().optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
});
export type KubeObject = z.infer<typeof KubeObject>;
export type OwnerReference = z.infer<typeof Owner>;

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Absent: `v1`. */
  readonly version?: string;
}

function row(group: string, plural: string, kind: string, namespaced = true): Resource {
  return { group, plural, kind, namespaced };
}

/** What the simulated API serves. */
export const RESOURCES: readonly Resource[] = [
  row('', 'pods', 'Pod'),
  row('', 'events', 'Event'),
  row('', 'secrets', 'Secret'),
  row('', 'serviceaccounts', 'ServiceAccount'),
  row('', 'nodes', 'Node', false),
  row('', 'namespaces', 'Namespace', false),
  row('', 'services', 'Service'),
  row('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
  row('networking.k8s.io', 'networkpolicies', 'NetworkPolicy'),
  row('apps', 'deployments', 'Deployment'),
  row('apps', 'statefulsets', 'StatefulSet'),
  row('apps', 'daemonsets', 'DaemonSet'),
  row('apps', 'replicasets', 'ReplicaSet'),
  row('apps', 'controllerrevisions', 'ControllerRevision'),
  row('batch', 'jobs', 'Job'),
  row('batch', 'cronjobs', 'CronJob'),
  { ...row('argoproj.io', 'applications', 'Application'), version: 'v1alpha1' },
  row('kustomize.toolkit.fluxcd.io', 'kustomizations', 'Kustomization'),
  { ...row('helm.toolkit.fluxcd.io', 'helmreleases', 'HelmRelease'), version: 'v2' },
  row('source.toolkit.fluxcd.io', 'gitrepositories', 'GitRepository'),
];

export function resourceOf(kind: string): Resource {
  const found = RESOURCES.find((resource) => resource.kind === kind);
  if (!found) throw new Error(`the simulated API has no kind ${kind}`);
  return found;
}

export function apiVersionOf(resource: Resource): string {
  const version = resource.version ?? 'v1';
  return resource.group === '' ? version : `${resource.group}/${version}`;
}
