// The end-to-end suites run inside a whole one-node Kubernetes, once on each container runtime: their messages differ.

import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDebian, root, run, say, which } from './install.mjs';
import { report } from './summary.mjs';

const PROGRAMS = {
  containerd: 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  nft: 'nftables',
  dnsmasq: 'dnsmasq-base',
  gcc: 'gcc libc6-dev',
  skopeo: 'skopeo',
};

// A node takes 110 pods (kubelet `maxPods`): suites that make many have a cluster of their own.
const CROWDED = ['registries', 'causes|incidents', 'odd-faults'];
const PARTS = [
  ...CROWDED.map((names) => [`e2e/(?:${names})\\.test`]),
  [`--testPathIgnorePatterns=e2e/(?:${CROWDED.join('|')})\\.test`],
];

/** Gives an exit code. `TESTBED` names the folder of the test cluster; without it `kind`, without that the suites are skipped. */
export async function endToEnd({ env, work, jest, skipped }) {
  const testbed = process.env.TESTBED;
  if (!testbed) {
    if (which('kind')) {
      appendFileSync(
        skipped,
        "end-to-end scenarios of kubelet and registry: need the test cluster's own network (set TESTBED); kind ran the others\n",
      );
      return kind({ env, work, jest });
    }
    appendFileSync(skipped, 'end-to-end suites: need a one-node Kubernetes (install kind, or set TESTBED)\n');
    return 0;
  }
  if (process.getuid?.() !== 0) {
    appendFileSync(skipped, 'end-to-end suites: the test cluster needs root\n');
    return 0;
  }
  installDebian({ ...PROGRAMS, [join('/usr/lib/cni', 'ptp')]: 'containernetworking-plugins' });
  const second = tool(testbed, 'containerd');
  // Kept where the suites look for it: inside the cluster there is no network to build it.
  tool(testbed, 'registry');
  const runtimes = [
    { name: 'containerd-1', env: {} },
    { name: 'containerd-2', env: { CONTAINERD: second, CONTAINERD_MAJOR: '2' } },
  ];
  let code = 0;
  for (const runtime of runtimes) {
    for (const [index, part] of PARTS.entries()) {
      const title = `${runtime.name}, part ${index + 1} of ${PARTS.length}`;
      code = playPart({ testbed, runtime, env, work, jest, part, title, id: `${runtime.name}-${index + 1}` }) || code;
    }
  }
  return code;
}

/**
 * A suite of which not one story passed was not set up (a push or a pod that a busy machine was too slow for): it gets one more
 * cluster, and that is said. A story that fails beside others has failed.
 */
function playPart(part) {
  const first = onCluster(part);
  const { notSetUp } = first;
  if (notSetUp.length === 0) {
    report(first);
    return first.code;
  }
  const paths = notSetUp.map(({ name }) => name);
  say(`no story of these could be set up, they are tried once more on a cluster of their own: ${paths.join(', ')}`);
  const again = onCluster({
    ...part,
    part: ['--runTestsByPath', ...paths],
    title: `${part.title}, again`,
    id: `${part.id}-again`,
  });
  const rest = first.failed - notSetUp.reduce((sum, { failed }) => sum + failed, 0);
  report({ passed: first.passed + again.passed, failed: rest + again.failed });
  return again.code || (rest > 0 ? 1 : 0);
}

/** `part`: which suites, in jest's words. */
function onCluster({ testbed, runtime, env, work, jest, part, title, id }) {
  const dir = join(work, id);
  const cluster = join(testbed, 'cluster');
  say(`end-to-end on ${title}: starting a one-node Kubernetes`);
  try {
    if (!isUp({ cluster, dir, env: { ...env, ...runtime.env } }))
      return { code: 1, passed: 0, failed: 1, notSetUp: [] };
    const inside = { ...env, ...runtime.env, PULLCHECK_E2E_DIR: dir, PULLCHECK_E2E_RUNTIME: runtime.name };
    const suites = ['--config', 'jest.e2e.config.js', '--runInBand', ...part];
    return jest(suites, inside, join(work, `${id}.json`), [cluster, 'exec', dir]);
  } finally {
    run(cluster, ['down', dir], { stdio: 'ignore' });
  }
}

/** On a busy machine the runtime may answer the kubelet too late for the cluster's own patience: it is started once more, and that is said. */
function isUp({ cluster, dir, env }) {
  for (const isLast of [false, true]) {
    writeNames(dir);
    if (run(cluster, ['up', dir], { env, stdio: ['ignore', 'ignore', 'inherit'] }) === 0) return true;
    if (isLast) return false;
    say('the cluster did not start: trying once more');
    run(cluster, ['down', dir], { stdio: 'ignore' });
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Names of the suites' registries, there before containerd starts: Go programs remember /etc/hosts for 5 seconds. */
function writeNames(dir) {
  const names = JSON.parse(readFileSync(join(root, 'e2e/names.json'), 'utf8'));
  const lines = [
    '127.0.0.1 localhost',
    '198.51.100.10 node-1',
    ...Object.entries(names).map(([name, address]) => `${address} ${name}`),
  ];
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'hosts'), `${lines.join('\n')}\n`);
}

function tool(testbed, name) {
  const child = spawnSync(join(testbed, 'go-tool'), [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.status !== 0) throw new Error(`${name} could not be built`);
  return child.stdout.trim();
}

/** A contributor's own machine: a kind cluster of ours, deleted afterwards, for what needs no registry of ours on its network. */
function kind({ env, work, jest }) {
  const kubeconfig = join(work, 'kubeconfig');
  say('end-to-end on kind: creating the cluster "pullcheck-test"');
  try {
    if (run('kind', ['create', 'cluster', '--name', 'pullcheck-test', '--kubeconfig', kubeconfig]) !== 0) return 1;
    const inside = { ...env, KUBECONFIG: kubeconfig, PULLCHECK_E2E_DIR: work, PULLCHECK_E2E_RUNTIME: 'kind' };
    const deployed = jest(
      ['--config', 'jest.e2e.config.js', '--runInBand', 'e2e/deploy'],
      inside,
      join(work, 'kind.json'),
    );
    report(deployed);
    return deployed.code;
  } finally {
    run('kind', ['delete', 'cluster', '--name', 'pullcheck-test', '--kubeconfig', kubeconfig], { stdio: 'ignore' });
  }
}
