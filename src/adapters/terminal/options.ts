/** What every command shares: where it writes, its flags, how its result is printed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { ReadFlags } from './commands.ts';
import { createStyle, type Style } from './style.ts';

/** Where the command line reads and writes. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** stdout / stderr are terminals. */
  readonly outIsTerminal: boolean;
  /** Of the terminal at stdout, where it tells. */
  readonly columns?: number | undefined;
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

/** Typed by instinct where it makes no sense: it gets a sentence, not "unknown option". */
const NOT_ALL = new Option('-A, --all-namespaces').hideHelp().argParser(() => {
  throw new UsageError({
    code: 'usage',
    message: 'This looks into one namespace, so -A makes no sense here.',
    hint: 'Name it with -n; pullcheck scope -A shows everything that cannot pull.',
  });
});

/** The flags of a command that looks at a cluster; `all`: its own flag for all namespaces. */
export function readFlags(command: Command, all: Option = NOT_ALL): Command {
  return viewFlags(
    command
      .addOption(all)
      .option('-n, --namespace <name>', "namespace (default: the context's)")
      .option('--context <name>', 'kubeconfig context')
      .option('--kubeconfig <file>', 'kubeconfig file'),
  );
}

/** The flags of every command that reads and tells; `formats`: what it can print. */
export function viewFlags(command: Command, formats: readonly string[] = ['text', 'json']): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'what to print').choices(formats).default('text'))
    .option('--no-color', 'plain text')
    .addOption(timeoutOption().default(30_000, '30s'));
}

/** Without a default: for what lasts as long as its input. */
export function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'give up after this long: 45s, 2m').argParser(parseDuration);
}

/** Rejects with TimeoutError when `work` is not done in time (ms); undefined: it may last. */
export async function withinTime<T>(timeout: number | undefined, work: Promise<T>): Promise<T> {
  if (timeout === undefined) return work;
  const late = AbortSignal.timeout(timeout);
  const stopped = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(late.reason as Error), { once: true });
  });
  return Promise.race([work, stopped]);
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
  const { outIsTerminal, columns } = terminal;
  const style = createStyle(terminal.colour && outIsTerminal && options.color, outIsTerminal ? columns : undefined);
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
