/**
 * A cluster and a registry over real HTTP, the production adapters on them, the stores in memory, and people who press buttons. The
 * kubelet really asks the registry with the Secret that stands in the cluster at that moment. Jobs run by a clock that the test moves.
 */
import { createCredentialSource } from '../../src/adapters/files/credential-source.ts';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { createMemoryStores, type MemoryStores } from '../../src/adapters/memory/stores.ts';
import { createRegistryReader } from '../../src/adapters/registry/client.ts';
import type { Pull } from '../../src/adapters/simulator/cluster/kubelet.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { runtimeTexts } from '../../src/adapters/simulator/cluster/texts.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../src/adapters/simulator/registry/server.ts';
import { formatTime, systemClock } from '../../src/clock.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { makeCarryOut } from '../../src/flow/carry-out.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { makeOfferActions } from '../../src/flow/offer-actions.ts';
import { makeRemedyUseCases, type RemediateDeps } from '../../src/flow/remediate.ts';
import { makeScope } from '../../src/flow/scope.ts';
import type { Actor, RemedyPreview } from '../../src/flow/use-cases.ts';
import { lookupCredentials } from '../../src/image/keyring.ts';
import { parseReference } from '../../src/image/reference.ts';
import type { AuditEvent, RemedyAction } from '../../src/remediation/action.ts';
import type { RemediationPolicy } from '../../src/remediation/guard.ts';
import type { ClusterWriter, RemedyPorts, WriteResult } from '../../src/remediation/ports.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { Sealed } from '../../src/sealed.ts';
import { createManualClock, type ManualClock } from '../support/clock.ts';
import { type FakeSlack, fakeSlack } from '../support/fake-people.ts';
import { shippedRunbook } from '../support/runbooks.ts';

export const OLD = 'old-password-canary';
export const NEW = 'new-password-canary';
const CHANNEL = 'C0INCIDENTS';
const THREAD = { channel: CHANNEL, ts: '1767225600.000100' };

const runbook = shippedRunbook('image-pull');

type Verb = keyof ClusterWriter;

export interface RemedyWorld {
  readonly clock: ManualClock;
  readonly cluster: SimulatedCluster;
  readonly registry: SimulatedRegistry;
  readonly stores: MemoryStores;
  readonly slack: FakeSlack;
  readonly deps: RemediateDeps;
  readonly ports: RemedyPorts;
  /** What the incident was told. */
  readonly told: string[];
  /** The last words on every button. */
  readonly settled: string[];
  /** Every write that was really made, in order: `updateSecret regcred`. */
  readonly writes: string[];
  readonly jobErrors: string[];
  /** The configured credential source, `user:password`. */
  source: string | undefined;
  /** Dies once, before or after this write. */
  dies: { readonly at: Verb; readonly when: 'before' | 'after' } | undefined;
  /** Answers instead of the registry to a kubelet; undefined: the registry. */
  node: Pull | undefined;
  policy: RemediationPolicy;
  diagnose(name: string, namespace?: string): Promise<Diagnosis>;
  /** Diagnoses the Deployment and puts its buttons up. */
  offer(name?: string, namespace?: string): Promise<readonly RemedyAction[]>;
  press(action: RemedyAction, user?: string): Promise<RemedyPreview>;
  confirm(action: RemedyAction, user?: string): Promise<string | undefined>;
  /** Lets time pass, with all work done on the way. */
  pass(ms: number): Promise<void>;
  state(action: RemedyAction): Promise<RemedyAction['state'] | undefined>;
  audit(): Promise<readonly AuditEvent[]>;
  /** The pull secret's JSON as it stands in the cluster. */
  secret(name?: string, namespace?: string): string | undefined;
  podStates(namespace?: string): readonly string[];
  stop(): Promise<void>;
}

