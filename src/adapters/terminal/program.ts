/** The command line: words, flags, help. What a command does is in `Commands`; how its result looks is in `render-*.ts`. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { StepProgress } from '../../runbook/runbook.ts';
import { kindFromWord, type WorkloadKind } from '../../target/target.ts';
import type { Commands, ReadFlags } from './commands.ts';
import { describeError, type ExitCode, exitOfDiagnosis, exitOfScope } from './exit.ts';
import { liveProgress, type Progress, plainProgress, silentProgress } from './progress.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { renderCredentials, renderRunbookReport } from './render-reports.ts';
import { renderScope } from './render-scope.ts';
import { createStyle, printableDeep, type Style } from './style.ts';

/** Where the command line reads and writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** stdout / stderr are terminals. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly colour: boolean;
  readonly version: string;
  /** Streams classify's lines; gives when stdin ends. */
  readonly classify: () => Promise<void>;
}

interface ReadOptions {
  namespace?: string;
  allNamespaces?: boolean;
  context?: string;
  kubeconfig?: string;
  output: 'text' | 'json';
  color: boolean;
  timeout: number;
  serviceAccount?: string;
  filename?: string[];
}

/** Runs one command line (without `node` and the script); never throws. */
export async function runProgram(args: readonly string[], commands: Commands, terminal: Terminal): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const json = args.some(
    (arg, index) =>
      arg === '-ojson' ||
      arg === '--output=json' ||
      ((arg === '-o' || arg === '--output') && args[index + 1] === 'json'),
  );
  const program = build(commands, terminal, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (
      error instanceof CommanderError &&
      (error.code === 'commander.helpDisplayed' ||
        error.code === 'commander.version' ||
        error.code === 'commander.help')
    )
      return error.exitCode === 0 ? 0 : 2;
    const asUsage =
      error instanceof CommanderError
        ? new UsageError({
            code: 'usage',
            message: error.message.replace(/^error: /, ''),
            hint: 'pullcheck --help lists the commands.',
          })
        : error;
    const { report, exit: code } = describeError(asUsage);
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.err(`pullcheck: ${report.message}\n${report.hint === '' ? '' : `${report.hint}\n`}`);
    return code;
  }
}

function build(commands: Commands, terminal: Terminal, exit: (code: ExitCode) => void): Command {
  const program = new Command('pullcheck')
    .description('Finds out why a container image cannot be pulled, or the wrong one runs, and proves it.')
    .version(terminal.version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: () => {} })
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExamples:\n  pullcheck pod api-service -n staging\n  pullcheck pod deployment/api-service -n staging -o json\n  pullcheck scope -A\n\nExit codes: 0 nothing wrong, 1 a problem was found, 2 wrong usage or configuration, 3 could not look.',
    );
  const reading = (command: Command) => readFlags(command);

  reading(
    program
      .command('pod <name>')
      .description('diagnose one pod, or a workload (deployment/NAME, statefulset/…, daemonset/…, job/…, cronjob/…)'),
  ).action(async (name: string, options: ReadOptions) => {
    const view = viewOf(options, terminal);
    const progress =
      options.output === 'json'
        ? silentProgress
        : terminal.errIsTerminal
          ? liveProgress(view.style)
          : plainProgress((line) => terminal.err(`${line}\n`), view.style);
    const diagnosis = await withProgress(progress, (onProgress) =>
      commands.pod({ ...flags(options), ...splitName(name), onProgress }),
    );
    view.print(diagnosis, renderDiagnosis(printableDeep(diagnosis), view.style));
    exit(exitOfDiagnosis(diagnosis));
  });

  reading(
    program
      .command('scope')
      .description('everything that cannot pull, grouped by cause, registry, secret, node, namespace'),
  )
    .option('-A, --all-namespaces', 'all namespaces')
    .action(async (options: ReadOptions) => {
      const view = viewOf(options, terminal);
      const scope = await commands.scope({ ...flags(options), all: options.allNamespaces ?? false });
      view.print(scope, renderScope(printableDeep(scope), view.style));
      exit(exitOfScope(scope));
    });

  reading(
    program
      .command('credentials <image>')
      .description('which credentials the kubelet would try for an image, in order, and why the others are ignored'),
  )
    .option('--service-account <name>', 'whose pull secrets', 'default')
    .option(
      '-f, --filename <file...>',
      'Secret manifests that are not applied yet (YAML, JSON, List); no cluster is asked',
    )
    .action(async (image: string, options: ReadOptions) => {
      const view = viewOf(options, terminal);
      const report = await commands.credentials({
        ...flags(options),
        image,
        files: options.filename ?? [],
        ...(options.serviceAccount ? { serviceAccount: options.serviceAccount } : {}),
      });
      view.print(report, renderCredentials(printableDeep(report), view.style));
    });

  program
    .command('classify')
    .description(
      'stdin: one JSON object per line with "message" (and optional "reason"); stdout: what each says, same order',
    )
    .action(async () => terminal.classify());

  const runbook = program.command('runbook').description('runbooks');
  runbook
    .command('lint <file...>')
    .description('validate runbooks')
    .addOption(outputOption())
    .option('--no-color', 'plain text')
    .action(async (files: string[], options: ReadOptions) => {
      const view = viewOf(options, terminal);
      const report = await commands.lintRunbooks(files);
      view.print(report, renderRunbookReport(printableDeep(report), view.style));
      exit(report.problems.length > 0 ? 1 : 0);
    });

  serving(program, commands);
  return program;
}

