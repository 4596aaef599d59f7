/** The local Slack: a program of its own on loopback, with the demo's two apps, two people and one channel. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { fetchForLocalSlack } from './local-markup.ts';
import { ALICE, BOB, BOT, CHANNEL, DIRECTOR, TEAM } from './people.ts';
import type { SlackPlace } from './slack-place.ts';

export interface LocalSlackOptions {
  /** Must be free. */
  readonly port: number;
  /** Shown as the channel's topic. */
  readonly topic: string;
  /** With the second app, which plays the scenarios. */
  readonly director: boolean;
  /** It ended by itself. */
  readonly onGone: () => void;
}

const START_MS = 15_000;
const POLL_MS = 100;

/** The program's path; undefined: there is none for this platform, or it was not installed. */
export function localSlackBinary(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const folder = dirname(
      createRequire(import.meta.url).resolve(`local-slack-${platform}-${process.arch}/package.json`),
    );
    const file = join(folder, 'bin', platform === 'windows' ? 'local-slack.exe' : 'local-slack');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves when it answers. Throws UsageError when it does not within 15 s. */
export async function openLocalSlack(binary: string, options: LocalSlackOptions): Promise<SlackPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-demo-'));
  const config = join(folder, 'slack.json');
  writeFileSync(config, JSON.stringify(workspace(options)), { mode: 0o600 });
  const page = `http://127.0.0.1:${options.port}`;
  const args = ['--config', config, '--port', String(options.port), '--base-host', '127.0.0.1', '--files-dir', folder];
  // In its own process group: Ctrl-C reaches us first, and we end it after the bot has said its last word.
  const child = spawn(binary, args, { stdio: 'ignore', detached: true });
  const state = { closing: false, gone: false };
  const gone = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error'] as const) child.once(event, () => resolve());
  }).then(() => {
    state.gone = true;
    if (!state.closing) options.onGone();
  });
  const atExit = (): void => {
    end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);

  async function close(): Promise<void> {
    state.closing = true;
    end(child);
    await gone;
    process.removeListener('exit', atExit);
    rmSync(folder, { recursive: true, force: true });
  }

  if (!(await answers(page, state))) {
    await close();
    throw new UsageError({
      code: 'local-slack-silent',
      message: `The local Slack (${binary}) did not start on port ${options.port}.`,
      hint: 'Play in the terminal instead: npm run demo -- --terminal.',
    });
  }
  return {
    page,
    app: (app, log) => ({
      connection: { botToken: app.botToken, apiUrl: `${page}/api/`, pages: page, fetch: fetchForLocalSlack, log },
      // It hands every payload to every socket: one is enough.
      mode: { kind: 'socket', appToken: app.appToken, connections: 1 },
    }),
    close,
  };
}

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

/** By the team's id, so that another program on the port is not taken for it. */
async function answers(page: string, state: { readonly gone: boolean }): Promise<boolean> {
  const until = systemClock.now() + START_MS;
  while (systemClock.now() < until && !state.gone) {
    try {
      const answer = await fetch(`${page}/_control/state`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok && (await answer.text()).includes(TEAM)) return true;
    } catch {
      // Not yet.
    }
    await systemClock.sleep(POLL_MS);
  }
  return false;
}

function workspace({ topic, director }: LocalSlackOptions): object {
  const apps = director ? [BOT, DIRECTOR] : [BOT];
  return {
    workspace: { name: 'Pullcheck demo', domain: 'pullcheck-demo', teamId: TEAM },
    apps: apps.map((app) => ({
      appId: app.appId,
      botUserId: app.botUser,
      botName: app.name,
      botToken: app.botToken.reveal(),
      appToken: app.appToken.reveal(),
      signingSecret: 'not-used-in-socket-mode',
      mode: 'socket',
    })),
    users: [ALICE, BOB].map(({ id, name }) => ({ id, name: name.toLowerCase(), real_name: name })),
    channels: [{ ...CHANNEL, topic, members: [ALICE.id, BOB.id, ...apps.map(({ botUser }) => botUser)] }],
  };
}
