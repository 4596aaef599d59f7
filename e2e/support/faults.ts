/** Faults made on purpose, each with the causes that may be named for it. */
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { pullSecret } from './box.ts';
import { DOOR } from './odd-registry.ts';
import type { Account } from './registry.ts';

/** docker-registry with one account, holding `shop/web:v1`. */
export const GOOD = 'good.box:5000';
const ODD = `odd.box:${DOOR.http}`;
const BEARER = `odd.box:${DOOR.bearer}`;
const right: Account = { user: 'bot', password: 'right-canary' };
/** A login that no registry here accepts. */
export const bad: Account = { user: 'bot', password: 'wrong-canary' };

export interface Fault {
  readonly name: string;
  readonly objects: (namespace: string) => readonly object[];
  /** Causes of which the verdict may be one; nothing else may be called certain. */
  readonly may: readonly string[];
  /** Must the verdict be certain (true), or must it not (false)? */
  readonly certain: boolean;
  readonly lights: Partial<Diagnosis['lights']>;
  /** What the verdict must name: the tag, the Secret. */
  readonly says?: string;
  /** The account may list the Secrets of the namespace. */
  readonly finds?: boolean;
}

interface PodOptions {
  readonly secrets?: readonly string[];
  readonly policy?: string;
  readonly finalizers?: readonly string[];
  readonly container?: object;
  readonly spec?: object;
}

/** A bare pod called `web` with one container. */
export function pod(namespace: string, image: string, options: PodOptions = {}): object {
  const { secrets = [], policy = 'Always', finalizers = [], container = {}, spec = {} } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, labels: { app: 'web' }, finalizers },
    spec: {
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
      imagePullSecrets: secrets.map((name) => ({ name })),
      containers: [{ name: 'app', image, imagePullPolicy: policy, ...container }],
      ...spec,
    },
  };
}

/** A pull secret, by default `regcred` with the right login for the good registry. */
export function secret(
  namespace: string,
  { name = 'regcred', host = GOOD, account = right }: { name?: string; host?: string; account?: Account } = {},
): object {
  return pullSecret({ namespace, name }, host, account);
}

/** The old type of pull secret, with the right login. */
export function dockercfg(namespace: string, name: string): object {
  return raw(namespace, name, ['kubernetes.io/dockercfg', '.dockercfg'], { [GOOD]: { ...login(right) } });
}

function login({ user, password }: Account) {
  return { username: user, password, auth: Buffer.from(`${user}:${password}`).toString('base64') };
}

function raw(namespace: string, name: string, [type, key]: readonly [string, string], content: object): object {
  const stringData = { [key]: JSON.stringify(content) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, type, stringData };
}

const JSON_TYPE = ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'] as const;
const withSecret = { secrets: ['regcred'] };

type Rest = Omit<Fault, 'name' | 'objects'>;

function certainly(cause: string, lights: Fault['lights'], says?: string): Rest {
  return { may: [cause], certain: true, lights, ...(says === undefined ? {} : { says }) };
}
function perhaps(may: readonly string[], lights: Fault['lights']): Rest {
  return { may, certain: false, lights };
}

/** One image in the good registry, with its login. */
function good(name: string, image: string, rest: Rest, options: PodOptions = {}): Fault {
  return { name, objects: (at) => [secret(at), pod(at, `${GOOD}/${image}`, { ...withSecret, ...options })], ...rest };
}
/** The good image, with this Secret as `regcred`. */
function keyed(name: string, make: (namespace: string) => object, rest: Rest): Fault {
  return { name, objects: (at) => [make(at), pod(at, `${GOOD}/shop/web:v1`, withSecret)], ...rest };
}
/** Any image, without a Secret. */
function open(name: string, image: string, rest: Rest): Fault {
  return { name, objects: (at) => [pod(at, image)], ...rest };
}
/** The good image, with this Secret in the namespace that nobody attached. */
function unattached(name: string, make: (namespace: string) => object, rest: Rest): Fault {
  const objects = (at: string) => [make(at), pod(at, `${GOOD}/shop/web:v1`)];
  return { name, objects, ...rest, finds: true };
}
/** An image behind the bearer door, with a login. */
function bearer(name: string, habit: string, rest: Rest): Fault {
  const image = `${BEARER}/${habit}/web:v1`;
  return { name, objects: (at) => [secret(at, { host: BEARER }), pod(at, image, withSecret)], ...rest };
}

const badReference = { reference: 'bad' } as const;
const badLogin = { credentials: 'bad', reachability: 'good' } as const;
const badWay = { reachability: 'bad' } as const;
const noDigest = `sha256:${'0'.repeat(63)}1`;

