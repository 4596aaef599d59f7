/** A person at the demo's local Slack: reads the channel, presses buttons, submits windows, through its control interface. */
import { appendFileSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { localSlackBinary } from '../../src/demo/local-slack.ts';
import { CHANNEL } from '../../src/demo/people.ts';

interface Element {
  readonly action_id?: string;
  readonly value?: string;
  readonly text?: string | { readonly text: string };
}
interface Block {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly Element[];
}
export interface Seen {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly Block[];
}

/** The program, or undefined: the suite is skipped and named; with CI=true that is a failure. */
export function localSlackIsHere(suite: string): string | undefined {
  const binary = localSlackBinary();
  if (binary !== undefined) return binary;
  if (process.env['CI']) throw new Error(`local-slack is not installed, and CI may not skip: ${suite}`);
  const list = process.env['PULLCHECK_SKIPPED'];
  if (list) appendFileSync(list, `${suite}: no local-slack for this platform\n`);
  return undefined;
}

/** Everything that a message says, with its buttons' labels. */
export function wordsOf(message: Seen): string {
  return JSON.stringify(message.blocks ?? message.text);
}

/** Looks until `find` gives something; fails after `seconds` with `what`. */
export async function eventually<T>(what: string, find: () => Promise<T | undefined>, seconds = 20): Promise<T> {
  const until = systemClock.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (systemClock.now() > until) throw new Error(`did not happen within ${seconds} s: ${what}`);
    await systemClock.sleep(100);
  }
}

export interface Person {
  /** Root messages, oldest first. */
  roots(): Promise<readonly Seen[]>;
  replies(ts: string): Promise<readonly Seen[]>;
  /** The newest root message that says all of it. */
  root(...words: readonly string[]): Promise<Seen>;
  reply(thread: Seen, ...words: readonly string[]): Promise<Seen>;
  command(text: string): Promise<void>;
  /** Presses the button with this label, on the message as it is now. */
  press(message: Pick<Seen, 'ts'>, label: string): Promise<void>;
  /** Waits for a window that says it; gives its whole text. */
  window(words: string): Promise<string>;
  submit(): Promise<void>;
}

export function personAt(page: string, user: string): Person {
  async function control(path: string, body?: object): Promise<unknown> {
    const post = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${page}/_control${path}`, post ?? {});
    return answer.json();
  }
  async function all(): Promise<readonly Seen[]> {
    const { messages } = (await control(`/messages/${CHANNEL.id}`)) as { messages: readonly Seen[] };
    return messages;
  }
  const says = (message: Seen, words: readonly string[]): boolean =>
    words.every((word) => wordsOf(message).includes(word));

  return {
    roots: async () => (await all()).filter(({ thread_ts }) => thread_ts === undefined),
    replies: async (ts) => (await all()).filter(({ thread_ts }) => thread_ts === ts),
    root: async (...words) =>
      eventually(`a message with ${words.join(', ')}`, async () =>
        (await all()).findLast((message) => message.thread_ts === undefined && says(message, words)),
      ),
    reply: async (thread, ...words) =>
      eventually(`a reply with ${words.join(', ')}`, async () =>
        (await all()).findLast((message) => message.thread_ts === thread.ts && says(message, words)),
      ),
    command: async (text) => {
      await control('/command', { channel: CHANNEL.id, user, command: '/pullcheck', text });
    },
    async press({ ts }, label) {
      const button = await eventually(`a button ${label}`, async () => {
        const message = (await all()).find((one) => one.ts === ts);
        const elements = (message?.blocks ?? []).flatMap((block) =>
          block.type === 'actions' ? (block.elements ?? []) : [],
        );
        return elements.find(({ text }) => (typeof text === 'string' ? text : text?.text)?.includes(label));
      });
      const action = { type: 'button', action_id: button.action_id, value: button.value };
      await control('/interact', { channel: CHANNEL.id, messageTs: ts, user, action });
    },
    window: async (words) =>
      eventually(`a window with ${words}`, async () => {
        const text = JSON.stringify(await stack(page));
        return text.includes(words) ? text : undefined;
      }),
    submit: async () =>
      withSocket(page, (socket) => socket.send(JSON.stringify({ t: 'view_submit', user, values: {} }))),
  };
}

/** The windows that are open, as the page's own socket tells them. */
async function stack(page: string): Promise<readonly object[]> {
  let found: readonly object[] = [];
  await withSocket(page, (_socket, state) => {
    found = state.modalStack ?? [];
  });
  return found;
}

async function withSocket(
  page: string,
  use: (socket: WebSocket, state: { modalStack?: readonly object[] }) => void,
): Promise<void> {
  const socket = new WebSocket(`${page.replace('http', 'ws')}/ui`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('no socket to the local Slack')), { once: true });
    socket.addEventListener(
      'message',
      ({ data }) => {
        use(socket, (JSON.parse(String(data)) as { state: { modalStack?: readonly object[] } }).state);
        resolve();
      },
      { once: true },
    );
  });
  socket.close();
}
