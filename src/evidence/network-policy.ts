/**
 * Would the policies before a registry let a node in? The kubelet pulls from the node's own network, so only rules for addresses (or
 * for everybody) can admit it, and traffic from a pod's own node is allowed whatever a policy says
 * (kubernetes.io/docs/concepts/services-networking/network-policies). Pure.
 */
import { BlockList, isIP } from 'node:net';
import type { IngressRule, LabelSelector, NetworkPolicySnapshot } from './network-snapshots.ts';
import type { PodSnapshot } from './snapshots.ts';

export type Admission =
  /** No policy restricts what comes in to this pod. */
  | { readonly kind: 'open' }
  | { readonly kind: 'admitted'; readonly policies: readonly string[] }
  | { readonly kind: 'blocked'; readonly policies: readonly string[] }
  /** It depends on something we do not know: the node's address, or what a named port is. */
  | { readonly kind: 'unknown'; readonly policies: readonly string[] };

/** Where the traffic comes from and goes to. `address`: the pulling node's; `port`: the pod's own. */
export interface Passage {
  readonly pod: PodSnapshot;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

type Answer = 'yes' | 'no' | 'unknown';

/** What the policies of the pod's namespace together say. */
export function admission(policies: readonly NetworkPolicySnapshot[], passage: Passage): Admission {
  // A pod on the node's own network is the node to a policy.
  if (passage.pod.hostNetwork === true) return { kind: 'open' };
  const holding = policies.filter(
    ({ namespace, pods, ingress }) =>
      ingress !== undefined && namespace === passage.pod.namespace && selects(pods, passage.pod.labels),
  );
  if (holding.length === 0) return { kind: 'open' };
  const names = holding.map(({ name }) => name);
  const answers = holding.flatMap(({ ingress = [] }) => ingress).map((rule) => admits(rule, passage));
  if (answers.includes('yes')) return { kind: 'admitted', policies: names };
  return { kind: answers.includes('unknown') ? 'unknown' : 'blocked', policies: names };
}

/** An empty selector selects everything. An operator we do not know selects nothing, so that nobody is blamed for it. */
export function selects({ labels, expressions }: LabelSelector, of: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(labels).every(([key, value]) => of[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const has = Object.hasOwn(of, key);
      const isOne = has && values.includes(of[key] ?? '');
      switch (operator) {
        case 'In':
          return isOne;
        case 'NotIn':
          return !isOne;
        case 'Exists':
          return has;
        case 'DoesNotExist':
          return !has;
        default:
          return false;
      }
    })
  );
}

function admits({ from, ports }: IngressRule, { address, port }: Passage): Answer {
  return both(fromHere(from, address), toPort(ports, port));
}

function both(a: Answer, b: Answer): Answer {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'unknown';
}

function fromHere(from: IngressRule['from'], address: string | undefined): Answer {
  if (from === undefined) return 'yes';
  const blocks = from.flatMap(({ block }) => (block === undefined ? [] : [block]));
  if (blocks.length === 0) return 'no';
  if (address === undefined) return 'unknown';
  const inside = blocks.some(
    ({ cidr, except }) => contains(cidr, address) && !except.some((part) => contains(part, address)),
  );
  return inside ? 'yes' : 'no';
}

function toPort(ports: IngressRule['ports'], port: number | undefined): Answer {
  if (ports === undefined) return 'yes';
  const answers = ports.map((row): Answer => {
    if (row.port === undefined) return 'yes';
    if (typeof row.port === 'string' || port === undefined) return 'unknown';
    return port === row.port || (row.endPort !== undefined && port > row.port && port <= row.endPort) ? 'yes' : 'no';
  });
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
}

function contains(cidr: string, address: string): boolean {
  const [network = '', length = ''] = cidr.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const bits = Number(length);
  if (isIP(network) === 0 || !/^\d+$/.test(length) || bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
