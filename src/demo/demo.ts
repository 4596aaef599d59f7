/** `pullcheck demo`: everything on one machine, to look at and to play. Runs until Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createStyle, type Style, wantsColour } from '../adapters/terminal/style.ts';
import { UsageError } from '../errors.ts';
import { browserGuide, ownClusterGuide, terminalGuide } from './guide.ts';
import { localSlackBinary, openLocalSlack } from './local-slack.ts';
import { startOwnCluster } from './own-cluster.ts';
import { freePortFrom } from './ports.ts';
import type { SlackPlace } from './slack-place.ts';
import { startDemo } from './start.ts';
import { openTerminalSlack, type TerminalSlack } from './terminal-slack.ts';

export interface DemoOptions {
  /** Play in the terminal, with numbered buttons. */
  readonly terminal: boolean;
  /** Use this context of the person's kubeconfig, read-only. */
  readonly context?: string;
  readonly kubeconfig?: string;
  /** Where the local Slack listens; default 4100, or the next free one. */
  readonly port?: number;
}

const SLACK_PORT = 4100;
const REGISTRY_PORT = 5000;
const FLUSH_MS = 900;

/** Resolves after Ctrl-C (or `quit`, or the end of the input in the terminal). Throws UsageError or ConfigError before it starts. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const style = createStyle(wantsColour());
  const out = (text: string): void => void process.stdout.write(text);
  const stopped = untilSignal();
  const slack = options.terminal ? undefined : localSlackBinary();
  if (slack === undefined) {
    if (!options.terminal) out('There is no local Slack for this platform here, so the demo plays in the terminal.\n');
    const terminal = openTerminalSlack(out, style);
    const end = await open(options, terminal.place, { style, out });
    await Promise.race([stopped.signal, converse(terminal, out)]);
    await end();
    return;
  }
  const wanted = options.port ?? SLACK_PORT;
  const port = await freePortFrom(wanted);
  if (port !== wanted) out(`Port ${wanted} is taken, so the local Slack listens on ${port}.\n`);
  const own = isOwn(options);
  const topic = own ? 'Your own cluster, read-only' : 'Simulated cluster, registry and pager';
  const onGone = (): void => stopped.end('The local Slack ended by itself.');
  const place = await openLocalSlack(slack, { port, topic, director: !own, onGone });
  try {
    const end = await open(options, place, { style, out });
    const why = await stopped.signal;
    out(`\n${why} Stopping…\n`);
    await end();
  } finally {
    await place.close();
  }
  out('Everything is stopped.\n');
}

function isOwn({ context, kubeconfig }: DemoOptions): boolean {
  return context !== undefined || kubeconfig !== undefined;
}

/** Starts the demo or the own cluster; gives how to stop it. */
async function open(
  options: DemoOptions,
  place: SlackPlace,
  { style, out }: { readonly style: Style; readonly out: (text: string) => void },
): Promise<() => Promise<void>> {
  const { context, kubeconfig } = options;
  if (isOwn(options)) {
    const folder = mkdtempSync(join(tmpdir(), 'pullcheck-demo-'));
    try {
      const flags = {
        ...(context === undefined ? {} : { context }),
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
      };
      const own = await startOwnCluster({ place, flags, folder });
      out(ownClusterGuide(place.page, own.cluster, own.namespace, style));
      return () => own.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (place.page === undefined) out(terminalGuide(style));
  const registryPort = await freePortFrom(REGISTRY_PORT);
  const say = (line: string): void => out(`${style.bold('PAGER')} ${line}\n`);
  const demo = await startDemo({ place, registryPort, first: 'tag-never-pushed', say });
  if (place.page !== undefined) out(browserGuide(place.page, style));
  return () => demo.stop();
}

/** Reads lines until the person quits. */
async function converse({ play, hands }: TerminalSlack, out: (text: string) => void): Promise<void> {
  const flushing = setInterval(() => play.flush(), FLUSH_MS);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) {
      const end = await play.line(line, hands).catch((error: unknown) => {
        if (!(error instanceof UsageError)) throw error;
        out(`${error.message}\n`);
      });
      if (end === 'end') return;
    }
  } finally {
    clearInterval(flushing);
    lines.close();
  }
}

interface Stopper {
  /** Resolves with a sentence about why. */
  readonly signal: Promise<string>;
  readonly end: (why: string) => void;
}

function untilSignal(): Stopper {
  let end: (why: string) => void = () => undefined;
  const signal = new Promise<string>((resolve) => {
    end = resolve;
  });
  let asked = false;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Somebody who asks twice does not want to wait; what we started still ends with us.
      if (asked) process.exit(130);
      asked = true;
      end(`${name}.`);
    });
  }
  return { signal, end };
}
