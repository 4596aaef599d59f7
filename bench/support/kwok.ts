/** kwok, where this machine has it: nodes and pods in a real API server whose status a simulated kubelet writes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './by-hand.ts';

/** On PATH, else as the folder TESTBED makes it. undefined: this machine has none. */
export function findKwok(): string | undefined {
  const found = findProgram('kwok');
  const maker = join(process.env['TESTBED'] ?? '', 'go-tool');
  if (found !== undefined || !process.env['TESTBED'] || !existsSync(maker)) return found;
  const made = spawnSync(maker, ['kwok'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return made.status === 0 ? made.stdout.trim() : undefined;
}

/** Starts it on the nodes that are annotated for it; gives what ends it. */
export function startKwok(program: string, kubeconfig: string): () => Promise<void> {
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--config=${fileURLToPath(new URL('kwok.yaml', import.meta.url))}`,
    '--manage-all-nodes=false',
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
  ];
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' });
  return async () => {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  };
}
