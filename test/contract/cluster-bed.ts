/** What the cluster suites run on: a real API server without kubelets, or the simulated one. */

import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { ClusterConnection } from '../../src/adapters/kubernetes/connect.ts';
import type { KubeObject } from '../../src/adapters/simulator/cluster/objects.ts';
import { randomId } from '../../src/clock.ts';
import type { ClusterReader } from '../../src/evidence/ports.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly namespace: string;
}

export interface ClusterBed {
  /** May do everything. */
  readonly admin: ClusterConnection;
  /** A service account that may do only this. */
  restricted(rules: readonly Rule[]): Promise<ClusterConnection>;
  /** Creates it with its status, as controllers and kubelets would have left it. */
  create(object: KubeObject): Promise<KubeObject>;
  stop(): Promise<void>;
}

export const signal = new AbortController().signal;
export const noMeter = { count: () => undefined };

/** A namespace of its own for each test. */
export async function newNamespace(bed: ClusterBed): Promise<string> {
  const name = `shop-${randomId().slice(0, 8)}`;
  await bed.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

const labels = { app: 'api' };

export function podObject(namespace: string, name: string, rest: Partial<KubeObject> = {}): KubeObject {
  const { metadata, spec, ...others } = rest;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...metadata },
    spec: { containers: [{ name: 'api', image: 'registry.example/team/api:v2' }], ...spec },
    ...others,
  };
}

/** Deployment, StatefulSet, DaemonSet or ReplicaSet of `api`. */
export function workloadObject(
  kind: string,
  namespace: string,
  name: string,
  rest: Partial<KubeObject> = {},
): KubeObject {
  const { metadata, spec, ...others } = rest;
  const image = 'registry.example/team/api:v2';
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels, ...metadata },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'api', image }] } },
      ...spec,
    },
    ...others,
  };
}

export function controlledBy(owner: KubeObject): KubeObject['metadata']['ownerReferences'] {
  const { name, uid = '' } = owner.metadata;
  return [{ apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true }];
}

const message = 'Back-off pulling image "registry.example/team/api:v2": ErrImagePull: not found';
/** The status of a pod that cannot pull. */
export const stuck = {
  phase: 'Pending',
  conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'unready: [api]' }],
  containerStatuses: [
    {
      name: 'api',
      image: 'registry.example/team/api:v2',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff', message } },
    },
  ],
};

/** What a suite asks: the bed and its reader for all tests, a namespace of its own for each. Read inside tests only. */
export function useBed(start: () => Promise<ClusterBed>): {
  readonly bed: ClusterBed;
  readonly reader: ClusterReader;
  readonly namespace: string;
} {
  let bed: ClusterBed | undefined;
  let reader: ClusterReader | undefined;
  let namespace: string | undefined;
  beforeAll(async () => {
    bed = await start();
    reader = bed.admin.reader(noMeter);
  });
  afterAll(async () => {
    await bed?.stop();
  });
  beforeEach(async () => {
    namespace = await newNamespace(started(bed));
  });
  return {
    get bed() {
      return started(bed);
    },
    get reader() {
      return started(reader);
    },
    get namespace() {
      return started(namespace);
    },
  };
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the bed is made before the first test');
  return value;
}