export const FAULTS: readonly Fault[] = [
  good('tag', 'shop/web:nope', certainly('tag-not-found', { ...badReference, credentials: 'good' }, 'nope')),
  good('digest', `shop/web@${noDigest}`, certainly('digest-not-found', badReference, noDigest)),
  good('repository', 'shop/wbe:v1', certainly('repository-not-found', badReference, 'shop/wbe')),
  good('capitals', 'Shop/Web:v1', certainly('invalid-reference', badReference)),
  open('empty-tag', `${GOOD}/shop/web:`, certainly('invalid-reference', badReference)),
  open('none', 'None:None', certainly('invalid-reference', badReference)),
  open('private-ca', `odd.box:${DOOR.privateCa}/untagged/web:v1`, certainly('tls-untrusted', badWay)),
  open('expired', `odd.box:${DOOR.expired}/untagged/web:v1`, certainly('tls-untrusted', badWay)),
  open('other-name', `odd.box:${DOOR.otherName}/untagged/web:v1`, certainly('tls-untrusted', badWay)),
  open('handshake', `odd.box:${DOOR.handshake}/untagged/web:v1`, certainly('tls-handshake', badWay)),
  open('https-on-http', `http-only.box:${DOOR.http}/untagged/web:v1`, certainly('http-vs-https', badWay)),
  open('http-on-https', `tls.box:${DOOR.privateCa}/untagged/web:v1`, certainly('http-vs-https', badWay)),
  open('no-name', 'nowhere.box:5000/a/web:v1', certainly('dns-failure', badWay)),
  open('html', `${ODD}/html/web:v1`, certainly('non-registry-response', badWay)),
  open('busy', `${ODD}/busy/web:v1`, certainly('rate-limited', {})),
  open('broken', `${ODD}/broken/web:v1`, certainly('registry-error', badWay)),
  open('cut', `${ODD}/cut/web:v1`, certainly('connection-reset', badWay)),
  open('denied', `${ODD}/denied/web:v1`, perhaps(['not-found-or-unauthorized', 'credentials-required'], {})),
  open('blocked', `${ODD}/legal/web:v1`, perhaps(['registry-error', 'source-blocked'], {})),
  open('arm', `${ODD}/arm/web:v1`, certainly('platform-mismatch', { ...badReference, reachability: 'good' })),
  open('schema1', `${ODD}/schema1/web:v1`, certainly('manifest-unsupported', badReference)),
  bearer('bearer-wrong', 'wrong', certainly('credentials-rejected', badLogin)),
  bearer('bearer-html', 'html', certainly('non-registry-response', badWay)),
  bearer('bearer-down', 'broken', certainly('registry-error', badWay)),
  bearer('bearer-foreign', 'foreign', certainly('connection-refused', badWay)),
  bearer('bearer-forbidden', 'forbidden', perhaps(['permission-denied', 'not-found-or-unauthorized'], {})),
  bearer('bearer-hidden', 'hidden', perhaps(['not-found-or-unauthorized'], { reachability: 'good' })),
  keyed(
    'wrong-host',
    (at) => secret(at, { host: 'goood.box:5000' }),
    certainly('pull-secret-wrong-registry', badLogin, 'regcred'),
  ),
  keyed(
    'wrong-port',
    (at) => secret(at, { host: 'good.box' }),
    certainly('pull-secret-wrong-registry', badLogin, 'regcred'),
  ),
  keyed('opaque', (at) => ({ ...secret(at), type: 'Opaque' }), certainly('pull-secret-malformed', badLogin)),
  keyed('rejected', (at) => secret(at, { account: bad }), certainly('credentials-rejected', badLogin)),
  keyed(
    'not-base64',
    (at) => raw(at, 'regcred', JSON_TYPE, { auths: { [GOOD]: { auth: '!!! canary' } } }),
    certainly('pull-secret-malformed', badLogin),
  ),
  { ...open('secret-absent', '', certainly('pull-secret-missing', badLogin, 'regcred')), objects: absentSecret },
  open('no-secret', `${GOOD}/shop/web:v1`, certainly('credentials-required', badLogin)),
  unattached('unattached', secret, certainly('pull-secret-not-attached', badLogin)),
  unattached(
    'unattached-opaque',
    (at) => ({ ...secret(at), type: 'Opaque' }),
    certainly('pull-secret-malformed', badLogin),
  ),
  unattached('unattached-bad', (at) => secret(at, { account: bad }), certainly('credentials-required', badLogin)),
  { ...unattached('unattached-unseen', secret, certainly('credentials-required', badLogin)), finds: false },
  good('never', 'shop/web:nope', certainly('never-pull-policy', {}), { policy: 'Never' }),
  good('no-node', 'shop/web:nope', certainly('not-an-image-problem', {}), { spec: { nodeSelector: { disk: 'ssd' } } }),
  good('no-config', 'shop/web:v1', certainly('not-an-image-problem', { reference: 'good' }), {
    container: { envFrom: [{ configMapRef: { name: 'absent' } }] },
  }),
  good('crash', 'shop/web:v1', certainly('container-crashing', { reference: 'good', credentials: 'good' }), {
    container: { command: ['/pause', 'crash', 'failed to pull image: manifest unknown'] },
  }),
];

function absentSecret(at: string): readonly object[] {
  return [pod(at, `${GOOD}/shop/web:v1`, withSecret)];
}