export async function startRemedyWorld(): Promise<RemedyWorld> {
  const clock = createManualClock();
  const registry = await startSimulatedRegistry({ clock, auth: 'basic' });
  registry.allow('robot', new Sealed(NEW));
  registry.push('team/api', '1.4.2');
  let serial = 0;
  const ids = () => (serial += 1).toString(36).padStart(5, 'x').padEnd(32, '0');
  const cluster = await startSimulatedCluster({
    clock,
    ids,
    pull: async (request) => (world.node ? world.node(request) : pullFrom(registry.host, request)),
  });
  cluster.world.node({ name: 'node-1' });
  const connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
  const registries = [{ host: registry.host, plainHttp: true }];
  const reader = connection.reader({ count: () => undefined });
  const registryReader = createRegistryReader({ meter: { count: () => undefined }, clock: systemClock, registries });
  const stores = createMemoryStores(clock);
  const slack = fakeSlack();
  const openReaders: Parameters<typeof makeScope>[0]['readers'] = (_cluster, meter) => ({
    cluster: connection.reader(meter),
    registry: createRegistryReader({ meter, clock: systemClock, registries }),
  });
  const diagnose = makeDiagnose({
    clock: systemClock,
    readers: openReaders,
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [registry.host],
  });
  const ports: RemedyPorts = {
    reader,
    writer: mortal(connection.writer, () => world),
    registry: registryReader,
    credentials: createCredentialSource({
      sources: [{ registry: registry.host, from: { env: 'NEW' } }],
      reader,
      variable: () => world.source,
      ecrLogin: () => Promise.reject(new Error('no source asks ECR')),
      register: () => undefined,
    }),
    now: () => formatTime(clock.now()),
  };
  const told: string[] = [];
  const settled: string[] = [];
  const deps: RemediateDeps = {
    clock,
    actions: stores.actions,
    audit: stores.audit,
    claims: stores.claims,
    queue: stores.queue,
    announcer: { ...slack, settleAction: async (_action, note) => void settled.push(note) },
    remedies: REMEDIES,
    get policy() {
      return world.policy;
    },
    presser: async ({ user, channel }) => ({ user, channel, groups: [] }),
    ports: () => ports,
    threadLink: () => undefined,
    diagnose,
    scope: makeScope({ clock: systemClock, readers: openReaders }),
    tell: async (_action, event) => {
      told.push(event);
      return undefined;
    },
  };
  const jobErrors: string[] = [];
  const carryOut = makeCarryOut(deps);
  const nothing = async () => undefined;
  stores.work(
    {
      'first-look': nothing,
      diagnose: nothing,
      due: nothing,
      inquire: nothing,
      remediate: async (job, run) => carryOut.remediate(job.action, run.attempt),
      verify: async (job) => carryOut.verify(job.action, job.attempt),
    },
    { concurrency: 2, onFailure: (_job, error) => jobErrors.push(String(error)) },
  );
  const useCases = makeRemedyUseCases(deps);
  const actor = (user: string): Actor => ({ user, channel: CHANNEL });
  const offerActions = makeOfferActions({ actions: stores.actions, newId: ids, now: () => clock.now() });
  const world: RemedyWorld = {
    clock,
    cluster,
    registry,
    stores,
    slack,
    deps,
    ports,
    told,
    settled,
    writes: [],
    jobErrors,
    source: `robot:${NEW}`,
    dies: undefined,
    node: undefined,
    policy: { users: ['U0ANN', 'U0BOB'], userGroups: [], production: ['prod*'] },
    diagnose: async (name, namespace = 'staging') =>
      diagnose({ request: { kind: 'Deployment', name, namespace }, signal: AbortSignal.timeout(10_000) }),
    offer: async (name = 'api', namespace = 'staging') => {
      const diagnosis = await world.diagnose(name, namespace);
      return offerActions(diagnosis, THREAD, { kind: 'incident', id: 'i1' });
    },
    press: async ({ id }, user = 'U0ANN') => useCases.preview(id, actor(user)),
    confirm: async ({ id }, user = 'U0ANN') => (await useCases.confirm(id, actor(user))).whisper,
    async pass(ms) {
      await stores.queue.idle();
      for (let left = ms; left > 0; left -= 1000) {
        await clock.advance(Math.min(left, 1000));
        await stores.queue.idle();
        await cluster.world.settle();
      }
    },
    state: async ({ id }) => (await stores.actions.get(id))?.state,
    audit: async () => (await stores.audit.recent(1000)).toReversed(),
    secret: (name = 'regcred', namespace = 'staging') => {
      const data = cluster.world.get('Secret', namespace, name)?.data as Record<string, string> | undefined;
      return data && Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString();
    },
    podStates: (namespace = 'staging') =>
      cluster.world.list('Pod', namespace).map(({ status }) => String(status?.phase)),
    async stop() {
      stores.queue.close();
      await registryReader.close();
      await connection.close();
      await cluster.close();
      await registry.stop();
    },
  };
  return world;
}

