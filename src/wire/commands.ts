/** The command line's verbs over the real program. */
import type { Commands, ReadFlags, RunbookReport } from '../adapters/terminal/commands.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig, processInput } from '../config/config.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { parseReference } from '../image/reference.ts';
import { readRunbook } from '../runbook/load.ts';
import { caseSaver, replayCase } from './cases.ts';
import { credentialsInFiles, textOf } from './credentials.ts';
import { type DiagnosisParts, wireDiagnosis } from './diagnosis.ts';
import { type Outside, openOutside } from './outside.ts';
import { knownIds, loadRunbooks } from './runbooks.ts';
import { checkWorkflows } from './workflows.ts';

/** Opens the outside for one command and closes it afterwards. */
async function withOutside<T>(
  flags: ReadFlags,
  use: (parts: DiagnosisParts & { outside: Outside; config: Config }) => Promise<T>,
): Promise<T> {
  const config = loadConfig(processInput('cli'));
  const outside = openOutside(config, clusterFlags(flags), { clock: systemClock, register: () => undefined });
  try {
    return await use({ ...wireDiagnosis(config, outside, systemClock), outside, config });
  } finally {
    await outside.close();
  }
}

/** What is wrong with the image's name is told before what is wrong with the configuration: mending that would not help. */
async function refFirst<T>(image: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const parsed = parseReference(image);
    if (parsed.ok || !(error instanceof ConfigError)) throw error;
    const hint = 'An image is written REGISTRY/NAME:TAG, as in ghcr.io/acme/api:1.4.3.';
    throw new UsageError({
      code: 'invalid-reference',
      message: `"${image}": ${parsed.fault.sentence}.`,
      hint,
      cause: error,
    });
  }
}

function clusterFlags({ context, kubeconfig }: Pick<ReadFlags, 'context' | 'kubeconfig'>): {
  context?: string;
  kubeconfig?: string;
} {
  return { ...(context === undefined ? {} : { context }), ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}

/** `version`: the program's, written into case files. */
export function makeCommands(version: string): Commands {
  const saving = ({ saveCase }: { readonly saveCase?: string }) => {
    const onRecording = caseSaver(saveCase, version);
    return onRecording === undefined ? {} : { onRecording };
  };
  return {
    pod: (input) =>
      withOutside(input, ({ diagnose, outside }) => {
        const { name, kind, onProgress, signal } = input;
        const request = { name, namespace: input.namespace ?? outside.namespace, ...(kind ? { kind } : {}) };
        return diagnose({ request, onProgress, signal, ...saving(input) });
      }),
    image: (input) =>
      refFirst(
        input.image,
        withOutside(input, ({ preflight, outside }) => {
          const { image, serviceAccount, onProgress, signal } = input;
          const account = serviceAccount === undefined ? {} : { serviceAccount };
          const namespace = input.namespace ?? outside.namespace;
          return preflight({ image, namespace, ...account, onProgress, signal, ...saving(input) });
        }),
      ),
    replay: async (file) => replayCase(file, loadRunbooks(loadConfig(processInput('cli')).file.runbooks)),
    scope: (input) =>
      withOutside(input, ({ scope, outside }) => {
        const namespace = input.all ? undefined : (input.namespace ?? outside.namespace);
        const { signal, onCall } = input;
        return scope({ signal, onCall, ...(namespace === undefined ? {} : { namespace }) });
      }),
    credentials: (input) =>
      input.files.length > 0
        ? Promise.resolve(credentialsInFiles(input.image, input.files))
        : withOutside(input, ({ credentials, outside }) => {
            const { image, serviceAccount, signal } = input;
            const account = serviceAccount === undefined ? {} : { serviceAccount };
            return credentials({ image, namespace: input.namespace ?? outside.namespace, ...account, signal });
          }),
    lintRunbooks: async (files) => lintRunbooks(files),
    checkWorkflows: async (files, options) => checkWorkflows(files, options),
    // Loaded when asked for: a diagnosis in the terminal needs neither Slack nor Redis.
    serve: async (options) => (await import('./serve.ts')).serve(options),
    worker: async () => (await import('./serve.ts')).work(),
    demo: async (options) => (await import('../demo/demo.ts')).runDemo(options),
  };
}

function lintRunbooks(files: readonly string[]): RunbookReport {
  const problems = files.flatMap((file) => {
    const reading = readRunbook(textOf(file), knownIds);
    return reading.ok ? [] : reading.problems.map(({ line, message }) => ({ file, line, message }));
  });
  return { apiVersion: 'pullcheck/v1', kind: 'RunbookReport', files: files.length, problems };
}
