/** What happens around pulls besides the pull itself: other containers of the pod, other owners, other runbooks, red herrings. */
import {
  app,
  certainly,
  crashes,
  gone,
  good,
  type Incident,
  job,
  login,
  one,
  owned,
  PUBLIC,
  perhaps,
  pod,
  SHOP,
  workload,
} from './incident.ts';

const withGpu = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }] };
const MISSING = /never-pushed: not found/;
const noPull = /registry|credential|tag .* does not|refuses user|wants a login/i;
/** A name that is wrong is mended where it is written. */
const noLogin = /refuses user|wants a login|password|rotate|firewall/i;
/** The image is there and was pulled. */
const noImage = /\btag \S+ does not\b|no repository|refuses user|wants a login|cannot be pulled/i;
const LOST_TAG = [
  `The repository ${SHOP}/shop/web exists, the tag never-pushed does not`,
  'It has only v1',
  'Push the missing tag',
];
const otherRunbook = 'not-an-image-problem';

export const INCIDENTS: readonly Incident[] = [
  one(
    'an init container whose tag is missing',
    [app()],
    certainly('tag-not-found', {
      until: MISSING,
      says: ['web, container migrate', ...LOST_TAG],
      never: noLogin,
      finds: [{ cause: 'tag-not-found', container: 'migrate' }],
    }),
    { initContainers: [{ name: 'migrate', image: gone }] },
  ),
  one(
    'an init container that crashes',
    [app()],
    certainly('container-crashing', {
      until: /CrashLoopBackOff/,
      says: ['web, container migrate', 'exits with exit code 1', 'no such table: orders', 'Read the last log lines'],
      logs: true,
      never: noImage,
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
      says: ['web, container app', ...LOST_TAG],
      never: noLogin,
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
      says: ['web, container app', ...LOST_TAG],
      never: noLogin,
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
    certainly('invalid-reference', {
      until: /InvalidImageName/,
      says: ['the placeholder ${IMAGE_TAG} was not replaced', 'Correct the value in the manifest'],
      never: noLogin,
    }),
  ),
  owned(
    'a Job whose image was never pushed',
    'job/report',
    (at) => [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'report', namespace: at }, spec: job(gone) }],
    certainly('tag-not-found', { until: MISSING, says: LOST_TAG, never: noLogin }),
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
    certainly('tag-not-found', { until: MISSING, says: LOST_TAG, never: noLogin }),
  ),
  owned(
    'a StatefulSet, found by its bare name',
    'web',
    (at) => [workload('StatefulSet', at, app(gone))],
    certainly('tag-not-found', { until: MISSING, says: LOST_TAG, never: noLogin }),
  ),
  owned(
    'a DaemonSet',
    'daemonset/web',
    (at) => [workload('DaemonSet', at, app(gone))],
    certainly('tag-not-found', { until: MISSING, says: LOST_TAG, never: noLogin }),
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
    {
      may: [otherRunbook],
      certain: true,
      until: /exceeded quota/,
      says: ['deployment/web wants 1 pod and has none', 'a resource quota is used up', 'the runbook “quota”'],
      never: noPull,
    },
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
    {
      may: [otherRunbook],
      certain: true,
      until: /violates PodSecurity/,
      says: ['deployment/web wants 1 pod and has none', 'Pod Security forbids its pods', 'the runbook “Pod Security”'],
      never: noPull,
    },
  ),
  one(
    'a claim that does not exist',
    [app(gone)],
    certainly(otherRunbook, {
      until: /persistentvolumeclaim "absent" not found/,
      says: [
        'no node takes the pod',
        'persistentvolumeclaim "absent" not found',
        'the runbook “Pod Pending: scheduling”',
      ],
      never: noPull,
    }),
    { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'absent' } }] },
  ),
  one(
    'a volume that cannot be mounted',
    [app(good, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    perhaps([otherRunbook], {
      until: /configmap "absent" not found/,
      says: ['a volume cannot be mounted', 'configmap "absent" not found', 'the runbook “Pod Pending: storage”'],
      never: noPull,
    }),
    { volumes: [{ name: 'data', configMap: { name: 'absent' } }] },
  ),
  one(
    'a kind of node that this cluster does not have',
    [app(gone)],
    certainly(otherRunbook, {
      until: /0\/1 nodes are available/,
      says: ['no node takes the pod', '0/1 nodes are available', 'the runbook “Pod Pending: scheduling”'],
      never: noPull,
    }),
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: withGpu } } },
  ),
  one(
    'a scheduling gate',
    [app(gone)],
    certainly(otherRunbook, {
      until: /SchedulingGated/,
      says: ['a scheduling gate holds it back', 'the runbook “Pod Pending: scheduling”'],
      never: noPull,
    }),
    { schedulingGates: [{ name: 'example.com/not-yet' }] },
  ),
  one(
    'a Secret key that the container wants and nobody has',
    [app(good, { env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'regcred', key: 'absent' } } }] })],
    certainly(otherRunbook, {
      until: /CreateContainerConfigError/,
      says: ['a ConfigMap, Secret or key is missing', 'absent', 'the runbook “CreateContainerConfigError”'],
      never: noImage,
    }),
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
    says: ['sandbox', 'no runtime for "sandboxed" is configured', 'the runbook “Pod Pending: pod network”'],
    never: /credential|tag .* does not|refuses user|wants a login/,
  },
  {
    name: 'a public image, and the pull secret does not exist: it runs all the same',
    objects: (at) => [pod(at, [app(`${PUBLIC}/shop/web:v1`)])],
    until: /phase=Running/,
    may: ['healthy'],
    certain: true,
    says: ['has its image and runs'],
    never: /regcred|refuses|wants a login/,
  },
  one(
    'a program that only talks of failed pulls',
    [
      app(good, {
        command: ['/pause', 'sleep'],
        env: [{ name: 'MESSAGE', value: 'ImagePullBackOff: manifest unknown' }],
      }),
    ],
    {
      may: ['healthy'],
      certain: true,
      until: /phase=Running/,
      says: ['has its image and runs'],
      never: /manifest unknown|ImagePullBackOff/,
    },
  ),
  one(
    'a container that runs and is not ready',
    [app(good, { command: ['/pause', 'sleep'], readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } })],
    {
      may: ['healthy'],
      certain: true,
      until: /Readiness probe failed/,
      says: ['runs and is not ready', 'which is no matter of the image', 'Readiness probe failed'],
      never: noImage,
    },
  ),
];
