/** `pullcheck …` as a person runs it, as the service account. */
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Scope } from '../../src/evidence/scope.ts';
import { run } from './box.ts';

export interface CliResult<T> {
  readonly code: number;
  readonly value: T;
  readonly err: string;
}

/** Any command, its JSON read. */
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
  return { code: result.code, value: JSON.parse(result.out), err: result.err };
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
