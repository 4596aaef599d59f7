/** What every command shares: where it writes, its flags, how its result is printed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReadFlags } from './commands.ts';
import { createStyle, type Style } from './style.ts';

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

export interface ReadOptions {
  namespace?: string;
  allNamespaces?: boolean;
  context?: string;
  kubeconfig?: string;
  output: 'text' | 'json';
  color: boolean;
  timeout: number;
  serviceAccount?: string;
  filename?: string[];
  saveCase?: string;
}

export interface View {
  readonly style: Style;
  print(value: object, text: string): void;
}

/** The flags of a command that looks at a cluster. */
export function readFlags(command: Command): Command {
  return viewFlags(
    command
      .option('-n, --namespace <name>', "namespace (default: the context's)")
      .option('--context <name>', 'kubeconfig context')
      .option('--kubeconfig <file>', 'kubeconfig file'),
  ).addOption(
    new Option('--timeout <duration>', 'give up after this long: 45s, 2m')
      .argParser(parseDuration)
      .default(30_000, '30s'),
  );
}

export function viewFlags(command: Command): Command {
  return command.addOption(outputOption()).option('--no-color', 'plain text');
}

export function outputOption(): Option {
  return new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text');
}

export function flags(options: ReadOptions): ReadFlags {
  return {
    signal: AbortSignal.timeout(options.timeout),
    ...(options.namespace ? { namespace: options.namespace } : {}),
    ...(options.context ? { context: options.context } : {}),
    ...(options.kubeconfig ? { kubeconfig: options.kubeconfig } : {}),
  };
}

export function viewOf(options: Pick<ReadOptions, 'output' | 'color'>, terminal: Terminal): View {
  const style = createStyle(terminal.colour && terminal.outIsTerminal && options.color);
  return {
    style,
    print: (value, text) =>
      terminal.out(options.output === 'json' ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`),
  };
}

function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Write it as 500ms, 30s or 2m.');
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
}
