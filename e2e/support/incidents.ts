/** What happens around pulls besides the pull itself: other containers of the pod, other owners, other runbooks, red herrings. */
import { pullSecret } from './box.ts';
import type { Account } from './registry.ts';

/** docker-registry with one account, holding `shop/web:v1`. */
export const SHOP = 'shop.box:5000';
/** The same without any account. */
export const PUBLIC = 'public.box:5000';
export const shopper: Account = { user: 'bot', password: 'right-canary' };
const good = `${SHOP}/shop/web:v1`;
const gone = `${SHOP}/shop/web:never-pushed`;
const crashes = ['/pause', 'crash', 'no such table: orders'];

export interface Incident {
  readonly name: string;
  readonly objects: (namespace: string) => readonly object[];
  /** Seen in the namespace (waiting reasons, phases and event messages, one a line) before anybody is asked. */
  readonly until: RegExp;
  /** As a person types it; default: the pod `web`. */
  readonly target?: string;
  /** Causes of which the verdict may be one. */
  readonly may: readonly string[];
  readonly certain: boolean;
  /** May be called certain besides. */
  readonly also?: readonly string[];
  /** Must be among the findings, each with the container it is about. */
  readonly finds?: readonly { readonly cause: string; readonly container?: string }[];
  readonly says?: RegExp;
  readonly never?: RegExp;
}

type Rest = Omit<Incident, 'name' | 'objects'>;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly [field: string]: unknown;
}

function app(image = good, more: object = {}): Container {
  return { name: 'app', image, ...more };
}

/** The Secret that every pod here brings. */
function login(namespace: string, name = 'regcred'): object {
  return pullSecret({ namespace, name }, SHOP, shopper);
}

function specOf(containers: readonly Container[], more: object = {}): object {
  return {
    hostNetwork: true,
    terminationGracePeriodSeconds: 0,
    imagePullSecrets: [{ name: 'regcred' }],
    containers: containers.map((container) => ({ imagePullPolicy: 'Always', ...container })),
    ...more,
  };
}

function pod(namespace: string, containers: readonly Container[], more: object = {}): object {
  const metadata = { name: 'web', namespace, labels: { app: 'web' } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: specOf(containers, more) };
}

/** A workload of `apps` with one container. */
function workload(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', namespace: string, container: Container): object {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' ? { serviceName: 'web' } : {}),
      template: { metadata: { labels }, spec: specOf([container]) },
    },
  };
}

function job(image: string): object {
  return { backoffLimit: 0, template: { spec: specOf([app(image)], { restartPolicy: 'Never' }) } };
}

function one(name: string, containers: readonly Container[], rest: Rest, more: object = {}): Incident {
  return { name, objects: (at) => [login(at), pod(at, containers, more)], ...rest };
}

function owned(name: string, target: string, make: (namespace: string) => readonly object[], rest: Rest): Incident {
  return { name, target, objects: (at) => [login(at), ...make(at)], ...rest };
}

function certainly(cause: string, rest: Omit<Rest, 'may' | 'certain'>): Rest {
  return { may: [cause], certain: true, ...rest };
}
function perhaps(may: readonly string[], rest: Omit<Rest, 'may' | 'certain'>): Rest {
  return { may, certain: false, ...rest };
}

const withGpu = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }] };
const MISSING = /never-pushed: not found/;
const noPull = /registry|credential|tag .* does not|secret/i;
const otherRunbook = 'not-an-image-problem';

