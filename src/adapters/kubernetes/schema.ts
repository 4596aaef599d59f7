/**
 * What the API server writes, as far as it is read here. Go writes null for an empty pointer, list, map or time, and newer
 * servers write words we do not know: nothing but a name is required, no value is an enum.
 */
import { z } from 'zod';

const text = z.string().nullish();
const count = z.number().nullish();
const flag = z.boolean().nullish();
const map = z.record(z.string(), z.string()).nullish();

function list<T extends z.ZodType>(item: T) {
  return z.array(item).nullish();
}

export const Status = z.object({
  kind: z.literal('Status'),
  reason: text,
  message: text,
  code: count,
});

const Owner = z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: flag });

export const Metadata = z.object({
  name: z.string(),
  namespace: text,
  uid: text,
  resourceVersion: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: map,
  annotations: map,
  ownerReferences: list(Owner),
});
export type Metadata = z.infer<typeof Metadata>;

/** A page of anything. */
export const Page = z.object({
  items: z.array(z.unknown()).nullish(),
  metadata: z.object({ continue: text }).nullish(),
});

const Container = z.object({
  name: z.string(),
  image: text,
  imagePullPolicy: text,
  ports: list(z.object({ name: text, containerPort: z.number(), hostPort: count })),
  resources: z.object({ limits: z.object({ memory: text }).nullish() }).nullish(),
});
const PodSpec = z.object({
  initContainers: list(Container),
  containers: list(Container),
  serviceAccountName: text,
  imagePullSecrets: list(z.object({ name: text })),
});
export const Template = z.object({ metadata: z.object({ labels: map }).nullish(), spec: PodSpec.nullish() });
export type Template = z.infer<typeof Template>;

const Terminated = z.object({ exitCode: count, reason: text, message: text });
const State = z.object({
  waiting: z.object({ reason: text, message: text }).nullish(),
  running: z.object({ startedAt: text }).nullish(),
  terminated: Terminated.nullish(),
});
const ContainerStatus = z.object({
  name: z.string(),
  state: State.nullish(),
  lastState: State.nullish(),
  ready: flag,
  restartCount: count,
  imageID: text,
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;
const Condition = z.object({ type: z.string(), status: text, reason: text, message: text });

const NodeRequirement = z.object({ key: text, operator: text, values: list(z.string()) });

/** Only what the scheduler must keep to; preferences decide nothing. */
const Affinity = z
  .object({
    nodeAffinity: z
      .object({
        requiredDuringSchedulingIgnoredDuringExecution: z
          .object({
            nodeSelectorTerms: list(
              z.object({ matchExpressions: list(NodeRequirement), matchFields: list(NodeRequirement) }),
            ),
          })
          .nullish(),
      })
      .nullish(),
  })
  .nullish();

export const Pod = z.object({
  metadata: Metadata,
  spec: PodSpec.extend({
    ephemeralContainers: list(Container),
    nodeName: text,
    hostNetwork: flag,
    nodeSelector: z.record(z.string(), z.string()).nullish(),
    tolerations: list(z.object({ key: text, operator: text, value: text, effect: text })),
    affinity: Affinity,
  }).nullish(),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      hostIP: text,
      conditions: list(Condition),
      initContainerStatuses: list(ContainerStatus),
      containerStatuses: list(ContainerStatus),
      ephemeralContainerStatuses: list(ContainerStatus),
    })
    .nullish(),
});
export type Pod = z.infer<typeof Pod>;

export const Event = z.object({
  metadata: z.object({ creationTimestamp: text }),
  involvedObject: z.object({ fieldPath: text, uid: text }).nullish(),
  type: text,
  reason: text,
  message: text,
  count,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  series: z.object({ count, lastObservedTime: text }).nullish(),
});
export type Event = z.infer<typeof Event>;

const Selector = z.object({
  matchLabels: map,
  matchExpressions: list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })),
});
export type Selector = z.infer<typeof Selector>;

/** Deployment, StatefulSet, DaemonSet, ReplicaSet, Job and CronJob at once: their fields do not contradict each other. */
export const Workload = z.object({
  metadata: Metadata,
  spec: z
    .object({
      replicas: count,
      parallelism: count,
      paused: flag,
      suspend: flag,
      selector: Selector.nullish(),
      template: Template.nullish(),
      jobTemplate: z.object({ spec: z.object({ template: Template.nullish() }).nullish() }).nullish(),
    })
    .nullish(),
  status: z
    .object({
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      ready: count,
      // A number in a Job, a list in a CronJob.
      active: z.union([z.number(), z.array(z.unknown())]).nullish(),
      conditions: list(Condition),
    })
    .nullish(),
});
export type Workload = z.infer<typeof Workload>;

export const ControllerRevision = z.object({
  metadata: Metadata,
  revision: count,
  data: z.object({ spec: z.object({ template: Template.nullish() }).nullish() }).nullish(),
});
export type ControllerRevision = z.infer<typeof ControllerRevision>;

export const ServiceAccount = z.object({
  metadata: Metadata,
  imagePullSecrets: list(z.object({ name: text })),
});

export const Secret = z.object({
  metadata: Metadata.extend({ managedFields: list(z.object({ time: text })) }),
  type: text,
  data: map,
});
export type Secret = z.infer<typeof Secret>;

export const Node = z.object({
  metadata: Metadata,
  spec: z.object({ taints: list(z.object({ key: text, value: text, effect: text })) }).nullish(),
  status: z
    .object({
      nodeInfo: z
        .object({
          operatingSystem: text,
          architecture: text,
          kernelVersion: text,
          containerRuntimeVersion: text,
          kubeletVersion: text,
        })
        .nullish(),
      conditions: list(Condition),
    })
    .nullish(),
});

export type Node = z.infer<typeof Node>;

/** What a write gives back: the object, or (deleting) a Status. */
export const Written = z.object({ metadata: z.object({ resourceVersion: text }).nullish() });

/** undefined: the text is not JSON, so it was no API server that spoke. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
