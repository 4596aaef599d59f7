/** The simulated kubelet: pulls each container's image through a callback and writes statuses and events as a real one does. */
import { type Clock, formatTime } from '../../../clock.ts';
import { Sealed } from '../../../sealed.ts';
import type { EventWriter } from './events.ts';
import { type Container, type ContainerStatus, type KubeObject, resourceOf } from './objects.ts';
import { type ObjectStore, placeOf } from './store.ts';

/** One pull: what the kubelet would hand to the runtime. */
export interface PullRequest {
  readonly image: string;
  readonly namespace: string;
  readonly node: string;
  /** The pod's existing pull secrets in order, key -> decoded value. */
  readonly secrets: readonly {
    readonly name: string;
    readonly type: string;
    readonly data: Readonly<Record<string, Sealed>>;
  }[];
}

/** `message` is the runtime's, without the kubelet's words around it (see `runtimeTexts`). `digest`: `sha256:…`. */
type PullOutcome = { readonly ok: true; readonly digest?: string } | { readonly ok: false; readonly message: string };

export type Pull = (request: PullRequest) => Promise<PullOutcome> | PullOutcome;

/** One start: what the runtime would be handed. `digest` is of what the node holds, which may be older than what the tag means. */
export interface RunRequest {
  readonly image: string;
  readonly digest: string;
  readonly container: string;
  readonly node: string;
}

/** It runs, or it ends at once and leaves these lines in its log. */
export type RunOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly exitCode: number; readonly reason?: string; readonly log: readonly string[] };

export type Run = (request: RunRequest) => RunOutcome;

export interface Kubelet {
  /** One try for every container that does not run yet; resolves when its status is written. */
  sync(pod: KubeObject): Promise<void>;
  /** What a container that ended has printed; undefined: it has not ended. */
  log(pod: KubeObject, container: string): readonly string[] | undefined;
}

export interface KubeletParts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly event: EventWriter;
  readonly pull: Pull;
  readonly run: Run;
}

