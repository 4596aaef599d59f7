/** Causes on the way from the node to the registry. */
import type { CauseInfo } from '../cause.ts';

export const NETWORK_CAUSES = {
  'dns-failure': {
    title: 'The registry’s name cannot be resolved',
    family: 'reachability',
    owner: 'network',
    meaning: 'The node’s resolver has no address for the host. Names of cluster Services do not resolve on nodes.',
    fix: 'Check the host for a typing error, then resolve it from the node (not from a pod) and repair the node’s DNS.',
  },
  'connection-refused': {
    title: 'Nothing listens at the registry’s address',
    family: 'reachability',
    owner: 'registry owner',
    meaning: 'The host answered that no one listens on that port. With "localhost" the node itself is meant.',
    fix: 'Start or expose the registry, or correct host and port in the reference.',
  },
  'connection-timeout': {
    title: 'The registry does not answer in time',
    family: 'reachability',
    owner: 'network',
    meaning:
      'Packets get no answer: mostly a firewall, security group or missing route, sometimes the token or storage host behind the registry.',
    fix: 'Check egress rules and proxy for the registry, its token host and its storage host. One node or all is the first question.',
  },
  'connection-reset': {
    title: 'The connection is cut before any data comes',
    family: 'reachability',
    owner: 'network',
    meaning:
      'Something on the way, or the registry’s front end, closes the connection: a filter, a middle box, a dying load balancer.',
    fix: 'Try the same request from another node and network; check allow lists for the host it redirects to.',
  },
  'network-unreachable': {
    title: 'The node has no route to the registry',
    family: 'reachability',
    owner: 'network',
    meaning: 'No route to that address, often an IPv6 address on a node without IPv6.',
    fix: 'Compare the address family in the message with the node’s routes.',
  },
  'transfer-interrupted': {
    title: 'The download breaks off',
    family: 'reachability',
    owner: 'network',
    meaning:
      'Image data began to flow and stopped: an idle limit, a proxy, or a link that expired while a large layer was coming.',
    fix: 'A retry is right. If it repeats on the same layer or after the same time, look at proxy limits and layer size.',
  },
  'proxy-failure': {
    title: 'The proxy fails, not the registry',
    family: 'reachability',
    owner: 'platform',
    meaning: 'The runtime goes through a proxy, and the proxy cannot be reached or refuses.',
    fix: 'Check HTTPS_PROXY and NO_PROXY of the container runtime’s service on the node, then restart the runtime.',
  },
  'cancelled-or-deadline': {
    title: 'The pull ran out of time',
    family: 'reachability',
    owner: 'platform',
    meaning:
      'The pull was cancelled without a better reason: a large image, a slow disk or network, or a progress deadline.',
    fix: 'Treat it as a slow network or disk; allow more time, or make the image smaller.',
  },
  'tls-untrusted': {
    title: 'The node does not trust the registry’s certificate',
    family: 'reachability',
    owner: 'platform',
    meaning:
      'The certificate is expired, for another name, or from an authority that the node does not know. A wrong node clock looks the same.',
    fix: 'Renew the certificate, or install its authority for the runtime on every node. Check the node’s clock. Do not switch verification off.',
  },
  'tls-handshake': {
    title: 'The TLS handshake fails',
    family: 'reachability',
    owner: 'network',
    meaning:
      'The encrypted connection could not be agreed on: a firewall, packet size, protocol versions, or an overloaded front end.',
    fix: 'Try from another node; check firewalls, MTU and the TLS versions the registry offers.',
  },
  'http-vs-https': {
    title: 'One side speaks plain HTTP, the other HTTPS',
    family: 'reachability',
    owner: 'platform',
    meaning: 'The node asks with TLS and the registry answers without, or the other way round.',
    fix: 'Serve TLS, or mark the registry as plain HTTP in the runtime’s configuration on every node (new nodes often lack it).',
  },
  'network-policy-blocks-registry': {
    title: 'A NetworkPolicy blocks the registry',
    family: 'reachability',
    owner: 'platform',
    meaning: 'The in-cluster registry runs, but a policy that selects it does not admit the traffic.',
    fix: 'Admit the nodes’ addresses and the registry’s port in the policy.',
  },
  'registry-unreachable': {
    title: 'The registry cannot be reached',
    family: 'reachability',
    owner: 'network',
    meaning: 'No connection to the registry came about, and it is not known how it fails.',
    fix: 'Try to reach the registry from the node, and look at DNS, firewall and the registry itself in this order.',
  },
} as const satisfies Record<string, CauseInfo>;
