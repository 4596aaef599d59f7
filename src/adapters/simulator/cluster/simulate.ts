/**
 * A Kubernetes cluster in memory behind a real HTTP API on loopback, for the demo and for fast tests: what the production
 * adapters ask it, it answers as an API server does, and what they change, its controllers and kubelet act on.
 */
import type { Clock, IdSource } from '../../../clock.ts';
import { type AccessRule, createAccess, type Denial } from './access.ts';
import { createVerbs } from './api.ts';
import { createControllers, ownerOf } from './controllers.ts';
import { createEventWriter } from './events.ts';
import { createKubelet, isCrashing, type Pull, type Run } from './kubelet.ts';
import { type KubeObject, resourceOf } from './objects.ts';
import { startServer } from './server.ts';
import { syncEndpoints } from './services.ts';
import { createStore } from './store.ts';
import { createWorld, type World } from './world.ts';

export interface SimulatedClusterOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Asked for every image that a kubelet has not cached. */
  readonly pull: Pull;
  /** Asked at each start of a container; default: it runs. */
  readonly run?: Run;
  /** Context name in the kubeconfig; default `simulated`. */
  readonly name?: string;
  /** Default: a free one. */
  readonly port?: number;
}

export interface SimulatedCluster {
  readonly url: string;
  readonly world: World;
  /** YAML (JSON is YAML) of a kubeconfig; with rules: for a user who may do only this. */
  kubeconfig(user?: { readonly name: string; readonly rules: readonly AccessRule[] }): string;
  /** Nobody may do this any more, until `allowAll`. */
  deny(denial: Denial): void;
  allowAll(): void;
  /** `refuse`: connections are cut; a number: every answer has this status; undefined: over. */
  outage(kind: 'refuse' | number | undefined): void;
  close(): Promise<void>;
}

/** One loop that is still going after so many rounds would never end. */
const MAX_ROUNDS = 200;

export async function startSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { clock, ids, pull, name = 'simulated' } = options;
  const store = createStore(clock, ids);
  const access = createAccess();
  const { run = () => ({ ok: true }) } = options;
  const kubelet = createKubelet({ store, clock, pull, run, event: createEventWriter(store, clock) });
  const controllers = createControllers(store, ids);
  const running = new Set<Promise<void>>();

  function start(work: Promise<void>): void {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
    // `settle` reports it; without anybody settling it must not end the process.
    tracked.catch(() => undefined);
  }
  function syncPod(pod: KubeObject): void {
    start(
      kubelet.sync(pod).then(() => {
        changed(pod);
      }),
    );
  }
  /** Up to whatever has a controller: the pod's ReplicaSet, that one's Deployment. */
  function top(object: KubeObject): KubeObject {
    const owner = ownerOf(object);
    if (!owner || owner.kind === 'CronJob') return object;
    const namespace = object.metadata.namespace ?? '';
    const found = store.get({ resource: resourceOf(owner.kind), namespace, name: owner.name });
    return found ? top(found) : object;
  }
  function changed(object: KubeObject): void {
    const workload = top(object);
    for (const pod of controllers.reconcile(workload)) syncPod(pod);
  }

  const verbs = createVerbs(store, {
    changed(before, after) {
      const object = after ?? before;
      if (!object) return;
      if (object.kind === 'Pod' && !after) changed(object);
      else if (after && JSON.stringify(before?.spec) !== JSON.stringify(after.spec)) changed(after);
    },
  });
  const logs = (pod: KubeObject, container: string) => kubelet.log(pod, container);
  const server = await startServer({ verbs, access, logs }, options.port);

  async function settle(): Promise<void> {
    for (let round = 0; running.size > 0; round += 1) {
      if (round > MAX_ROUNDS) throw new Error('the simulated cluster does not come to rest');
      await Promise.all(running);
    }
    syncEndpoints(store);
  }
  function retryPulls(): void {
    for (const pod of store.list(resourceOf('Pod'))) {
      const stuck = pod.status?.phase === 'Pending' || pod.status?.containerStatuses?.some(isCrashing);
      if (stuck) syncPod(pod);
    }
  }
  const world = createWorld({
    store,
    clock,
    retryPulls,
    settle,
    changed: (object) => (object.kind === 'Pod' ? syncPod(object) : changed(object)),
  });

  return {
    url: server.url,
    world,
    kubeconfig: (user) => kubeconfigText(server.url, name, user && access.user(user.name, user.rules)),
    deny: access.deny,
    allowAll: access.allowAll,
    outage: access.outage,
    async close() {
      await server.close();
      await Promise.allSettled(running);
    },
  };
}

function kubeconfigText(server: string, name: string, token: string | undefined): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  });
}
