// `npm test`: all tests on the real servers that this machine has; what it lacks is skipped and named at the end, never in CI.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endToEnd } from './end-to-end.mjs';
import { installDebian, node24, root, run, say } from './install.mjs';
import { report } from './summary.mjs';

const SERVERS = {
  'redis-server': 'redis-server',
  'docker-registry': 'docker-registry',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  openssl: 'openssl',
  htpasswd: 'apache2-utils',
};

/** `npm test [-- PATH…]`; a path runs only those suites, without the end-to-end ones. */
export async function test(args) {
  const work = mkdtempSync(join(tmpdir(), 'pullcheck-test-'));
  const skipped = join(work, 'skipped');
  try {
    installDebian(SERVERS);
    const env = { ...process.env, PULLCHECK_SKIPPED: skipped, ...kubeAssets() };
    const fast = jest(['--config', 'jest.config.js', ...args], env, join(work, 'fast.json'));
    report(fast);
    const { code } = fast;
    const e2e = args.length > 0 ? 0 : await endToEnd({ env, work, jest, skipped });
    return finish(skipped, code || e2e);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Runs Jest on Node 24 in native ESM; `within` puts it inside a test cluster's namespaces. Gives its exit code, what passed and failed,
 * and the suites of which not one test passed: those whose set-up failed.
 */
function jest(args, env, results, within = []) {
  const command = [
    ...within,
    node24,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
  ];
  const code = run(command[0], [...command.slice(1), ...args, '--json', `--outputFile=${results}`], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(results)) return { code: code || 1, passed: 0, failed: 1, notSetUp: [] };
  const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
    readFileSync(results, 'utf8'),
  );
  const broken = numFailedTests === 0 ? numFailedTestSuites : 0; // a suite that could not be loaded fails no test of its own
  const notSetUp = testResults
    .map(({ name, assertionResults: tests }) => ({ name, failed: tests.length, all: tests.every(isFailed) }))
    .filter(({ failed, all }) => failed > 1 && all);
  return { code, passed: numPassedTests, failed: numFailedTests + broken, notSetUp };
}

function isFailed({ status }) {
  return status === 'failed';
}

/** Where kube-apiserver and etcd are: as told, from the testbed, else envtest's own download; nowhere: its suites are skipped. */
function kubeAssets() {
  if (process.env.KUBEBUILDER_ASSETS) return {};
  const own = process.env.TESTBED
    ? [join(process.env.TESTBED, 'kube-assets')]
    : [node24, join(root, 'scripts/envtest-assets.mjs')];
  const child = spawnSync(own[0], own.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return child.status === 0 ? { KUBEBUILDER_ASSETS: child.stdout.trim() } : {};
}

function finish(file, code) {
  const names = existsSync(file) ? [...new Set(readFileSync(file, 'utf8').trim().split('\n').filter(Boolean))] : [];
  if (names.length === 0) return code;
  say('skipped, because this machine lacks what they need:');
  for (const name of names) say(`  - ${name}`);
  if (process.env.CI !== 'true') return code;
  say('with CI=true nothing may be skipped');
  report({ passed: 0, failed: names.length });
  return code || 1;
}
