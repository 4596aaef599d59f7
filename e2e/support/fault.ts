/** How a fault is made on purpose, and what is demanded of its verdict. */
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { pullSecret } from './box.ts';
import { DOOR } from './odd-registry.ts';
import type { Account } from './registry.ts';

/** docker-registry with one account, holding `shop/web:v1`. */
export const GOOD = 'good.box:5000';
export const ODD = `odd.box:${DOOR.http}`;
export const BEARER = `odd.box:${DOOR.bearer}`;
const right: Account = { user: 'bot', password: 'right-canary' };
/** A login that no registry here accepts. */
export const bad: Account = { user: 'bot', password: 'wrong-canary' };

export interface Fault {
  readonly name: string;
  readonly objects: (namespace: string) => readonly object[];
  /** What the verdict must name; nothing else may be called certain. */
  readonly cause: string;
  /** Must the verdict be certain (true), or must it not (false)? */
  readonly certain: boolean;
  readonly lights: Partial<Diagnosis['lights']>;
  /** What the verdict must say: what is wrong, where, and what to do about it. */
  readonly says: readonly string[];
  /** What would send somebody the wrong way. */
  readonly never: RegExp;
  /** The account may list the Secrets of the namespace. */
  readonly finds?: boolean;
  /** The account may read logs there. */
  readonly logs?: boolean;
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

export function raw(namespace: string, name: string, [type, key]: readonly [string, string], content: object): object {
  const stringData = { [key]: JSON.stringify(content) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, type, stringData };
}

export const JSON_TYPE = ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'] as const;
export const withSecret = { secrets: ['regcred'] };

type Rest = Omit<Fault, 'name' | 'objects'>;

/** What may be called certain and must be, with its lights. */
export function certainly(cause: string, lights: Fault['lights'], says: readonly string[], never: RegExp): Rest {
  return { cause, certain: true, lights, says, never };
}
/** What may be named and must stay open. */
export function perhaps(cause: string, lights: Fault['lights'], says: readonly string[], never: RegExp): Rest {
  return { cause, certain: false, lights, says, never };
}

/** A name that is wrong is mended where it is written: neither logins nor the network have a part in it. */
export const notLogin = /refuses user|wants a login|password|rotate|firewall|resolve it|cannot be reached/i;
/** Where no way leads to the registry, nobody knows what it holds or whom it lets in. */
export const notImage = /\btag \S+ does not\b|no repository|refuses user|wants a login|password|rotate/i;
/** A login that is wrong says nothing of the image, and the registry is up. */
export const notName = /\btag \S+ does not\b|no repository|push the|firewall|does not answer|resolve it/i;
/** No matter of a pull at all. */
export const notPull = /registry|refuses|wants a login|\btag \S+ does not\b|password/i;

/** One image in the good registry, with its login. */
export function good(name: string, image: string, rest: Rest, options: PodOptions = {}): Fault {
  return { name, objects: (at) => [secret(at), pod(at, `${GOOD}/${image}`, { ...withSecret, ...options })], ...rest };
}
/** The good image, with this Secret as `regcred`. */
export function keyed(name: string, make: (namespace: string) => object, rest: Rest): Fault {
  return { name, objects: (at) => [make(at), pod(at, `${GOOD}/shop/web:v1`, withSecret)], ...rest };
}
/** Any image, without a Secret. */
export function open(name: string, image: string, rest: Rest): Fault {
  return { name, objects: (at) => [pod(at, image)], ...rest };
}
/** The good image, with this Secret in the namespace that nobody attached. */
export function unattached(name: string, make: (namespace: string) => object, rest: Rest): Fault {
  const objects = (at: string) => [make(at), pod(at, `${GOOD}/shop/web:v1`)];
  return { name, objects, ...rest, finds: true };
}
/** An image behind the bearer door, with a login. */
export function bearer(name: string, habit: string, rest: Rest): Fault {
  const image = `${BEARER}/${habit}/web:v1`;
  return { name, objects: (at) => [secret(at, { host: BEARER }), pod(at, image, withSecret)], ...rest };
}

export const badReference = { reference: 'bad' } as const;
export const badLogin = { credentials: 'bad', reachability: 'good' } as const;
export const badWay = { reachability: 'bad' } as const;