export function createKubelet({ store, clock, event, pull, run }: KubeletParts): Kubelet {
  /** `node image` -> digest of what its disk holds: a cached image needs no registry under IfNotPresent. */
  const present = new Map<string, string>();
  /** `uid container` -> the log of its last run that ended. */
  const logs = new Map<string, readonly string[]>();

  function live(pod: KubeObject): KubeObject | undefined {
    const now = store.get(placeOf(pod));
    return now?.metadata.uid === pod.metadata.uid ? now : undefined;
  }

  function secretsOf(pod: KubeObject): PullRequest['secrets'] {
    const { namespace = '' } = pod.metadata;
    return (pod.spec?.imagePullSecrets ?? []).flatMap(({ name = '' }) => {
      const secret = store.get({ resource: resourceOf('Secret'), namespace, name });
      if (!secret) return [];
      const data = Object.entries(secret.data ?? {}).map(([key, value]) => [
        key,
        new Sealed(Buffer.from(String(value), 'base64').toString('utf8')),
      ]);
      return [{ name, type: secret.type ?? 'Opaque', data: Object.fromEntries(data) }];
    });
  }

  async function start(pod: KubeObject, container: Container, fieldPath: string): Promise<ContainerStatus> {
    const { image, name } = container;
    const node = pod.spec?.nodeName ?? '';
    const key = `${node} ${image}`;
    const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      event(pod, { type, reason, message, fieldPath });
    if (policyOf(container) === 'IfNotPresent' && present.has(key)) {
      say('Normal', 'Pulled', `Container image "${image}" already present on machine`);
    } else {
      say('Normal', 'Pulling', `Pulling image "${image}"`);
      const outcome = await pull({ image, node, namespace: pod.metadata.namespace ?? '', secrets: secretsOf(pod) });
      if (!outcome.ok) {
        say('Warning', 'Failed', `Failed to pull image "${image}": ${outcome.message}`);
        say('Warning', 'Failed', 'Error: ErrImagePull');
        say('Normal', 'BackOff', `Back-off pulling image "${image}"`);
        say('Warning', 'Failed', 'Error: ImagePullBackOff');
        const message = `Back-off pulling image "${image}": ErrImagePull: ${outcome.message}`;
        return waiting(container, 'ImagePullBackOff', message);
      }
      present.set(key, outcome.digest ?? `sha256:${'0'.repeat(64)}`);
      say('Normal', 'Pulled', `Successfully pulled image "${image}" in 412ms (412ms including waiting).`);
    }
    say('Normal', 'Started', 'Container started');
    const repository = image.replace(/@.*$/, '').replace(/:[^/:]+$/, '');
    const digest = present.get(key) ?? '';
    const common = { name, image, imageID: `${repository}@${digest}` };
    const outcome = run({ image, digest, container: name, node });
    const restartCount = restartsOf(pod, name) + (outcome.ok ? 0 : 1);
    if (outcome.ok) {
      const state = { running: { startedAt: `${formatTime(clock.now()).slice(0, 19)}Z` } };
      return { ...common, ready: true, restartCount, state };
    }
    const { exitCode, reason = 'Error', log } = outcome;
    logs.set(`${pod.metadata.uid ?? ''} ${name}`, log);
    const message = `back-off 10s restarting failed container=${name} pod=${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})`;
    say('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod.metadata.name}`);
    return {
      ...common,
      ready: false,
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated: { exitCode, reason } },
    };
  }

  return {
    log: (pod, container) => logs.get(`${pod.metadata.uid ?? ''} ${container}`),
    async sync(pod) {
      const init: ContainerStatus[] = [];
      for (const container of pod.spec?.initContainers ?? []) {
        const status = await start(pod, container, `spec.initContainers{${container.name}}`);
        const done = { terminated: { exitCode: 0, reason: 'Completed' } };
        init.push(status.ready ? { ...status, state: done } : status);
      }
      const blocked = init.some(({ ready }) => !ready);
      const main: ContainerStatus[] = [];
      for (const container of pod.spec?.containers ?? []) {
        main.push(
          blocked
            ? waiting(container, 'PodInitializing')
            : await start(pod, container, `spec.containers{${container.name}}`),
        );
      }
      // It may have been deleted, or deleted and created anew, while the image was pulled.
      const now = live(pod);
      if (!now) return;
      const ready = main.every((status) => status.ready);
      store.put({
        ...now,
        status: {
          ...now.status,
          phase: ready || main.some(isCrashing) ? 'Running' : 'Pending',
          conditions: conditions(ready, main),
          ...(init.length > 0 ? { initContainerStatuses: init } : {}),
          containerStatuses: main,
        },
      });
    },
  };
}

/** Starts again and again: the next sync tries once more. */
export function isCrashing({ state }: ContainerStatus): boolean {
  return JSON.stringify(state ?? {}).includes('CrashLoopBackOff');
}

function restartsOf(pod: KubeObject, container: string): number {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
  return Number(status?.['restartCount'] ?? 0);
}

function conditions(ready: boolean, main: readonly ContainerStatus[]) {
  const unready = main.filter((status) => !status.ready).map(({ name }) => name);
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const status = ready ? { status: 'True' } : { status: 'False', ...why };
  return [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', ...status },
    { type: 'ContainersReady', ...status },
  ];
}

/** The status before or instead of running. */
export function waiting({ name, image }: Container, reason: string, message?: string): ContainerStatus {
  const state = { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  return { name, image, imageID: '', ready: false, restartCount: 0, state };
}

/** The API server's default: Always for `latest` and untagged images. */
export function policyOf({ image, imagePullPolicy }: Container): string {
  if (imagePullPolicy) return imagePullPolicy;
  return /@sha256:/.test(image) || (/:[^/:]+$/.test(image) && !image.endsWith(':latest')) ? 'IfNotPresent' : 'Always';
}
