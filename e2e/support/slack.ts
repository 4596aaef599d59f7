/** The local Slack-protocol server: people type commands, press buttons, submit views; threads are read back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './box.ts';

export interface Message {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly user?: string;
  /** `ephemeral`: only one person sees it. */
  readonly subtype?: string;
  readonly blocks?: readonly Block[];
}
interface Block {
  readonly type: string;
  readonly block_id?: string;
  readonly elements?: readonly Element[];
  readonly text?: { readonly text: string };
}
interface Element {
  readonly type: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly text?: { readonly text: string };
}

export interface LocalSlack {
  /** `http://127.0.0.1:PORT/api` */
  readonly apiUrl: string;
  readonly url: string;
  readonly channel: string;
  /** alice may press, carol may not. */
  readonly users: { readonly alice: string; readonly bob: string; readonly carol: string };
  readonly tokens: { readonly bot: string; readonly app: string };
  command(user: string, text: string): Promise<void>;
  /** `@pullcheck TEXT`, inside a thread when `thread` is its root. */
  mention(user: string, text: string, thread?: string): Promise<void>;
  messages(): Promise<readonly Message[]>;
  /** Messages in the channel itself, for everybody. */
  roots(): Promise<readonly Message[]>;
  /** Replies of a thread, oldest first. */
  thread(ts: string): Promise<readonly Message[]>;
  /** Presses the button whose text contains `label` on a message. */
  press(user: string, message: Message, label: string): Promise<void>;
  /** The view that is open for a person: its whole text, to assert on, and how to submit it. */
  view(user: string): Promise<{ readonly text: string; submit(): Promise<void> }>;
  stop(): Promise<void>;
}

const CHANNEL = 'C01INCIDENTS';
const USERS = { alice: 'U01ALICE', bob: 'U01BOB', carol: 'U01CAROL' } as const;
export const SIGNING_SECRET = 'local-signing-secret';
const TOKENS = { bot: 'xoxb-local-test', app: 'xapp-local-test' } as const;

/** `events`: Slack posts to this URL instead of using Socket Mode. */
export async function startSlack(port: number, events?: string): Promise<LocalSlack> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-slack-'));
  const config = {
    workspace: { name: 'Box', domain: 'box', teamId: 'T01BOX' },
    app: {
      appId: 'A01APP',
      botUserId: 'U0BOT',
      botName: 'pullcheck',
      botToken: TOKENS.bot,
      appToken: TOKENS.app,
      signingSecret: SIGNING_SECRET,
      ...(events ? { mode: 'events', requestUrl: events } : { mode: 'socket' }),
    },
    users: Object.entries(USERS).map(([name, id]) => ({ id, name, real_name: name })),
    channels: [{ id: CHANNEL, name: 'incidents', members: [...Object.values(USERS), 'U0BOT'] }],
  };
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const binary = join(process.cwd(), 'node_modules/local-slack-linux-x64/bin/local-slack');
  const child: ChildProcess = spawn(
    binary,
    ['--config', file, '--port', String(port), '--base-host', '127.0.0.1', '--files-dir', folder],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await eventually(
    'local slack',
    async () => ((await fetch(`${url}/_control/state`).catch(() => undefined))?.ok ? true : undefined),
    20,
  );

  async function control<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(
      `${url}/_control${path}`,
      body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {},
    );
    if (!response.ok) throw new Error(`local slack ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  async function messages(): Promise<readonly Message[]> {
    const answer = await control<{ messages: readonly Message[] } | readonly Message[]>(`/messages/${CHANNEL}`);
    return 'messages' in answer ? answer.messages : answer;
  }

  return {
    url,
    apiUrl: `${url}/api`,
    channel: CHANNEL,
    users: USERS,
    tokens: TOKENS,
    mention: async (user, text, thread) => {
      await control('/message', {
        channel: CHANNEL,
        user,
        text: `<@U0BOT> ${text}`,
        ...(thread ? { thread_ts: thread } : {}),
      });
    },
    messages,
    roots: async () =>
      (await messages()).filter(
        ({ ts, thread_ts, subtype }) => subtype !== 'ephemeral' && (!thread_ts || thread_ts === ts),
      ),
    command: async (user, text) => {
      await control('/command', { channel: CHANNEL, user, command: '/pullcheck', text });
    },
    thread: async (ts) => (await messages()).filter((message) => message.thread_ts === ts && message.ts !== ts),
    async press(user, message, label) {
      const elements = (message.blocks ?? [])
        .filter((block) => block.type === 'actions')
        .flatMap((block) => block.elements ?? []);
      const button = elements.find((element) => element.text?.text.includes(label));
      if (!button)
        throw new Error(`no button "${label}" among ${elements.map((element) => element.text?.text).join(', ')}`);
      await control('/interact', {
        channel: CHANNEL,
        messageTs: message.ts,
        user,
        action: { type: 'button', action_id: button.action_id, value: button.value },
      });
    },
    view: async (user) => openView(url, user),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The modal on top, as the page's own socket tells it. */
async function openView(url: string, user: string): Promise<{ text: string; submit(): Promise<void> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ui`);
  const state = await new Promise<{ modalStack?: readonly object[] }>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('no socket to the local slack')), { once: true });
    socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data)).state), { once: true });
  });
  const view = state.modalStack?.at(-1);
  if (!view) {
    socket.close();
    throw new Error('no view is open');
  }
  return {
    text: JSON.stringify(view),
    async submit() {
      socket.send(JSON.stringify({ t: 'view_submit', user, values: {} }));
      await eventually('the view to close', async () => ((await stackOf(url)).length === 0 ? true : undefined), 20);
      socket.close();
    },
  };
}

async function stackOf(url: string): Promise<readonly object[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ui`);
  const stack = await new Promise<readonly object[]>((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data)).state.modalStack ?? []), {
      once: true,
    });
  });
  socket.close();
  return stack;
}
