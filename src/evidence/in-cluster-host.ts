/** Can an image's host be a registry inside the cluster, by its spelling alone? Pure. */
import { isIP } from 'node:net';
import { hostPort } from '../image/host-port.ts';
import { registryKind } from '../image/registry.ts';

export type InClusterHost = {
  readonly port: number | undefined;
} /** An IP literal: a Service's address or a node's. */ & (
  | { readonly kind: 'address'; readonly address: string }
  /** `localhost`: the node itself, through a NodePort or a proxy on every node. */
  | { readonly kind: 'node-itself' }
  /** `registry`, `registry.infra`, `registry.infra.svc.cluster.local`; `isCertain`: only a Service is called like that. */
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly namespace: string | undefined;
      readonly isCertain: boolean;
    }
);

/** The API's rule for a Service's name and a namespace's (RFC 1035/1123 label). */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** undefined: a public name, which no Service has. `registry` is the reference's host, with its port. */
export function inClusterHost(registry: string): InClusterHost | undefined {
  const { name: host, port } = hostPort(registry);
  if (isIP(host) !== 0) {
    const isLoopback = host === '::1' || host.startsWith('127.');
    return isLoopback ? { kind: 'node-itself', port } : { kind: 'address', address: host, port };
  }
  if (host === 'localhost') return { kind: 'node-itself', port };
  const [name = '', namespace, svc, ...domain] = host.split('.');
  if (!LABEL.test(name) || (namespace !== undefined && !LABEL.test(namespace))) return undefined;
  if (svc === 'svc') return { kind: 'name', name, namespace, isCertain: true, port };
  if (svc !== undefined || domain.length > 0 || registryKind(host) !== 'plain') return undefined;
  return { kind: 'name', name, namespace, isCertain: false, port };
}
