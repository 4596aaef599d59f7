/** Faults that nobody plans for: odd images, odd Secrets, several things at once. Each with what may and what must not be said. */
import { pullSecret } from './box.ts';
import type { Account } from './registry.ts';

/** docker-registry with one account, holding `shop/web:v1`. */
export const STORE = 'store.box:5000';
/** Images that are odd in themselves, for everybody. */
export const CRAFTED = 'crafted.box:5000';
/** Has a mirror before it that is not there. */
export const MIRRORED = 'mirrored.box:5000';
export const keeper: Account = { user: 'bot', password: 'right-canary' };

export interface OddFault {
  readonly name: string;
  readonly objects: (namespace: string) => readonly object[];
  /** Seen in the namespace (phases, reasons, event messages, one a line) before anybody is asked. */
  readonly until: RegExp;
  /** As a person types it; default: the pod `web`. */
  readonly target?: string;
  readonly may: readonly string[];
  /** Absent: either is right. */
  readonly certain?: boolean;
  readonly says?: RegExp;
  readonly never?: RegExp;
  readonly finds?: readonly { readonly cause: string; readonly container?: string }[];
}

const FAILED = /Failed to pull image .*(?<!pull QPS exceeded)$/m;
const RUNS = /phase=Running/;
const good = `${STORE}/shop/web:v1`;
/** What an odd image is no reason to suspect. */
const noLogin = /wants a login|refuses user|password/i;

function container(image: string, more: object = {}): object {
  return { name: 'app', image, imagePullPolicy: 'Always', ...more };
}

function spec(containers: readonly object[], more: object = {}): object {
  return {
    hostNetwork: true,
    terminationGracePeriodSeconds: 0,
    imagePullSecrets: [{ name: 'regcred' }],
    containers,
    ...more,
  };
}

function pod(namespace: string, containers: readonly object[], more: object = {}): object {
  const metadata = { name: 'web', namespace, labels: { app: 'web' } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec(containers, more) };
}

function login(namespace: string, host = STORE, account = keeper): object {
  return pullSecret({ namespace, name: 'regcred' }, host, account);
}

function config(namespace: string, text: string): object {
  const type = 'kubernetes.io/dockerconfigjson';
  const metadata = { name: 'regcred', namespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, stringData: { '.dockerconfigjson': text } };
}

type Rest = Omit<OddFault, 'name' | 'objects'>;

/** An image of the crafted registry. */
function odd(name: string, may: readonly string[], rest: Partial<Rest> = {}): OddFault {
  const objects = (at: string) => [pod(at, [container(`${CRAFTED}/${name}/web:v1`)], { imagePullSecrets: [] })];
  return { name: `image ${name}`, objects, until: FAILED, may, never: noLogin, ...rest };
}

/** containerd 2 takes what is no image, and ends when it makes the container. */
const TAKEN = new RegExp(`${FAILED.source}|CreateContainerError|RunContainerError|CrashLoopBackOff`, 'm');

/** The good image, with this text as the Secret's configuration. */
function keyed(name: string, content: object | string, rest: Rest): OddFault {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { name: `secret ${name}`, objects: (at) => [config(at, text), pod(at, [container(good)])], ...rest };
}

function entry(host: string, fields: object = { username: keeper.user, password: keeper.password }): object {
  return { auths: { [host]: fields } };
}

const runs: Rest = { until: RUNS, may: ['healthy'], certain: true };
function certainly(cause: string, says: RegExp): Rest {
  return { until: FAILED, may: [cause], certain: true, says };
}
const base64 = (text: string) => Buffer.from(text).toString('base64');

const SECRETS: readonly OddFault[] = [
  keyed('with a scheme', entry(`https://${STORE}`), runs),
  keyed('with http and /v1/', entry(`http://${STORE}/v1/`), runs),
  keyed('with /v2/', entry(`${STORE}/v2/`), runs),
  keyed('for a path', entry(`${STORE}/shop`), runs),
  keyed(
    'for a path of another team',
    entry(`${STORE}/team`),
    certainly('pull-secret-wrong-registry', /store\.box:5000\/team/),
  ),
  keyed('for capitals', entry(STORE.toUpperCase()), certainly('pull-secret-wrong-registry', /STORE\.BOX/)),
  keyed('for a glob', entry('*.box:5000'), runs),
  keyed('for any port', entry('store.box:*'), certainly('pull-secret-wrong-registry', /store\.box:\*/)),
  keyed(
    'with a line break after the password',
    entry(STORE, { auth: base64(`${keeper.user}:${keeper.password}\n`) }),
    certainly('credentials-rejected', /store\.box/),
  ),
  keyed(
    'of a desktop',
    { ...entry(STORE, {}), credsStore: 'desktop' },
    certainly('pull-secret-malformed', /credential helper/),
  ),
  keyed(
    'with a token only',
    entry(STORE, { identitytoken: 'canary' }),
    certainly('pull-secret-malformed', /identitytoken/),
  ),
  keyed('with helpers only', { credHelpers: { [STORE]: 'ecr-login' } }, certainly('pull-secret-malformed', /helper/)),
  keyed(
    'without auths',
    { [STORE]: { username: 'bot', password: 'canary' } },
    certainly('pull-secret-malformed', /auths/),
  ),
  keyed('with a user only', entry(STORE, { username: 'bot' }), certainly('credentials-rejected', /bot/)),
  keyed('with a number for a password', `{"auths":{"${STORE}":{"username":"bot","password":12345}}}`, {
    until: /cannot unmarshal|Failed to pull/,
    may: ['pull-secret-malformed'],
    certain: true,
  }),
];

