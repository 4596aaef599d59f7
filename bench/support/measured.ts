/** A program from start to end: how long, how much memory, what it printed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly ms: number;
  readonly code: number | null;
  /** Peak of its resident memory; undefined where /proc is not there. */
  readonly peakMiB: number | undefined;
  readonly printed: string;
}

/** Rejects when the program cannot be started; killed after `limitMs`. */
export async function measure(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: limitMs });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let peakMiB: number | undefined;
  const watch = setInterval(() => {
    peakMiB = peakOf(child.pid) ?? peakMiB;
  }, 50);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { ms: performance.now() - begun, code, peakMiB, printed: Buffer.concat(chunks).toString('utf8') };
  } finally {
    clearInterval(watch);
  }
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
