/** The command line: words, flags, help. What a command does is in `Commands`; how its result looks is in `render-*.ts`. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { checkingCommands } from './checking.ts';
import type { Commands } from './commands.ts';
import { describeError, type ExitCode } from './exit.ts';
import { type Terminal, timeoutOption, withinTime } from './options.ts';
import { readingCommands } from './reading.ts';

export type { Terminal } from './options.ts';

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
            hint: usageHint(args, program),
          })
        : error;
    const { report, exit: code } = describeError(asUsage);
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.err(`pullcheck: ${report.message}\n${report.hint === '' ? '' : `${report.hint}\n`}`);
    return code;
  }
}

/** Of the command that was meant, where it is one. */
function usageHint(args: readonly string[], program: Command): string {
  const known = program.commands.find((one) => one.name() === args[0])?.name();
  return known === undefined
    ? 'pullcheck --help lists the commands.'
    : `pullcheck ${known} --help tells how it is used.`;
}

function build(commands: Commands, terminal: Terminal, exit: (code: ExitCode) => void): Command {
  const program = new Command('pullcheck')
    .description('Finds out why a container image cannot be pulled, or the wrong one runs, and proves it.')
    .version(terminal.version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nExamples:\n  pullcheck pod api-service -n staging\n  pullcheck pod deployment/api-service -n staging -o json\n  pullcheck scope -A\n  pullcheck image ghcr.io/acme/api:1.4.3 -n staging\n\nExit codes:\n  0  nothing wrong\n  1  a problem was found\n  2  wrong usage or configuration\n  3  could not look',
    );
  readingCommands(program, commands, terminal, exit);
  program
    .command('classify')
    .description(
      'stdin: one JSON object per line with "message" (and optional "reason"); stdout: what each says, same order',
    )
    .addOption(new Option('-o, --output <format>', 'JSON lines, whichever is asked for').choices(['text', 'json']))
    .option('--no-color', 'it has none')
    .addOption(timeoutOption())
    .action(async ({ timeout }: { timeout?: number }) => withinTime(timeout, terminal.classify()));

  checkingCommands(program, commands, terminal, exit);
  serving(program, commands);
  return program;
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

function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}