const IMAGES: readonly OddFault[] = [
  odd('emptyindex', ['platform-mismatch', 'manifest-unsupported', 'image-not-found']),
  odd('attested', ['platform-mismatch', 'manifest-unsupported', 'image-not-found']),
  odd('lostchild', ['image-not-found'], { says: /part of the image|manifest/ }),
  odd('chart', ['manifest-unsupported', 'other', 'image-not-found'], { until: TAKEN }),
  odd('artifact', ['manifest-unsupported', 'other', 'image-not-found'], { until: TAKEN }),
  odd('huge', ['manifest-unsupported', 'registry-error', 'other', 'digest-mismatch', 'transfer-interrupted']),
  odd('broken', ['manifest-unsupported', 'non-registry-response', 'other']),
  odd('plaintype', ['manifest-unsupported', 'non-registry-response', 'other', 'image-not-found']),
  odd('getgone', ['image-not-found'], { says: /not a part of it/ }),
];

/** Any image of the store or its mirrored neighbour, with a login for both. */
function asked(name: string, image: string, rest: Rest): OddFault {
  const secrets = { imagePullSecrets: [{ name: 'regcred' }, { name: 'second' }] };
  const objects = (at: string) => [login(at), login2(at), pod(at, [container(image)], secrets)];
  return { name: `reference with ${name}`, objects, ...rest };
}

const mirrorDown: Rest = { until: FAILED, may: ['tag-not-found', 'image-not-found'], never: /registry is down/ };

const REFERENCES: readonly OddFault[] = [
  asked('a capital in the tag', `${STORE}/shop/web:V1`, certainly('tag-not-found', /\bv1\b/)),
  asked(
    'the right tag and a wrong digest',
    `${good}@sha256:${'0'.repeat(63)}1`,
    certainly('digest-not-found', /digest/),
  ),
  asked('a port that nobody serves', 'store.box:5001/shop/web:v1', certainly('connection-refused', /store\.box:5001/)),
  asked('no port', 'store.box/shop/web:v1', certainly('connection-refused', /store\.box/)),
  asked('the node itself', 'localhost:5999/shop/web:v1', {
    until: FAILED,
    may: ['connection-refused'],
    never: noLogin,
  }),
  asked('a mirror that is down, and a missing tag', `${MIRRORED}/shop/web:nope`, mirrorDown),
  asked('a mirror that is down, and an image that is there', `${MIRRORED}/shop/web:v1`, runs),
];

function login2(namespace: string): object {
  return pullSecret({ namespace, name: 'second' }, MIRRORED, keeper);
}

function job(at: string, more: object): object {
  const template = { spec: { ...spec([container(`${STORE}/shop/web:nope`)]), restartPolicy: 'Never' } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'web', namespace: at }, spec: { template, ...more } };
}

const WORKLOADS: readonly OddFault[] = [
  {
    name: 'a Job that its deadline ended while its image was missing',
    objects: (at) => [login(at), job(at, { activeDeadlineSeconds: 12 })],
    until: /DeadlineExceeded: /,
    target: 'job/web',
    may: ['tag-not-found'],
    certain: true,
    says: /nope/,
  },
  {
    name: 'a CronJob whose last Job its deadline ended',
    objects: (at) => [
      login(at),
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'web', namespace: at },
        spec: {
          schedule: '* * * * *',
          concurrencyPolicy: 'Forbid',
          jobTemplate: {
            spec: {
              activeDeadlineSeconds: 12,
              template: { spec: { ...spec([container(`${STORE}/shop/web:nope`)]), restartPolicy: 'Never' } },
            },
          },
        },
      },
    ],
    until: /DeadlineExceeded: /,
    target: 'cronjob/web',
    may: ['tag-not-found'],
    certain: true,
  },
  {
    name: 'a pod that its own deadline ended while its image was missing',
    objects: (at) => [
      login(at),
      pod(at, [container(`${STORE}/shop/web:nope`)], { activeDeadlineSeconds: 12, restartPolicy: 'Never' }),
    ],
    until: /phase=Failed/,
    may: ['tag-not-found'],
    says: /nope/,
  },
  {
    name: 'a ReplicaSet without a Deployment',
    objects: (at) => [
      login(at),
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web', namespace: at },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: spec([container(`${STORE}/shop/web:nope`)]) },
        },
      },
    ],
    until: FAILED,
    target: 'web',
    may: ['tag-not-found'],
    certain: true,
  },
  {
    name: 'an init container and its main container, each with a fault of its own',
    objects: (at) => [
      login(at),
      pod(at, [container('store.box:5001/shop/web:v1')], {
        initContainers: [{ name: 'migrate', image: `${STORE}/shop/migrate:v1`, imagePullPolicy: 'Always' }],
      }),
    ],
    until: FAILED,
    may: ['repository-not-found'],
    certain: true,
    finds: [{ cause: 'repository-not-found', container: 'migrate' }],
  },
  {
    name: 'a sidecar that starts first and whose tag is missing',
    objects: (at) => [
      login(at),
      pod(at, [container(good)], {
        initContainers: [
          { name: 'proxy', image: `${STORE}/shop/web:nope`, imagePullPolicy: 'Always', restartPolicy: 'Always' },
        ],
      }),
    ],
    until: FAILED,
    may: ['tag-not-found'],
    certain: true,
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
    may: ['image-not-found', 'repository-not-found', 'tag-not-found', 'not-an-image-problem'],
    says: /shop\/data:nope|volume/,
  },
  {
    name: 'a list of pull secrets that holds an empty name',
    objects: (at) => [pod(at, [container(good)], { imagePullSecrets: [{ name: '' }] })],
    until: FAILED,
    may: ['credentials-required'],
    certain: true,
  },
];

export const ODD_FAULTS: readonly OddFault[] = [...SECRETS, ...IMAGES, ...REFERENCES, ...WORKLOADS];
