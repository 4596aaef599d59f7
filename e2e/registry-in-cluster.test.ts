/**
 * The internal registry of a cluster, as the source playbook has it: images name a Service's address, and the registry is a pod that
 * can be missing, crash, or stand behind a policy. Read by the command line as the service account of deploy/.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import {
  allowPlainHttp,
  apply,
  deployment,
  dir,
  eventually,
  kubectl,
  mirrorFirst,
  namespace,
  run,
  runtime,
  stuckPod,
} from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { addFarNode, farRegistry } from './support/far-node.ts';
import {
  EVICTED,
  faultyHosts,
  MIRROR,
  MIRRORED,
  REGISTRY_FAULTS,
  type RegistryFault,
  WELL_AFTER_ALL,
} from './support/registry-faults.ts';
import { behindPolicy, importRegistry, type PodRegistry, startPodRegistry } from './support/registry-pod.ts';
import { evicted, raiseRooms } from './support/registry-rooms.ts';

const REPOSITORY = 'cortex-chat-frontend';
/** Of the registry whose packets get lost. */
const LOST = '203.0.113.74';
/** Of the one that runs on another node, whose packets get lost as well. */
const FAR = '203.0.113.75';
/** Seconds: a pull from an address without a backend ends after several timeouts of 30 s, one after the other. */
const PATIENCE = 300;
let chat: PodRegistry;
let crashing: PodRegistry;
let full: PodRegistry;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

async function runs(where: string, name: string): Promise<void> {
  await eventually(`${where}/${name} runs`, async () => {
    const ready = await kubectl('get', 'deployment', name, '-n', where, '-o', 'jsonpath={.status.readyReplicas}');
    if (ready === '1') return true;
    throw new Error(`${ready || 0} ready`);
  });
}

async function deploy(name: string, { host }: PodRegistry, repository = `${REPOSITORY}:v1`): Promise<void> {
  await apply(deployment({ namespace: 'apps', name, image: `${host}/${repository}` }));
}

jest.setTimeout(400_000);
/** Each fault has a registry of its own, so that the kubelet waits for all of them at the same time. */
beforeAll(async () => {
  for (const name of ['cortex-chat', 'cortex-crash', 'cortex-far', 'cortex-node', 'apps']) await namespace(name);
  await importRegistry();
  const [first, second, third] = await Promise.all([
    startPodRegistry('cortex-chat', '203.0.113.72'),
    startPodRegistry('cortex-crash', '203.0.113.73'),
    startPodRegistry('cortex-far', LOST),
  ]);
  for (const registry of [first, second, third]) await registry.push(REPOSITORY, 'v1');
  await addFarNode();
  allowPlainHttp(`${FAR}:5000`);
  await farRegistry('cortex-node', FAR);
  await Promise.all([cutOff(third, { namespace: 'cortex-node' }), second.crash(['/pause', 'crash', 'out of memory'])]);
  await deploy('search', third);
  await apply(deployment({ namespace: 'apps', name: 'reports', image: `${FAR}:5000/${REPOSITORY}:v1` }));
  await deploy('orders', second);
  full = await raiseRooms();
  for (const host of faultyHosts()) allowPlainHttp(host);
  mirrorFirst(MIRRORED, MIRROR);
  const asked = [...REGISTRY_FAULTS, ...WELL_AFTER_ALL];
  await apply(...asked.map(({ app, image }) => deployment({ namespace: 'apps', name: app, image })));
  [chat, crashing] = [first, second];
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'registry-in-cluster.yaml');
  const hosts = [...[first, second, third].map(({ host }) => host), `${FAR}:5000`];
  const registries = [...hosts, ...faultyHosts()].map((host) => ({ host, plainHttp: true }));
  writeFileSync(config, JSON.stringify({ registries }));
  env = { PULLCHECK_CONFIG: config };
  await grant('read-pull-secrets', 'apps');
});
afterAll(async () => {
  await run('nft', ['delete', 'table', 'inet', 'pullcheck']);
});

/** And the node loses every packet to it, before kube-proxy sends it on: what a firewall does. */
async function cutOff(...registries: readonly Pick<PodRegistry, 'namespace'>[]): Promise<void> {
  for (const registry of registries) await behindPolicy(registry);
  const drop = [
    'add table inet pullcheck',
    'add chain inet pullcheck out { type filter hook output priority -300; }',
    `add rule inet pullcheck out ip daddr { ${LOST}, ${FAR} } drop`,
  ].join('\n');
  const dropped = await run('nft', ['-f', '-'], { input: drop });
  if (dropped.code !== 0) throw new Error(dropped.err);
}

