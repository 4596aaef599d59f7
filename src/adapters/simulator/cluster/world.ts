/** What stands in the simulated cluster, told in a line each; every builder gives its world time to settle. */
import type { Clock } from '../../../clock.ts';
import { apiVersionOf, type KubeObject, resourceOf } from './objects.ts';
import { type ServicePlan, serviceObject, syncEndpoints, withContainers } from './services.ts';
import type { ObjectStore } from './store.ts';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

interface WorkloadPlan extends Named {
  readonly image: string;
  /** Default: the workload's name. */
  readonly container?: string;
  readonly replicas?: number;
  readonly imagePullSecrets?: readonly string[];
  readonly serviceAccount?: string;
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly initImage?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly paused?: boolean;
}

export interface World {
  node(plan: {
    readonly name: string;
    readonly arch?: string;
    readonly os?: string;
    readonly runtime?: string;
  }): KubeObject;
  serviceAccount(plan: Named & { readonly imagePullSecrets?: readonly string[] }): KubeObject;
  /** `data`: key -> text, encoded here. */
  secret(plan: Named & { readonly type?: string; readonly data: Readonly<Record<string, string>> }): KubeObject;
  pullSecret(
    plan: Named & { readonly registry: string; readonly username: string; readonly password: string },
  ): KubeObject;
  deployment(plan: WorkloadPlan): Promise<KubeObject>;
  statefulSet(plan: WorkloadPlan): Promise<KubeObject>;
  daemonSet(plan: WorkloadPlan): Promise<KubeObject>;
  job(plan: WorkloadPlan): Promise<KubeObject>;
  cronJob(plan: WorkloadPlan & { readonly schedule?: string }): Promise<KubeObject>;
  /** A pod that nothing owns. */
  pod(plan: WorkloadPlan): Promise<KubeObject>;
  /** A rollout to another image, as `kubectl set image` starts one. */
  setImage(at: Named & { readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' }, image: string): Promise<void>;
  /** A Service; its endpoints follow its pods. */
  service(plan: ServicePlan): KubeObject;
  /** The containers of all pods with this `app` label end like this, or (`undefined`) run again. */
  containersEnded(
    at: { readonly namespace: string; readonly app: string },
    ended: { readonly reason: string; readonly exitCode: number } | undefined,
  ): void;
  /** The kubelets try every stuck image and every crashing container again, as they do within 5 minutes. */
  retryPulls(): Promise<void>;
  /** Resolves when nothing is being pulled or rolled out any more. */
  settle(): Promise<void>;
  /** Any object as it is, without any controller looking at it. */
  put(object: KubeObject): KubeObject;
  get(kind: string, namespace: string, name: string): KubeObject | undefined;
  list(kind: string, namespace?: string): readonly KubeObject[];
}

/** What the world needs of the running simulation. */
export interface Engine {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** The object was made or changed by a person. */
  readonly changed: (object: KubeObject) => void;
  readonly retryPulls: () => void;
  readonly settle: () => Promise<void>;
}

export function createWorld({ store, clock, changed, retryPulls, settle }: Engine): World {
  function put(kind: string, { namespace, name }: { namespace?: string; name: string }, rest: object): KubeObject {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const object = { apiVersion: apiVersionOf(resourceOf(kind)), kind, metadata, ...rest };
    return store.put(object);
  }
  function current(object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    return store.get({ resource: resourceOf(object.kind), namespace, name }) ?? object;
  }
  async function run(object: KubeObject): Promise<KubeObject> {
    changed(object);
    await settle();
    return current(object);
  }
  async function workload(kind: string, plan: WorkloadPlan): Promise<KubeObject> {
    const labels = { app: plan.name, ...plan.labels };
    const object = put(kind, plan, {
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas: plan.replicas ?? 1 }),
        ...(plan.paused === undefined ? {} : { paused: plan.paused }),
        selector: { matchLabels: { app: plan.name } },
        template: { metadata: { labels }, spec: podSpec(plan) },
      },
    });
    const { annotations } = plan;
    return run(annotations ? store.put({ ...object, metadata: { ...object.metadata, annotations } }) : object);
  }
  async function job(plan: WorkloadPlan, owner?: KubeObject): Promise<KubeObject> {
    const object = put('Job', plan, {
      spec: {
        parallelism: 1,
        selector: { matchLabels: { 'batch.kubernetes.io/job-name': plan.name } },
        template: { metadata: { labels: { app: plan.name, ...plan.labels } }, spec: podSpec(plan) },
      },
    });
    if (!owner) return run(object);
    const { name, uid = '' } = owner.metadata;
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }];
    return run(store.put({ ...object, metadata: { ...object.metadata, ownerReferences } }));
  }

  return {
    node: ({ name, arch = 'amd64', os = 'linux', runtime = 'containerd://2.4.2' }) =>
      put(
        'Node',
        { name },
        {
          status: {
            nodeInfo: {
              architecture: arch,
              operatingSystem: os,
              containerRuntimeVersion: runtime,
              kubeletVersion: 'v1.36.3',
            },
            conditions: [
              { type: 'MemoryPressure', status: 'False' },
              { type: 'DiskPressure', status: 'False' },
              { type: 'Ready', status: 'True' },
            ],
          },
        },
      ),
    serviceAccount: ({ imagePullSecrets = [], ...at }) =>
      put('ServiceAccount', at, { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    secret: ({ type = 'Opaque', data, ...at }) => put('Secret', at, { type, data: encoded(data) }),
    pullSecret: ({ registry, username, password, ...at }) => {
      const auth = Buffer.from(`${username}:${password}`).toString('base64');
      const config = JSON.stringify({ auths: { [registry]: { username, password, auth } } });
      return put('Secret', at, {
        type: 'kubernetes.io/dockerconfigjson',
        data: encoded({ '.dockerconfigjson': config }),
      });
    },
    deployment: async (plan) => workload('Deployment', plan),
    statefulSet: async (plan) => workload('StatefulSet', plan),
    daemonSet: async (plan) => workload('DaemonSet', plan),
    job: async (plan) => job(plan),
    async cronJob({ schedule = '*/5 * * * *', ...plan }) {
      const labels = { app: plan.name, ...plan.labels };
      const template = { metadata: { labels }, spec: podSpec(plan) };
      const owner = put('CronJob', plan, { spec: { schedule, jobTemplate: { spec: { template } } } });
      await job({ ...plan, name: `${plan.name}-29384720`, labels }, owner);
      return current(owner);
    },
    pod: async (plan) => {
      const object = put('Pod', plan, { spec: podSpec(plan), status: { phase: 'Pending' } });
      return run(
        store.put({ ...object, metadata: { ...object.metadata, labels: { app: plan.name, ...plan.labels } } }),
      );
    },
    async setImage({ kind, namespace, name }, image) {
      const found = store.get({ resource: resourceOf(kind), namespace, name });
      if (!found) throw new Error(`the simulated cluster has no ${kind} ${namespace}/${name}`);
      const next = structuredClone(found);
      const [first] = next.spec?.template?.spec?.containers ?? [];
      if (first) first.image = image;
      await run(store.put(next));
    },
    service(plan) {
      const made = store.put(serviceObject(plan));
      syncEndpoints(store);
      return made;
    },
    containersEnded({ namespace, app }, ended) {
      const pods = store.list(resourceOf('Pod'), namespace).filter(({ metadata }) => metadata.labels?.['app'] === app);
      for (const pod of pods) store.put(withContainers(pod, ended, clock));
      syncEndpoints(store);
    },
    async retryPulls() {
      retryPulls();
      await settle();
    },
    settle,
    put: (object) => store.put(object),
    get: (kind, namespace, name) => store.get({ resource: resourceOf(kind), namespace, name }),
    list: (kind, namespace) => store.list(resourceOf(kind), namespace),
  };
}

function encoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
}

function podSpec(plan: WorkloadPlan) {
  const policy = plan.pullPolicy === undefined ? {} : { imagePullPolicy: plan.pullPolicy };
  return {
    ...(plan.initImage === undefined ? {} : { initContainers: [{ name: 'init', image: plan.initImage, ...policy }] }),
    containers: [{ name: plan.container ?? plan.name, image: plan.image, ...policy }],
    ...(plan.imagePullSecrets ? { imagePullSecrets: plan.imagePullSecrets.map((name) => ({ name })) } : {}),
    serviceAccountName: plan.serviceAccount ?? 'default',
    ...(plan.node === undefined ? {} : { nodeName: plan.node }),
  };
}
