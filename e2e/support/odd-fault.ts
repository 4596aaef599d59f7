/** How an odd fault is made, and what is demanded of its verdict. */
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
  /** What the verdict must name; two where runtimes themselves meet two things. Nothing else may be called certain. */
  readonly may: readonly string[];
  /** Absent: either is right. */
  readonly certain?: boolean;
  /** All of it must be in the verdict: what is wrong, where, and what to do. */
  readonly says: readonly string[];
  /** What would send somebody the wrong way. */
  readonly never: RegExp;
  readonly finds?: readonly { readonly cause: string; readonly container?: string }[];
}

export type Rest = Omit<OddFault, 'name' | 'objects'>;

export const FAILED = /Failed to pull image .*(?<!pull QPS exceeded)$/m;
export const good = `${STORE}/shop/web:v1`;
/** What no image and no address is a reason to suspect. */
export const noLogin = /wants a login|refuses user|password|rotate/i;
/** What no login is a reason to suspect. */
export const noImage = /\btag \S+ does not\b|no repository|does not answer|cannot be reached|firewall|push the/i;

export function container(image: string, more: object = {}): object {
  return { name: 'app', image, imagePullPolicy: 'Always', ...more };
}

export function spec(containers: readonly object[], more: object = {}): object {
  return {
    hostNetwork: true,
    terminationGracePeriodSeconds: 0,
    imagePullSecrets: [{ name: 'regcred' }],
    containers,
    ...more,
  };
}

export function pod(namespace: string, containers: readonly object[], more: object = {}): object {
  const metadata = { name: 'web', namespace, labels: { app: 'web' } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec(containers, more) };
}

export function login(namespace: string, host = STORE, account = keeper): object {
  return pullSecret({ namespace, name: 'regcred' }, host, account);
}

/** Everything is well, however it looks. */
export const runs: Rest = {
  until: /phase=Running/,
  may: ['healthy'],
  certain: true,
  says: ['has its image and runs'],
  never: /refuses|wants a login|does not exist|look at|rotate/i,
};

export function certainly(cause: string, says: readonly string[], never: RegExp): Rest {
  return { until: FAILED, may: [cause], certain: true, says, never };
}
