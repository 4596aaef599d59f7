/** The runbook as a person works through it: one command after the other, with the programs that people have. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface HandStep {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
}

export interface HandRun {
  readonly line: string;
  readonly ms: number;
  readonly code: number | null;
}

/** Where a program lies: kubectl beside the API server's own programs first. undefined: not on this machine. */
export function findProgram(name: string): string | undefined {
  const folders = [process.env['KUBEBUILDER_ASSETS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Runs them one after the other. */
export async function runByHand(steps: readonly HandStep[], env: NodeJS.ProcessEnv): Promise<readonly HandRun[]> {
  const runs: HandRun[] = [];
  for (const step of steps) runs.push(await runStep(step, env));
  return runs;
}

async function runStep({ program, args, input }: HandStep, env: NodeJS.ProcessEnv): Promise<HandRun> {
  const begun = performance.now();
  const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { line: [program.split('/').at(-1), ...args].join(' '), ms: performance.now() - begun, code };
}