async function withProgress<T>(
  progress: Progress,
  work: (onProgress: (steps: readonly StepProgress[]) => void) => Promise<T>,
): Promise<T> {
  try {
    return await work((steps) => progress.update(steps));
  } finally {
    await progress.end();
  }
}

function serving(program: Command, commands: Commands): void {
  program
    .command('serve')
    .description('the bot: Slack, webhooks, and workers unless --no-worker')
    .option('--no-worker', 'receive only; workers run elsewhere')
    .option('--insecure-webhooks', 'take webhooks without a token, on a loopback address only')
    .action(async (options: { worker: boolean; insecureWebhooks?: boolean }) =>
      commands.serve({ noWorker: !options.worker, insecureWebhooks: options.insecureWebhooks ?? false }),
    );
  program
    .command('worker')
    .description('workers only')
    .action(async () => commands.worker());
  program
    .command('demo')
    .description(
      'everything on one machine: a local Slack in the browser, a simulated cluster and registry, scenarios to play',
    )
    .option('--terminal', 'play it in the terminal, with numbered buttons')
    .option('--context <name>', 'use your own cluster instead, read-only')
    .option('--kubeconfig <file>', 'with --context')
    .option('--port <number>', 'where the local Slack listens', parsePort)
    .action(async (options: { terminal?: boolean; context?: string; kubeconfig?: string; port?: number }) =>
      commands.demo({ ...options, terminal: options.terminal ?? false }),
    );
}

function readFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', "namespace (default: the context's)")
    .option('--context <name>', 'kubeconfig context')
    .option('--kubeconfig <file>', 'kubeconfig file')
    .addOption(outputOption())
    .option('--no-color', 'plain text')
    .option('--timeout <duration>', 'give up after this long: 30s, 2m', parseDuration, 30_000);
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'text or json').choices(['text', 'json']).default('text');
}

function flags(options: ReadOptions): ReadFlags {
  return {
    signal: AbortSignal.timeout(options.timeout),
    ...(options.namespace ? { namespace: options.namespace } : {}),
    ...(options.context ? { context: options.context } : {}),
    ...(options.kubeconfig ? { kubeconfig: options.kubeconfig } : {}),
  };
}

function viewOf(
  options: Pick<ReadOptions, 'output' | 'color'>,
  terminal: Terminal,
): { style: Style; print: (value: object, text: string) => void } {
  const style = createStyle(terminal.colour && terminal.outIsTerminal && options.color);
  return {
    style,
    print: (value, text) =>
      terminal.out(options.output === 'json' ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`),
  };
}

function splitName(text: string): { name: string; kind?: 'Pod' | WorkloadKind } {
  const slash = text.indexOf('/');
  if (slash < 0) return { name: text };
  const kind = kindFromWord(text.slice(0, slash));
  if (!kind)
    throw new UsageError({
      code: 'unknown-kind',
      message: `"${text.slice(0, slash)}" is not a kind.`,
      hint: 'Kinds: pod, deployment, statefulset, daemonset, job, cronjob.',
    });
  return { kind, name: text.slice(slash + 1) };
}

function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Write it as 500ms, 30s or 2m.');
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
}

function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}
