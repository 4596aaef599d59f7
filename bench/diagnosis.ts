/**
 * How fast one pod of a Deployment with a tag that was never pushed is diagnosed: the production adapters over real HTTP against the
 * simulated cluster and registry, each answer 50 ms later. Beside it, in the same run, the least time that the chain of dependent
 * questions allows, and the same questions by hand with kubectl and skopeo. Run: `npm run bench -- diagnosis`. Asserts nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '../src/adapters/kubernetes/connect.ts';
import { createRegistryReader } from '../src/adapters/registry/client.ts';
import { startSimulatedCluster } from '../src/adapters/simulator/cluster/simulate.ts';
import { startSimulatedRegistry } from '../src/adapters/simulator/registry/server.ts';
import { randomId, systemClock } from '../src/clock.ts';
import { CAUSES } from '../src/diagnosis/catalogue.ts';
import { CHECKS } from '../src/diagnosis/checks/index.ts';
import { makeDiagnose } from '../src/flow/diagnose.ts';
import type { DiagnoseUseCase } from '../src/flow/use-cases.ts';
import { REMEDIES } from '../src/remediation/remedies/index.ts';
import { loadRunbook } from '../src/runbook/load.ts';
import { Sealed } from '../src/sealed.ts';
import { findProgram, type HandStep, runByHand } from './support/by-hand.ts';
import { type SeenCall, startDelayingProxy } from './support/delaying-proxy.ts';
import { DISCOVERY } from './support/discovery.ts';
import { longestChain, questionOf } from './support/questions.ts';

const DELAY_MS = 50;
const ROUNDS = 15;
const AIM = { ratio: 1.3, kubernetes: 12, registry: 4 };

const calls: SeenCall[] = [];
const registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic' });
const registryProxy = await startDelayingProxy({
  upstream: `http://${registry.host}`,
  delayMs: DELAY_MS,
  onCall: (call) => void calls.push({ system: 'registry', ...call }),
});
const host = registryProxy.host;
registry.push('team/api', '1.4.1');
registry.push('team/api', '1.4.2-17-52');
registry.allow('robot', new Sealed('right'));

const image = `${host}/team/api:1.4.2-17-54`;
const said = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
const cluster = await startSimulatedCluster({
  clock: systemClock,
  ids: randomId,
  pull: () => ({ ok: false, message: said }),
});
const { world } = cluster;
world.node({ name: 'node-1' });
world.serviceAccount({ namespace: 'staging', name: 'default' });
world.pullSecret({ namespace: 'staging', name: 'regcred', registry: host, username: 'robot', password: 'right' });
await world.deployment({ namespace: 'staging', name: 'api', image, imagePullSecrets: ['regcred'] });
const pod = String(world.list('Pod', 'staging')[0]?.metadata.name);

const api = await startDelayingProxy({
  upstream: cluster.url,
  delayMs: DELAY_MS,
  onCall: (call) => void calls.push({ system: 'kubernetes', ...call }),
  known: DISCOVERY,
});
const kubeconfig = cluster.kubeconfig().replaceAll(cluster.url, `http://${api.host}`);
const folder = mkdtempSync(join(tmpdir(), 'pullcheck-bench-'));

try {
  const path = await measurePullcheck();
  await measureByHand(path);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([api.close(), registryProxy.close()]);
  await cluster.close();
  await registry.stop();
}

async function measurePullcheck(): Promise<{ wallMs: number }> {
  const file = 'deploy/runbooks/image-pull.yaml';
  const runbook = loadRunbook(file, readFileSync(file, 'utf8'), {
    checks: CHECKS.map(({ id }) => id),
    remedies: REMEDIES.map(({ id }) => id),
    causes: Object.keys(CAUSES),
  });
  const connection = connectCluster({ kubeconfigText: kubeconfig });
  const diagnose = makeDiagnose({
    clock: systemClock,
    readers: (_cluster, meter) => {
      const registries = [{ host, plainHttp: true }];
      const reader = createRegistryReader({ meter, clock: systemClock, registries });
      return { cluster: connection.reader(meter), registry: reader, close: () => reader.close() };
    },
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const walls: number[] = [];
  const single: number[] = [];
  let verdict = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    // Beside each round, so that other work on the machine weighs on both alike.
    for (let n = 0; n < 4; n += 1) single.push(await timeOneCall());
    calls.splice(0);
    const begun = performance.now();
    const diagnosis = await diagnose({
      request: { kind: 'Pod', name: pod, namespace: 'staging' },
      signal: new AbortController().signal,
    });
    walls.push(performance.now() - begun);
    verdict = `${diagnosis.verdict.cause}, ${diagnosis.verdict.confidence}`;
  }
  const [first = 0, ...warm] = walls;
  const wallMs = median(warm);
  report({ first, wallMs, oneCallMs: median(single), verdict });
  await reportRefused(diagnose);
  await connection.close();
  return { wallMs };
}

/** What one call takes over a kept connection: the added time and the base. */
async function timeOneCall(): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(`http://${host}/v2/`);
  await answer.arrayBuffer();
  return performance.now() - begun;
}

/**
 * A refused password costs two more questions: whether the login is good at all, and whether the registry tells. The node still reports
 * the missing tag, so the verdict is not certain here.
 */
