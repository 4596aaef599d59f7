/** Readers of an outside that a test makes up. They record every call and, like the real ones, never throw for the outside. */
import type { JobSnapshot } from '../../src/evidence/build-jobs.ts';
import type { GitOpsObject } from '../../src/evidence/gitops.ts';
import type { EndpointSnapshot, NetworkPolicySnapshot, ServiceSnapshot } from '../../src/evidence/network-snapshots.ts';
import { absent, type Observation, observed } from '../../src/evidence/observation.ts';
import type { ClusterReader, PodList, RegistryReader, UnreadyList } from '../../src/evidence/ports.ts';
import type {
  AccessAttempt,
  AccessOutcome,
  LoginAnswer,
  RegistryCredential,
  TagAnswer,
} from '../../src/evidence/registry-access.ts';
import type {
  EventSnapshot,
  NodeSnapshot,
  PodEvents,
  PodSnapshot,
  Revision,
  SecretSnapshot,
  ServiceAccountSnapshot,
  WorkloadSnapshot,
} from '../../src/evidence/snapshots.ts';
import type { TagDetailsAnswer } from '../../src/evidence/tag-details.ts';
import type { ImageReference } from '../../src/image/reference.ts';
import { aNode, aPod, aPullSecret, aRevision, aServiceAccount, aWorkload } from './snapshots.ts';

/** What the made-up cluster holds. */
export interface ClusterStory {
  /** Last log lines by `POD/CONTAINER`. */
  readonly logs?: Readonly<Record<string, readonly string[]>>;
  readonly pods: readonly PodSnapshot[];
  /** By pod uid. */
  readonly events: Readonly<Record<string, readonly EventSnapshot[]>>;
  /** By name, of pods that are gone. */
  readonly podEvents?: Readonly<Record<string, PodEvents>>;
  readonly workloads: readonly WorkloadSnapshot[];
  /** `ReplicaSet/api-7d9c5` -> its controller. */
  readonly controllers: Readonly<Record<string, Pick<WorkloadSnapshot, 'kind' | 'name'>>>;
  readonly revisions: readonly Revision[];
  readonly serviceAccounts: readonly ServiceAccountSnapshot[];
  readonly secrets: readonly SecretSnapshot[];
  readonly nodes: readonly NodeSnapshot[];
  readonly services: readonly ServiceSnapshot[];
  /** `NAMESPACE/SERVICE` -> its endpoints. */
  readonly endpoints: Readonly<Record<string, readonly EndpointSnapshot[]>>;
  readonly policies: readonly NetworkPolicySnapshot[];
  readonly jobs: readonly JobSnapshot[];
  readonly gitOps: readonly GitOpsObject[];
  /** Default: none are told of. */
  readonly namespaces?: readonly string[];
}

/** Answers instead of the story's, by method name: forbidden, unreachable, or a promise that never settles. */
export type Instead = Partial<
  Record<keyof ClusterReader, (...args: readonly unknown[]) => Promise<Observation<never>>>
>;

export interface FakeCluster extends ClusterReader {
  /** `pod staging/api-1`, `secret staging/regcred`, … in the order asked. */
  readonly calls: readonly string[];
}

export function aStory(over: Partial<ClusterStory> = {}): ClusterStory {
  return {
    pods: [aPod()],
    events: {},
    workloads: [aWorkload()],
    controllers: { 'ReplicaSet/api-7d9c5': { kind: 'Deployment', name: 'api' } },
    revisions: [aRevision()],
    serviceAccounts: [aServiceAccount()],
    secrets: [aPullSecret()],
    nodes: [aNode()],
    services: [],
    endpoints: {},
    policies: [],
    jobs: [],
    gitOps: [],
    ...over,
  };
}