/** A Deployment whose stored password the registry does not take. */
export async function wrongPassword(world: RemedyWorld, namespace = 'staging', replicas = 2): Promise<void> {
  const { cluster, registry, clock } = world;
  cluster.world.serviceAccount({ namespace, name: 'default' });
  const login = { registry: registry.host, username: 'robot', password: OLD };
  cluster.world.pullSecret({ namespace, name: 'regcred', ...login });
  const image = `${registry.host}/team/api:1.4.2`;
  await cluster.world.deployment({ namespace, name: 'api', image, imagePullSecrets: ['regcred'], replicas });
  await clock.advance(60_000);
}

/** The writer as it is, with every real write noted and a death in between where the story wants one. */
function mortal(writer: ClusterWriter, world: () => RemedyWorld): ClusterWriter {
  const isApply = (args: readonly unknown[]) => args.includes('apply');
  function wrap<V extends Verb>(at: V): ClusterWriter[V] {
    const call = writer[at] as (...args: readonly unknown[]) => Promise<unknown>;
    return (async (...args: readonly unknown[]) => {
      if (!isApply(args)) return call(...args);
      const { dies, writes } = world();
      const isLast = dies?.at === at;
      if (isLast) world().dies = undefined;
      if (isLast && dies.when === 'before') throw new Error('the process died');
      const result = (await call(...args)) as WriteResult;
      if (result.kind === 'done') writes.push(`${at} ${result.receipt.object.replace(/^.*\//, '')}`);
      if (isLast) throw new Error('the process died');
      return result;
    }) as unknown as ClusterWriter[V];
  }
  return {
    restartWorkload: wrap('restartWorkload'),
    setImage: wrap('setImage'),
    updateSecret: wrap('updateSecret'),
    createSecret: wrap('createSecret'),
    deleteSecret: wrap('deleteSecret'),
    deletePod: wrap('deletePod'),
  };
}

async function pullFrom(host: string, { image, secrets }: Parameters<Pull>[0]): Promise<Awaited<ReturnType<Pull>>> {
  const parsed = parseReference(image);
  if (!parsed.ok || parsed.reference.registry !== host) return { ok: false, message: runtimeTexts.notFound(image) };
  const { repository, tag } = parsed.reference;
  const logins = lookupCredentials(image, secrets).tried.map(
    ({ username, password }) => `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`,
  );
  let status = 0;
  for (const authorization of logins.length > 0 ? logins : [undefined]) {
    const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag ?? 'latest'}`, {
      headers: authorization ? { authorization } : {},
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return { ok: true, digest: answer.headers.get('docker-content-digest') ?? '' };
    status = answer?.status ?? 0;
  }
  if (status === 0) return { ok: false, message: runtimeTexts.refused(image, host) };
  return { ok: false, message: status === 404 ? runtimeTexts.notFound(image) : runtimeTexts.unauthorized(image) };
}