export const INCIDENTS: readonly Incident[] = [
  one(
    'an init container whose tag is missing',
    [app()],
    certainly('tag-not-found', {
      until: MISSING,
      says: /migrate/,
      finds: [{ cause: 'tag-not-found', container: 'migrate' }],
    }),
    { initContainers: [{ name: 'migrate', image: gone }] },
  ),
  one(
    'an init container that crashes',
    [app()],
    certainly('container-crashing', {
      until: /CrashLoopBackOff/,
      says: /migrate/,
      finds: [{ cause: 'container-crashing', container: 'migrate' }],
    }),
    { initContainers: [{ name: 'migrate', image: good, command: crashes }] },
  ),
  one(
    'two containers, one cannot be pulled, one crashes',
    [app(gone), { name: 'worker', image: good, command: crashes }],
    certainly('tag-not-found', {
      until: new RegExp(`(?=[^]*${MISSING.source})(?=[^]*CrashLoopBackOff)`),
      also: ['container-crashing'],
      finds: [
        { cause: 'tag-not-found', container: 'app' },
        { cause: 'container-crashing', container: 'worker' },
      ],
    }),
  ),
  one(
    'three containers, three causes',
    [
      app(gone),
      { name: 'proxy', image: 'unknown.invalid/mesh/proxy:1' },
      { name: 'agent', image: `${SHOP}/Shop/agent:1` },
    ],
    certainly('tag-not-found', {
      until: new RegExp(`(?=[^]*${MISSING.source})(?=[^]*no such host)(?=[^]*InvalidImageName)`),
      also: ['dns-failure', 'invalid-reference'],
      finds: [
        { cause: 'tag-not-found', container: 'app' },
        { cause: 'dns-failure', container: 'proxy' },
        { cause: 'invalid-reference', container: 'agent' },
      ],
    }),
  ),
  one(
    'a template variable that nobody filled in',
    [app(`${SHOP}/shop/web:\${IMAGE_TAG}`)],
    certainly('invalid-reference', { until: /InvalidImageName/, says: /IMAGE_TAG|variable|template/i }),
  ),
  owned(
    'a Job whose image was never pushed',
    'job/report',
    (at) => [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'report', namespace: at }, spec: job(gone) }],
    certainly('tag-not-found', { until: MISSING }),
  ),
  owned(
    'a CronJob whose image was never pushed',
    'cronjob/nightly',
    (at) => [
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly', namespace: at },
        spec: { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: job(gone) } },
      },
    ],
    certainly('tag-not-found', { until: MISSING }),
  ),
  owned(
    'a StatefulSet, found by its bare name',
    'web',
    (at) => [workload('StatefulSet', at, app(gone))],
    certainly('tag-not-found', { until: MISSING }),
  ),
  owned(
    'a DaemonSet',
    'daemonset/web',
    (at) => [workload('DaemonSet', at, app(gone))],
    certainly('tag-not-found', { until: MISSING }),
  ),
  owned(
    'a quota that leaves a Deployment without pods',
    'deployment/web',
    (at) => [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none', namespace: at },
        spec: { hard: { pods: '0' } },
      },
      workload('Deployment', at, app(gone)),
    ],
    { may: [otherRunbook], certain: true, until: /exceeded quota/, says: /quota/, never: noPull },
  ),
  owned(
    'an admission rule that refuses every pod of a Deployment',
    'deployment/web',
    (at) => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: at, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
      workload('Deployment', at, app(good)),
    ],
    { may: [otherRunbook], certain: true, until: /violates PodSecurity/, says: /PodSecurity/, never: noPull },
  ),
  one(
    'a claim that does not exist',
    [app(gone)],
    certainly(otherRunbook, { until: /persistentvolumeclaim "absent" not found/, never: noPull, says: /absent/ }),
    { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'absent' } }] },
  ),
  one(
    'a volume that cannot be mounted',
    [app(good, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    perhaps([otherRunbook], { until: /configmap "absent" not found/, never: noPull, says: /absent/ }),
    { volumes: [{ name: 'data', configMap: { name: 'absent' } }] },
  ),
  one(
    'a kind of node that this cluster does not have',
    [app(gone)],
    certainly(otherRunbook, { until: /0\/1 nodes are available/, never: noPull }),
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: withGpu } } },
  ),
  one('a scheduling gate', [app(gone)], certainly(otherRunbook, { until: /SchedulingGated/, never: noPull }), {
    schedulingGates: [{ name: 'example.com/not-yet' }],
  }),
  one(
    'a Secret key that the container wants and nobody has',
    [app(good, { env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'regcred', key: 'absent' } } }] })],
    certainly(otherRunbook, { until: /CreateContainerConfigError/, says: /absent/ }),
  ),
  {
    name: 'a runtime class that the node does not have',
    objects: (at) => [
      { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'sandboxed' }, handler: 'sandboxed' },
      login(at),
      pod(at, [app(good)], { runtimeClassName: 'sandboxed' }),
    ],
    until: /FailedCreatePodSandBox|RuntimeHandler/,
    may: [otherRunbook],
    certain: false,
    never: /credential|tag .* does not/,
  },
  {
    name: 'a public image, and the pull secret does not exist: it runs all the same',
    objects: (at) => [pod(at, [app(`${PUBLIC}/shop/web:v1`)])],
    until: /phase=Running/,
    may: ['healthy'],
    certain: true,
  },
  one(
    'a program that only talks of failed pulls',
    [
      app(good, {
        command: ['/pause', 'sleep'],
        env: [{ name: 'MESSAGE', value: 'ImagePullBackOff: manifest unknown' }],
      }),
    ],
    { may: ['healthy'], certain: true, until: /phase=Running/ },
  ),
  one(
    'a container that runs and is not ready',
    [app(good, { command: ['/pause', 'sleep'], readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } })],
    { may: ['healthy'], certain: true, until: /Readiness probe failed/ },
  ),
];