export function fakeCluster(story: ClusterStory = aStory(), instead: Instead = {}): FakeCluster {
  const calls: string[] = [];
  async function say<T>(
    method: keyof ClusterReader,
    what: string,
    answer: () => Observation<T>,
  ): Promise<Observation<T>> {
    calls.push(`${method} ${what}`.trim());
    await Promise.resolve();
    return instead[method]?.(what) ?? answer();
  }
  function named<T extends { readonly name: string }>(list: readonly T[], name: string): Observation<T> {
    const found = list.find((one) => one.name === name);
    return found ? observed(found) : absent;
  }
  return {
    cluster: 'test',
    calls,
    pod: (namespace, name) => say('pod', `${namespace}/${name}`, () => named(inNamespace(story.pods, namespace), name)),
    pods: ({ namespace, selector }) =>
      say('pods', `${namespace ?? '*'}${selector === undefined ? '' : ` ${selector}`}`, () =>
        observed<PodList>({
          pods: inNamespace(story.pods, namespace).filter((pod) => matches(pod, selector)),
          truncated: false,
        }),
      ),
    unreadyPods: ({ namespace }) =>
      say('unreadyPods', namespace ?? '*', () => {
        const pods = inNamespace(story.pods, namespace);
        const unready = pods.filter(({ containers }) => containers.some(({ ready }) => !ready));
        return observed<UnreadyList>({ pods: unready, total: pods.length, truncated: false });
      }),
    events: (namespace, uid) => say('events', `${namespace}/${uid}`, () => observed(story.events[uid] ?? [])),
    podEvents: (namespace, name) =>
      say('podEvents', `${namespace}/${name}`, () => observed(story.podEvents?.[name] ?? { uid: '', events: [] })),
    workload: ({ namespace, kind, name }) =>
      say('workload', `${namespace}/${kind}/${name}`, () =>
        named(
          inNamespace(story.workloads, namespace).filter((one) => one.kind === kind),
          name,
        ),
      ),
    controllerOf: ({ namespace, kind, name }) =>
      say('controllerOf', `${namespace}/${kind}/${name}`, () => {
        const controller = story.controllers[`${kind}/${name}`];
        return controller ? observed(controller) : absent;
      }),
    revisions: ({ namespace, name }) => say('revisions', `${namespace}/${name}`, () => observed(story.revisions)),
    serviceAccount: (namespace, name) =>
      say('serviceAccount', `${namespace}/${name}`, () => named(story.serviceAccounts, name)),
    secret: (namespace, name) =>
      say('secret', `${namespace}/${name}`, () => named(inNamespace(story.secrets, namespace), name)),
    secretRows: ({ namespace, type }) =>
      say('secretRows', `${namespace ?? '*'}${type === undefined ? '' : ` ${type}`}`, () => {
        const secrets = inNamespace(story.secrets, namespace).filter((one) => (type ?? one.type) === one.type);
        const rows = secrets.map(({ data, ...one }) => ({ ...one, keys: Object.keys(data) }));
        return observed({ rows, truncated: false });
      }),
    secretsOfType: ({ namespace, name, type }) =>
      say('secretsOfType', `${namespace ?? '*'}${name === undefined ? '' : `/${name}`} ${type}`, () =>
        observed(
          inNamespace(story.secrets, namespace).filter((one) => one.type === type && (name ?? one.name) === one.name),
        ),
      ),
    services: ({ namespace }) =>
      say('services', namespace ?? '*', () => observed(inNamespace(story.services, namespace))),
    endpoints: (namespace, service) =>
      say('endpoints', `${namespace}/${service}`, () => observed(story.endpoints[`${namespace}/${service}`] ?? [])),
    networkPolicies: (namespace) =>
      say('networkPolicies', namespace, () => observed(inNamespace(story.policies, namespace))),
    jobs: ({ namespace }) =>
      say('jobs', namespace ?? '*', () => observed({ jobs: inNamespace(story.jobs, namespace), truncated: false })),
    gitOps: ({ kind, namespace, name }) =>
      say('gitOps', `${kind} ${namespace ?? '*'}/${name}`, () => {
        const found = inNamespace(story.gitOps, namespace).filter((one) => one.kind === kind && one.name === name);
        return found.length === 0 ? absent : observed(found);
      }),
    namespaces: () => say('namespaces', '', () => observed({ names: story.namespaces ?? [], truncated: false })),
    node: (name) => say('node', name, () => named(story.nodes, name)),
    crashLog: ({ namespace, pod, container, previous }) =>
      say('crashLog', `${namespace}/${pod}/${container}${previous ? ' previous' : ''}`, () => {
        const lines = story.logs?.[`${pod}/${container}`];
        return lines ? observed({ lines, isCut: false }) : absent;
      }),
    nodes: () => say('nodes', '', () => observed({ nodes: story.nodes, truncated: false })),
  };
}

export interface FakeRegistry extends RegistryReader {
  /** `manifest registry.example.com/team/api:1.4.2 anonymous`, `tags … robot` in the order asked. */
  readonly calls: readonly string[];
}

/** `answer` decides by who asks; `names` is the tag list, `login` what any password meets at `/v2/`. Default: needs a login, and the tag does not exist. */
export function fakeRegistry(
  answer: (credential: RegistryCredential, reference: ImageReference) => AccessOutcome = needsLogin,
  names: readonly string[] = ['1.4.0', '1.4.1'],
  login: LoginAnswer = 'rejected',
): FakeRegistry {
  const calls: string[] = [];
  return {
    calls,
    manifest: async (reference, credential) => {
      calls.push(`manifest ${reference.text} ${who(credential)}`);
      return anAttempt({ credential, outcome: answer(credential, reference) });
    },
    tags: async (reference, credential): Promise<TagAnswer> => {
      calls.push(`tags ${reference.text} ${who(credential)}`);
      return { kind: 'listed', names, truncated: false };
    },
    tagDetails: async (): Promise<TagDetailsAnswer> => ({ kind: 'untold', reason: 'this registry tells none' }),
    login: async (reference, credential): Promise<LoginAnswer> => {
      calls.push(`login ${reference.registry} ${who(credential)}`);
      return credential.kind === 'anonymous' ? 'rejected' : login;
    },
  };
}

function anAttempt(over: Partial<AccessAttempt> = {}): AccessAttempt {
  return {
    credential: { kind: 'anonymous' },
    outcome: { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
    challenge: { scheme: 'basic' },
    durationMs: 5,
    ...over,
  };
}

function needsLogin(credential: RegistryCredential): AccessOutcome {
  return credential.kind === 'anonymous'
    ? { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'authentication required' }
    : { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
}

function who(credential: RegistryCredential): string {
  return credential.kind === 'anonymous' ? 'anonymous' : credential.username;
}

function inNamespace<T extends { readonly namespace: string }>(list: readonly T[], namespace?: string): readonly T[] {
  return namespace === undefined ? list : list.filter((one) => one.namespace === namespace);
}

function matches(pod: PodSnapshot, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [key = '', value] = part.split('=');
      return pod.labels[key] === value;
    });
}