async function reportRefused(diagnose: DiagnoseUseCase): Promise<void> {
  registry.allow('robot', new Sealed('another'));
  calls.splice(0);
  const { verdict } = await diagnose({
    request: { kind: 'Pod', name: pod, namespace: 'staging' },
    signal: new AbortController().signal,
  });
  registry.allow('robot', new Sealed('right'));
  const count = calls.filter(({ system }) => system === 'registry').length;
  console.log(
    `with a wrong password: ${verdict.cause}, ${verdict.confidence}; registry calls: ${count} (aim ${AIM.registry})`,
  );
}

interface Figures {
  readonly first: number;
  readonly wallMs: number;
  readonly oneCallMs: number;
  readonly verdict: string;
}

function report({ first, wallMs, oneCallMs, verdict }: Figures): void {
  const chain = longestChain(calls);
  const least = chain.length * oneCallMs;
  const asked = calls.map((call) => `${call.system} ${call.method} ${call.path} ${call.authorization}`);
  const doubled = asked.filter((call, at) => asked.indexOf(call) !== at);
  const count = (system: string) => calls.filter((call) => call.system === system).length;
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`machine: ${availableParallelism()} cores, ${memory} GiB, Node ${process.version}`);
  console.log(`verdict: ${verdict}`);
  console.log(`wall time: ${ms(wallMs)} (median of ${ROUNDS - 1}), ${ms(first)} the first time in a process`);
  console.log(
    `critical path: ${chain.length} calls x ${oneCallMs.toFixed(1)} ms = ${ms(least)}: ${chain.join(' -> ')}`,
  );
  console.log(`wall / critical path: ${(wallMs / least).toFixed(2)} (aim ${AIM.ratio})`);
  console.log(`Kubernetes calls: ${count('kubernetes')} (aim ${AIM.kubernetes})`);
  console.log(`registry calls: ${count('registry')} (aim ${AIM.registry})`);
  console.log(`asked twice: ${doubled.length === 0 ? 'none' : doubled.join('; ')}`);
  console.log(`questions: ${[...new Set(calls.map(questionOf))].join(', ')}`);
}

async function measureByHand({ wallMs }: { readonly wallMs: number }): Promise<void> {
  const [kubectl, skopeo, curl] = ['kubectl', 'skopeo', 'curl'].map(findProgram);
  const absent = Object.entries({ kubectl, skopeo, curl }).flatMap(([name, file]) =>
    file === undefined ? [name] : [],
  );
  if (absent.length > 0) {
    console.log(`by hand: not measured, ${absent.join(' and ')} not found (KUBEBUILDER_ASSETS, PATH)`);
    return;
  }
  const config = join(folder, 'kubeconfig');
  writeFileSync(config, kubeconfig);
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: config, REGISTRY_AUTH_FILE: join(folder, 'auth') };
  const steps = runbookByHand({ kubectl: kubectl ?? '', skopeo: skopeo ?? '', curl: curl ?? '' });
  // The first time fills kubectl's cache of the API's kinds, which a person's machine has.
  await runByHand(steps, env);
  calls.splice(0);
  const runs = await runByHand(steps, env);
  for (const { line, ms: took, code } of runs) {
    console.log(`  ${took.toFixed(0).padStart(5)} ms  exit ${code}  ${line}`);
  }
  const total = runs.reduce((sum, run) => sum + run.ms, 0);
  console.log(
    `by hand: ${ms(total)}, ${calls.length} calls, without reading and typing: ${(total / wallMs).toFixed(1)} x`,
  );
}

/** The questions of the runbook in its order. */
function runbookByHand(tool: { readonly kubectl: string; readonly skopeo: string; readonly curl: string }): HandStep[] {
  const kubectl = (...args: string[]) => ({ program: tool.kubectl, args });
  const skopeo = (...args: string[]) => ({ program: tool.skopeo, args });
  const here = ['-n', 'staging'];
  const replicaSet = String(world.list('ReplicaSet', 'staging')[0]?.metadata.name);
  return [
    kubectl('describe', 'pod', pod, ...here),
    kubectl('get', 'replicaset', replicaSet, ...here, '-o', 'yaml'),
    kubectl('get', 'deployment', 'api', ...here, '-o', 'yaml'),
    kubectl('rollout', 'history', 'deployment/api', ...here),
    kubectl('get', 'pods', '-A'),
    kubectl('get', 'node', 'node-1', '-o', 'wide'),
    kubectl('get', 'serviceaccount', 'default', ...here, '-o', 'yaml'),
    kubectl('get', 'secret', 'regcred', ...here, '-o', 'yaml'),
    { program: tool.curl, args: ['-sSI', '--max-time', '10', `http://${host}/v2/`] },
    {
      ...skopeo('login', '--tls-verify=false', '--username', 'robot', '--password-stdin', host),
      input: 'right',
    },
    skopeo('inspect', '--raw', '--tls-verify=false', `docker://${image}`),
    skopeo('list-tags', '--tls-verify=false', `docker://${host}/team/api`),
    kubectl('get', 'pod', pod, ...here, '-o', 'wide'),
  ];
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}