describe(`a registry inside the cluster on ${runtime}`, () => {
  it('answers: the image runs, and nobody looks behind the Service', async () => {
    await deploy('frontend', chat);
    await runs('apps', 'frontend');

    const { code, value } = await diagnose(kubeconfig, 'deployment/frontend', 'apps', env);

    expect(code).toBe(0);
    expect(value.verdict.cause).toBe('healthy');
    expect(value.gaps).toEqual([]);
  });

  it('an image that was never built is not the registry’s fault', async () => {
    await deploy('backend', chat, 'cortex-chat-backend-simple:latest');
    const pod = await stuckPod('apps', 'backend');

    const { value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(value.verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'certain' });
    expect(value.lights.reachability).toBe('good');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);

    // The same where nobody has told the bot that this registry has no TLS.
    const untold = await diagnose(kubeconfig, pod, 'apps');
    expect(untold.value.verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'certain' });
    expect(untold.value.calls.registry).toBeLessThanOrEqual(5);
  });

  it('scaled to 0: the registry is down, certain, with the Service and what stands behind it', async () => {
    await chat.scale(0);
    await deploy('cart', chat);
    const pod = await stuckPod('apps', 'cart', PATIENCE);

    const { code, value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'registry-down', confidence: 'certain', alternatives: [] });
    expect(value.verdict.summary).toContain('Service cortex-chat/docker-registry');
    expect(value.verdict.summary).toContain('scaled to 0');
    expect(value.lights.reachability).toBe('bad');
    expect(value.steps.find(({ id }) => id === 'in-cluster')).toMatchObject({
      status: 'failed',
      command: 'kubectl get endpointslices -n cortex-chat -l kubernetes.io/service-name=docker-registry',
    });
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(value.gaps).toEqual([]);
  });

  it('comes back: the stuck pod pulls, and nothing is left to say', async () => {
    await chat.scale(1);
    await kubectl('delete', 'pods', '-n', 'apps', '-l', 'app=cart');
    await runs('apps', 'cart');

    const { code, value } = await diagnose(kubeconfig, 'deployment/cart', 'apps', env);

    expect(code).toBe(0);
    expect(value.verdict.cause).toBe('healthy');
  });

  it('crashes again and again: names the pod, its restarts and the log to read', async () => {
    const pod = await stuckPod('apps', 'orders', PATIENCE);

    const { value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(value.verdict).toMatchObject({ cause: 'registry-down', confidence: 'certain' });
    const down = value.findings.find(({ cause }) => cause === 'registry-down');
    expect(down?.detail).toMatchObject({ workload: 'deployment/docker-registry', podsReady: 0, lastExitCode: 1 });
    expect(down?.detail['restarts']).toBeGreaterThan(0);
    const log = `^kubectl logs -n ${crashing.namespace} docker-registry-\\S+ --previous --tail=50$`;
    expect(down?.detail['look']).toMatch(new RegExp(log));
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it('behind a policy, on the pulling node, where packets are lost: the policy is not blamed, and the registry is not down', async () => {
    const pod = await stuckPod('apps', 'search', PATIENCE);

    const { value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(value.verdict.cause).toBe('connection-timeout');
    expect(value.ruledOut.map(({ cause }) => cause)).toEqual(
      expect.arrayContaining(['registry-down', 'network-policy-blocks-registry']),
    );
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });
});

describe('a registry on another node, behind a policy that admits only pods', () => {
  it('and a pull that timed out: likely the policy, which nobody sees act', async () => {
    const pod = await stuckPod('apps', 'reports', PATIENCE);

    const { value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(value.verdict).toMatchObject({
      cause: 'network-policy-blocks-registry',
      confidence: 'likely',
      alternatives: ['connection-timeout'],
    });
    expect(value.verdict.summary).toContain('NetworkPolicy registry-clients admits no traffic from node node-1');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });
});

/** Blame that no registry which is down, shut off or not found may earn: advice about what is there may speak of it. */
const NEVER = /password|credential|login|secret|NetworkPolicy|\btag\b|\brepository\b|does not exist/i;
const IS_REACHED: ReadonlySet<string> = new Set(['tag-not-found', 'repository-not-found', 'registry-error']);

async function verdictOn({
  app,
  cause,
  confidence,
  says,
  command,
  detail,
  reachability,
}: RegistryFault): Promise<void> {
  const pod = await stuckPod('apps', app, PATIENCE);

  const { code, value } = await diagnose(kubeconfig, pod, 'apps', env);

  const { summary } = value.verdict;
  expect({ code, ...value.verdict }).toMatchObject({ code: 1, cause, confidence });
  for (const words of says) expect(summary).toMatch(words);
  expect(summary).not.toContain('Did you mean');
  if (!IS_REACHED.has(cause)) expect(summary).not.toMatch(NEVER);
  expect(value.lights).toMatchObject({
    reachability: reachability ?? 'bad',
    credentials: expect.not.stringMatching('bad'),
  });
  const finding = value.findings.find((one) => one.cause === cause);
  if (command !== undefined) expect(finding?.commands).toContainEqual(expect.stringMatching(command));
  if (detail !== undefined) expect(finding?.detail).toMatchObject(detail);
  expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  expect(value.gaps).toEqual([]);
}

describe(`registries inside the cluster, each with a fault of its own, on ${runtime}`, () => {
  it.each(REGISTRY_FAULTS.map((fault) => [fault.story, fault] as const))('%s', async (_story, fault) => {
    await verdictOn(fault);
  });

  it.each(WELL_AFTER_ALL.map(({ app }) => app))('%s: what the registry holds still runs', async (app) => {
    await runs('apps', app);

    expect((await diagnose(kubeconfig, `deployment/${app}`, 'apps', env)).value.verdict.cause).toBe('healthy');
  });

  it(EVICTED.story, async () => {
    await evicted(full);
    await apply(deployment({ namespace: 'apps', name: EVICTED.app, image: EVICTED.image }));
    await verdictOn(EVICTED);
  });
});
