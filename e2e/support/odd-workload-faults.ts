/** Pods and their owners that come to their end in another way than a pod that waits, and pods with several things wrong. */
import {
  certainly,
  container,
  FAILED,
  good,
  login,
  noLogin,
  type OddFault,
  pod,
  type Rest,
  STORE,
  spec,
} from './odd-fault.ts';

const missing = `${STORE}/shop/web:nope`;
const lostTag: Rest = certainly(
  'tag-not-found',
  [`The repository ${STORE}/shop/web exists, the tag nope does not`, 'It has only v1', 'Push the missing tag'],
  noLogin,
);

function jobSpec(more: object): object {
  return { template: { spec: { ...spec([container(missing)]), restartPolicy: 'Never' } }, ...more };
}

/** An owner of pods, called `web` as they are. */
function owner(at: string, apiVersion: string, kind: string, more: object): object {
  return { apiVersion, kind, metadata: { name: 'web', namespace: at }, spec: more };
}

export const WORKLOADS: readonly OddFault[] = [
  {
    name: 'a Job that its deadline ended while its image was missing',
    objects: (at) => [login(at), owner(at, 'batch/v1', 'Job', jobSpec({ activeDeadlineSeconds: 12 }))],
    target: 'job/web',
    ...lostTag,
    until: /DeadlineExceeded: /,
  },
  {
    name: 'a CronJob whose last Job its deadline ended',
    objects: (at) => [
      login(at),
      owner(at, 'batch/v1', 'CronJob', {
        schedule: '* * * * *',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: jobSpec({ activeDeadlineSeconds: 12 }) },
      }),
    ],
    target: 'cronjob/web',
    ...lostTag,
    until: /DeadlineExceeded: /,
  },
  {
    name: 'a pod that its own deadline ended while its image was missing',
    objects: (at) => [login(at), pod(at, [container(missing)], { activeDeadlineSeconds: 12, restartPolicy: 'Never' })],
    ...lostTag,
    until: /phase=Failed/,
  },
  {
    name: 'a ReplicaSet without a Deployment',
    objects: (at) => [
      login(at),
      owner(at, 'apps/v1', 'ReplicaSet', {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: spec([container(missing)]) },
      }),
    ],
    target: 'web',
    ...lostTag,
  },
  {
    name: 'an init container and its main container, each with a fault of its own',
    objects: (at) => [
      login(at),
      pod(at, [container('store.box:5001/shop/web:v1')], {
        initContainers: [{ name: 'migrate', image: `${STORE}/shop/migrate:v1`, imagePullPolicy: 'Always' }],
      }),
    ],
    ...certainly(
      'repository-not-found',
      ['web, container migrate', `The registry ${STORE} has no repository shop/migrate`, 'It holds shop/web'],
      noLogin,
    ),
    finds: [{ cause: 'repository-not-found', container: 'migrate' }],
  },
  {
    name: 'a sidecar that starts first and whose tag is missing',
    objects: (at) => [
      login(at),
      pod(at, [container(good)], {
        initContainers: [{ name: 'proxy', image: missing, imagePullPolicy: 'Always', restartPolicy: 'Always' }],
      }),
    ],
    ...lostTag,
    says: ['web, container proxy', ...lostTag.says],
    finds: [{ cause: 'tag-not-found', container: 'proxy' }],
  },
  {
    name: 'an image volume whose tag is missing',
    objects: (at) => [
      login(at),
      pod(at, [container(good, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })], {
        volumes: [{ name: 'data', image: { reference: `${STORE}/shop/data:nope`, pullPolicy: 'Always' } }],
      }),
    ],
    until: /shop\/data:nope|CreateContainerError|Failed/,
    may: ['image-not-found', 'not-an-image-problem'],
    says: [`${STORE}/shop/data:nope`, 'volume'],
    never: new RegExp(`${noLogin.source}|shop/web exists, the tag`, 'i'),
  },
  {
    name: 'a list of pull secrets that holds an empty name',
    objects: (at) => [pod(at, [container(good)], { imagePullSecrets: [{ name: '' }] })],
    ...certainly(
      'credentials-required',
      [`The registry ${STORE} wants a login, and the pod brings none`, 'Create a pull secret for this registry'],
      /\btag \S+ does not\b|no repository|refuses|Secret {2}|Secret ,/i,
    ),
    until: FAILED,
  },
];
