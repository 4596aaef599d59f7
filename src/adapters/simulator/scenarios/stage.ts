/** The simulated cluster and registry with everything that the scenarios need, and the hands that break and mend them. */
import type { Clock, IdSource } from '../../../clock.ts';
import { Sealed } from '../../../sealed.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../cluster/simulate.ts';
import { type SimulatedGithub, startSimulatedGithub } from '../github/server.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../registry/server.ts';
import { PIPELINE, tellPipeline } from './pipeline.ts';
import { pullOverHttp } from './pull.ts';
import { type Actor, PUSHED_TAGS, SCENARIOS, type Scenario, type ScenarioId } from './scenarios.ts';

export interface StageOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Of the registry; 0: a free one. */
  readonly registryPort: number;
}

export interface Stage {
  readonly cluster: SimulatedCluster;
  readonly github: SimulatedGithub;
  /** Opens the simulated GitHub. */
  readonly githubToken: Sealed;
  /** `127.0.0.1:5000` */
  readonly registryHost: string;
  /** `user:password` that reads everything: the bot's own. */
  readonly botCredential: Sealed;
  /** `user:password` that the registry takes once the old one has expired: what a rotation finds in its source. */
  readonly newCredential: Sealed;
  /** Starts a scenario; false: it is under way already. */
  play(id: ScenarioId): Promise<boolean>;
  /** Starts the registry again; the kubelets retry. */
  mendRegistry(): Promise<void>;
  /** CI pushes the tag that api-service waits for. */
  pushMissingImage(): Promise<void>;
  /** Everything as at the start. What recovers is reported as ended by the alerts. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const COMPANY = 'mycompany';
const PULLER = 'payments-puller';
const READER = 'ci-reader';

interface Passwords {
  readonly reader: Sealed;
  readonly old: Sealed;
  readonly fresh: Sealed;
}

export async function startStage({ clock, ids, registryPort }: StageOptions): Promise<Stage> {
  const registry = await startSimulatedRegistry({ clock, auth: 'basic', port: registryPort });
  const cluster = await startSimulatedCluster({ clock, ids, pull: pullOverHttp, name: 'demo' });
  const passwords: Passwords = { reader: new Sealed(ids()), old: new Sealed(ids()), fresh: new Sealed(ids()) };
  const githubToken = new Sealed(ids());
  const github = await startSimulatedGithub({ clock, token: githubToken });
  const { world } = cluster;
  const { host } = registry;

  function image({ name }: Actor, tag: string): string {
    return `${host}/${COMPANY}/${name}:${tag}`;
  }
  async function roll(actor: Actor, tag: string): Promise<void> {
    await world.setImage({ kind: 'Deployment', namespace: actor.namespace, name: actor.name }, image(actor, tag));
  }
  async function restore({ fault, actors }: Scenario): Promise<void> {
    await registry.start();
    if (fault === 'tag') for (const { name, after } of actors) registry.remove(`${COMPANY}/${name}`, after);
    if (fault === 'credential') {
      registry.allow(PULLER, passwords.old);
      for (const { namespace } of actors) putSecrets(cluster, host, namespace, passwords);
    }
    for (const actor of actors) await roll(actor, actor.before);
    await world.retryPulls();
  }

  stock(registry, passwords);
  tellPipeline(github.repository(PIPELINE.repository), github.web, host);
  await furnish(cluster, host, passwords, image);
  return {
    cluster,
    github,
    githubToken,
    registryHost: host,
    botCredential: new Sealed(`${READER}:${passwords.reader.reveal()}`),
    newCredential: new Sealed(`${PULLER}:${passwords.fresh.reveal()}`),
    async play(id) {
      const scenario = SCENARIOS.find((one) => one.id === id);
      if (!scenario || scenario.actors.some((one) => isStuck(cluster, one))) return false;
      await restore(scenario);
      if (scenario.fault === 'registry') await registry.stop();
      if (scenario.fault === 'credential') registry.allow(PULLER, passwords.fresh);
      await Promise.all(scenario.actors.map(async (one) => roll(one, one.after)));
      return true;
    },
    async mendRegistry() {
      await registry.start();
      await world.retryPulls();
    },
    async pushMissingImage() {
      for (const { fault, actors } of SCENARIOS) {
        if (fault === 'tag') for (const { name, after } of actors) registry.push(`${COMPANY}/${name}`, after);
      }
      await world.retryPulls();
    },
    async reset() {
      for (const scenario of SCENARIOS) await restore(scenario);
    },
    async close() {
      await cluster.close();
      await github.close();
      await registry.stop();
    },
  };
}

function isStuck({ world }: SimulatedCluster, { namespace, name }: Actor): boolean {
  return world
    .list('Pod', namespace)
    .some(({ metadata, status }) => metadata.labels?.['app'] === name && status?.phase === 'Pending');
}

function stock(registry: SimulatedRegistry, passwords: Passwords): void {
  registry.allow(READER, passwords.reader);
  registry.allow(PULLER, passwords.old);
  for (const { fault, actors } of SCENARIOS) {
    for (const { name, before, after } of actors) {
      registry.push(`${COMPANY}/${name}`, before);
      if (fault !== 'tag') registry.push(`${COMPANY}/${name}`, after);
      else for (const tag of PUSHED_TAGS) registry.push(`${COMPANY}/${name}`, tag);
    }
  }
}

function putSecrets({ world }: SimulatedCluster, registry: string, namespace: string, passwords: Passwords): void {
  world.pullSecret({ namespace, name: 'regcred', registry, username: READER, password: passwords.reader.reveal() });
  world.pullSecret({ namespace, name: 'puller-cred', registry, username: PULLER, password: passwords.old.reveal() });
}

async function furnish(
  cluster: SimulatedCluster,
  host: string,
  passwords: Passwords,
  image: (actor: Actor, tag: string) => string,
): Promise<void> {
  const { world } = cluster;
  for (const name of ['node-a', 'node-b']) world.node({ name });
  for (const namespace of ['staging', 'prod']) {
    world.serviceAccount({ namespace, name: 'default' });
    putSecrets(cluster, host, namespace, passwords);
  }
  for (const actor of SCENARIOS.flatMap(({ actors }) => actors)) {
    const { namespace, name, replicas, node, secret, before } = actor;
    const plan = { namespace, name, replicas, node, image: image(actor, before), imagePullSecrets: [secret] };
    await world.deployment({ ...plan, pullPolicy: 'Always' });
  }
}
