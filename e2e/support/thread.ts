/** A question in Slack, its thread, and the buttons under it. */
import type { Bot } from './bot.ts';
import { eventually } from './box.ts';
import type { Message } from './slack.ts';

/** Looks in a row that show nothing new, about a third of a second each. */
const QUIET = 4;

export interface Threads {
  /** Asks about a workload as alice and waits until its thread says `words` and is complete, buttons and all; gives the replies. */
  ask(name: string, words: string): Promise<readonly Message[]>;
  /** Presses, reads what would happen, and confirms it; gives what the dry run showed. */
  press(thread: readonly Message[], label: string): Promise<string>;
  /** Presses what is not carried out; gives the answer that holds `words`. */
  refused(user: string, thread: readonly Message[], label: string, words: string): Promise<string>;
  /** Waits for a reply in the same thread. */
  replies(thread: readonly Message[], words: string, seconds?: number): Promise<Message>;
}

export function threadsOf({ slack }: Bot, namespace: string): Threads {
  const { alice } = slack.users;
  async function read(root: string, words: string, seconds = 60): Promise<readonly Message[]> {
    return eventually(
      `a thread saying "${words}"`,
      async () => {
        const thread = await slack.thread(root);
        if (thread.some((message) => JSON.stringify(message).includes(words))) return thread;
        throw new Error(`its ${thread.length} replies end in: ${thread.at(-1)?.text ?? 'nothing'}`);
      },
      seconds,
    );
  }
  /** Buttons come one by one, after the findings: as long as replies come, it is not over. */
  async function complete(root: string): Promise<readonly Message[]> {
    let before = 0;
    let same = 0;
    return eventually('a thread that is over', async () => {
      const all = await slack.messages();
      const thread = all.filter(({ ts, thread_ts }) => thread_ts === root && ts !== root);
      same = thread.length === before ? same + 1 : 0;
      before = thread.length;
      const over = all.some((message) => message.ts === root && has([message], 'Re-run'));
      if (over && same >= QUIET) return thread;
      throw new Error(`${before} replies, its first message is ${over ? '' : 'not '}answered`);
    });
  }
  return {
    async ask(name, words) {
      const before = new Set((await slack.roots()).map(({ ts }) => ts));
      await slack.command(alice, `pod ${name} -n ${namespace}`);
      const root = await eventually(`a thread about ${name}`, async () =>
        (await slack.roots()).find(({ ts }) => !before.has(ts)),
      );
      await read(root.ts, words);
      return complete(root.ts);
    },
    async press(thread, label) {
      await slack.press(alice, withButton(thread, label), label);
      const view = await eventually(`the dry run of ${label}`, async () => {
        const open = await slack.view(alice);
        if (open.text.includes('"submit"')) return open;
        throw new Error(`the view says: ${open.text.slice(0, 600)}`);
      });
      await view.submit();
      return view.text;
    },
    async refused(user, thread, label, words) {
      await slack.press(user, withButton(thread, label), label);
      return eventually(`"${words}" as the answer to ${label}`, async () => {
        const view = await slack.view(user).catch(() => undefined);
        const said = `${view?.text ?? ''}${JSON.stringify(await slack.messages())}`;
        if (said.includes(words)) return said;
        throw new Error(`the view says: ${view?.text.slice(0, 600) ?? 'nothing'}`);
      });
    },
    async replies(thread, words, seconds) {
      const found = (await read(thread[0]?.thread_ts ?? '', words, seconds)).find((message) =>
        JSON.stringify(message).includes(words),
      );
      if (found === undefined) throw new Error(`no reply says "${words}"`);
      return found;
    },
  };
}

/** Titles of a thread's buttons, in order. */
export function buttonsOf(thread: readonly Message[]): readonly string[] {
  return thread
    .flatMap(({ blocks = [] }) => blocks)
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements.map(({ text }) => text?.text ?? ''));
}

/** A button's text may go on behind its title. */
export function has(thread: readonly Message[], label: string): boolean {
  return buttonsOf(thread).some((text) => text.startsWith(label));
}

function withButton(thread: readonly Message[], label: string): Message {
  const found = thread.find((message) => has([message], label));
  if (found === undefined) throw new Error(`no button ${label} among: ${buttonsOf(thread).join(', ')}`);
  return found;
}
