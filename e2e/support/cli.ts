/** `pullcheck …` as a person runs it, as the service account. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Scope } from '../../src/evidence/scope.ts';
import { dir, run } from './box.ts';

export interface CliResult<T> {
  readonly code: number;
  readonly value: T;
  readonly err: string;
}

/** Any command, its JSON read. With PULLCHECK_E2E_KEEP everything said is kept in the cluster's folder, one answer a line. */
export async function pullcheck<T>(
  kubeconfig: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult<T>> {
  const result = await run('bin/pullcheck.mjs', [...args, '-o', 'json'], {
    env: { ...process.env, KUBECONFIG: kubeconfig, ...env },
  });
  if (result.out.trim() === '')
    throw new Error(`pullcheck ${args.join(' ')} printed nothing (exit ${result.code}): ${result.err}`);
  const value = JSON.parse(result.out);
  if (process.env['PULLCHECK_E2E_KEEP'])
    appendFileSync(join(dir, 'said.jsonl'), `${JSON.stringify({ args, code: result.code, value })}\n`);
  return { code: result.code, value, err: result.err };
}

/** One diagnosis. */
export async function diagnose(
  kubeconfig: string,
  name: string,
  namespace: string,
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult<Diagnosis>> {
  return pullcheck(kubeconfig, ['pod', name, '-n', namespace], env);
}

/** The quick assessment. */
export async function scope(kubeconfig: string, ...args: string[]): Promise<CliResult<Scope>> {
  return pullcheck(kubeconfig, ['scope', ...args]);
}
