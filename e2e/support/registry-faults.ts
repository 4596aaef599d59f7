/** Images of registries inside the cluster that cannot be pulled: what the verdict has to be, and what it has to say. */
import { HELD, NODE } from './registry-rooms.ts';

/** What a workload asks for, and what has to be found. */
export interface RegistryFault {
  /** Its Deployment's name in namespace `apps`. */
  readonly app: string;
  readonly story: string;
  readonly image: string;
  readonly cause: string;
  readonly confidence: 'certain' | 'likely';
  /** Words of the verdict's summary. */
  readonly says: readonly (string | RegExp)[];
  /** One of the finding's commands. */
  readonly command?: RegExp;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** The registry's host has nothing to do with its reachability. */
  readonly reachability?: 'good';
}

/** Outside, and unknown here; nodes ask a mirror inside the cluster first. */
export const MIRRORED = 'upstream.example.com:5000';
export const MIRROR = `http://${NODE}:30581`;

const down = { cause: 'registry-down', confidence: 'certain' } as const;
const refused = { cause: 'connection-refused', confidence: 'certain' } as const;
const at = (host: string, tag = 'v1', repository = HELD) => `${host}/${repository}:${tag}`;

export const REGISTRY_FAULTS: readonly RegistryFault[] = [
  {
    app: 'by-name',
    story: 'a Service’s full name, which no node resolves',
    image: at('docker-registry.reg-well.svc.cluster.local:5000'),
    cause: 'dns-failure',
    confidence: 'certain',
    says: [
      'Service reg-well/docker-registry',
      'nodes do not resolve Service names',
      '203.0.113.80:5000 or any node’s address with port 30580',
    ],
  },
  {
    app: 'by-short-name',
    story: 'a Service’s name with its namespace',
    image: at('docker-registry.reg-well:5000'),
    cause: 'dns-failure',
    confidence: 'certain',
    says: ['Service reg-well/docker-registry', 'nodes do not resolve Service names'],
  },
  {
    app: 'node-port-tag',
    story: 'a node’s address and node port, behind a policy: only the tag is missing',
    image: at(`${NODE}:30580`, 'v9'),
    cause: 'tag-not-found',
    confidence: 'certain',
    says: ['the tag v9 does not', 'v1'],
    reachability: 'good',
  },
  {
    app: 'node-port-repository',
    story: 'a node port and a repository that the registry does not hold: what it holds',
    image: at(`${NODE}:30580`, 'v1', 'shop/wbe'),
    cause: 'repository-not-found',
    confidence: 'certain',
    says: ['has no repository shop/wbe', 'It holds shop/web'],
    reachability: 'good',
  },
  {
    app: 'node-port-loopback',
    story: 'a node port on the node’s own loopback, which kube-proxy does not serve there',
    image: at('localhost:30580'),
    ...refused,
    says: ['Service reg-well/docker-registry', 'is up', 'loopback', '203.0.113.80:5000'],
  },
  {
    app: 'service-port',
    story: 'a port that the Service does not serve',
    image: at('203.0.113.80:5001'),
    // kube-proxy takes no notice of the port: nobody answers, or refuses.
    cause: 'connection-timeout',
    confidence: 'certain',
    says: ['serves no such port', 'it serves 5000'],
  },
  {
    app: 'nobody',
    story: 'a port of the node that nobody serves',
    image: at('localhost:5999'),
    ...refused,
    says: ['localhost:5999', 'node-1', 'nothing listens there on port 5999'],
  },
  {
    app: 'scaled-to-zero',
    story: 'a node port whose workload is scaled to 0',
    image: at(`${NODE}:30581`),
    ...down,
    says: ['Service reg-zero/docker-registry', 'deployment/docker-registry is scaled to 0'],
    command: /^kubectl scale deployment\/docker-registry -n reg-zero --replicas=1$/,
  },
  {
    app: 'mirrored',
    story: 'a registry whose mirror is one of the cluster, and which nobody resolves itself',
    image: at(MIRRORED),
    cause: 'registry-down',
    confidence: 'likely',
    says: ['Service reg-zero/docker-registry', 'is scaled to 0', `The node asked it as a mirror of ${MIRRORED}`],
  },
  {
    app: 'selector',
    story: 'a Service whose selector means no pod',
    image: at('203.0.113.82:5000'),
    ...down,
    says: ['app=registry', /while docker-registry-\S+ is ready beside it with app=docker-registry/],
    command: /^kubectl patch service docker-registry -n reg-selector -p /,
  },
  {
    app: 'target-port',
    story: 'a Service that sends on to a port where nobody listens',
    image: at('203.0.113.83:5000'),
    ...refused,
    says: ['Service reg-target/docker-registry', /port 5001 of docker-registry-\S+/, 'declares port 5000'],
    command: /^kubectl patch service docker-registry -n reg-target --type=json /,
    detail: { endpointsReady: 1, targetPorts: ['5001'] },
  },
  {
    app: 'named-port',
    story: 'a Service that sends on to a port by a name that no container has',
    image: at('203.0.113.84:5000'),
    ...down,
    says: ['none of them takes traffic on that port', '5000 (http)'],
  },
  {
    app: 'out-of-memory',
    story: 'killed by the kernel at its memory limit',
    image: at('203.0.113.85:5000'),
    ...down,
    says: ['last ended OOMKilled (exit code 137; its memory limit is 24Mi)'],
    command: /^kubectl set resources deployment\/docker-registry -n reg-oom -c registry --limits=memory=MEMORY$/,
    detail: { lastTermination: 'OOMKilled', lastExitCode: 137, podsReady: 0 },
  },
  {
    app: 'configuration',
    story: 'crashing for its configuration: its last words',
    image: at('203.0.113.86:5000'),
    ...down,
    says: [/last ended Error \(exit code 1; .*no storage configuration/],
    command: /^kubectl logs -n reg-config docker-registry-\S+ -c registry --previous --tail=50$/,
  },
  {
    app: 'own-image',
    story: 'whose own image is not there',
    image: at('203.0.113.90:5000'),
    ...down,
    says: ['ErrImageNeverPull'],
    command: /^pullcheck pod docker-registry-\S+ -n reg-ownimage$/,
  },
  {
    app: 'on-the-node',
    story: 'a mirror that pods serve on their own nodes, crashing on this one',
    image: at('localhost:5055'),
    ...down,
    says: ['localhost:5055', 'deployment/docker-registry', 'on node-1 0 of 1 pod'],
    command: /^kubectl logs -n reg-mirror docker-registry-\S+ /,
  },
  {
    app: 'local-tag',
    story: 'a registry that a pod serves on its node, without the tag',
    image: at('localhost:5056', 'v9'),
    cause: 'tag-not-found',
    confidence: 'certain',
    says: ['the tag v9 does not', 'v1'],
    reachability: 'good',
  },
  {
    app: 'full-memory',
    story: 'a volume without room, to which the image could not be pushed',
    image: at('203.0.113.88:5000', 'v1', 'shop/large'),
    cause: 'repository-not-found',
    confidence: 'certain',
    says: ['has no repository shop/large', 'shop/web'],
    reachability: 'good',
  },
  {
    app: 'broken-storage',
    story: 'storage that it cannot read: errors of its own',
    image: at('203.0.113.89:5000'),
    cause: 'registry-error',
    confidence: 'certain',
    says: ['Service reg-broken/docker-registry', 'HTTP 500', 'log'],
    command: /^kubectl logs -n reg-broken docker-registry-\S+ --tail=50$/,
  },
];

/** Of the registry whose pod is evicted while these suites run, for what is pushed to it. */
export const EVICTED: RegistryFault = {
  app: 'evicted',
  story: 'evicted for what it stored: the pod in its place holds nothing',
  image: at('203.0.113.87:5000'),
  cause: 'repository-not-found',
  confidence: 'certain',
  says: ['It holds no repository at all', /docker-registry-\S+ has failed \(Evicted: .*emptydir volume "data"/i],
  reachability: 'good',
};

/** The faults of the other images are not theirs. */
export const WELL_AFTER_ALL: readonly { readonly app: string; readonly image: string }[] = [
  { app: 'node-port-well', image: at(`${NODE}:30580`) },
  { app: 'full-memory-well', image: at('203.0.113.88:5000') },
];

/** Hosts that the bot has to ask over plain http. */
export function faultyHosts(): string[] {
  const all = [...REGISTRY_FAULTS, ...WELL_AFTER_ALL, EVICTED].map(({ image }) => image.slice(0, image.indexOf('/')));
  return [...new Set(all)];
}
