/** How an incident around a pull is made, and what is demanded of its verdict. */
import { pullSecret } from './box.ts';
import type { Account } from './registry.ts';

/** docker-registry with one account, holding `shop/web:v1`. */
export const SHOP = 'shop.box:5000';
/** The same without any account. */
export const PUBLIC = 'public.box:5000';
export const shopper: Account = { user: 'bot', password: 'right-canary' };
export const good = `${SHOP}/shop/web:v1`;
export const gone = `${SHOP}/shop/web:never-pushed`;
export const crashes = ['/pause', 'crash', 'no such table: orders'];

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
  /** All of it must be in the verdict: what is wrong, where, and what to do. */
  readonly says: readonly string[];
  /** What would send somebody the wrong way. */
  readonly never: RegExp;
  /** The account may read logs there. */
  readonly logs?: boolean;
}

export type Rest = Omit<Incident, 'name' | 'objects'>;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly [field: string]: unknown;
}

export function app(image = good, more: object = {}): Container {
  return { name: 'app', image, ...more };
}

/** The Secret that every pod here brings. */
export function login(namespace: string, name = 'regcred'): object {
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

export function pod(namespace: string, containers: readonly Container[], more: object = {}): object {
  const metadata = { name: 'web', namespace, labels: { app: 'web' } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: specOf(containers, more) };
}

/** A workload of `apps` with one container. */
export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  namespace: string,
  container: Container,
): object {
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

export function job(image: string): object {
  return { backoffLimit: 0, template: { spec: specOf([app(image)], { restartPolicy: 'Never' }) } };
}

export function one(name: string, containers: readonly Container[], rest: Rest, more: object = {}): Incident {
  return { name, objects: (at) => [login(at), pod(at, containers, more)], ...rest };
}

export function owned(
  name: string,
  target: string,
  make: (namespace: string) => readonly object[],
  rest: Rest,
): Incident {
  return { name, target, objects: (at) => [login(at), ...make(at)], ...rest };
}

export function certainly(cause: string, rest: Omit<Rest, 'may' | 'certain'>): Rest {
  return { may: [cause], certain: true, ...rest };
}
export function perhaps(may: readonly string[], rest: Omit<Rest, 'may' | 'certain'>): Rest {
  return { may, certain: false, ...rest };
}
