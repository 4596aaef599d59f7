/** The demo in a terminal: messages as text, buttons by number, commands as one would type them in Slack. */
import { blockLines, buttonsOf, type ChatBlock, type ChatButton, plainText } from './message-text.ts';
import type { Style } from './style.ts';

/** One message of the workspace. */
export interface PlayMessage {
  readonly ts: string;
  readonly thread?: string;
  readonly app: string;
  readonly text: string;
  readonly blocks: readonly ChatBlock[];
}

/** What the person's gestures do; all are answered through the `Play`'s own methods. */
export interface PlayHands {
  command(user: string, text: string): Promise<void>;
  press(user: string, at: { readonly ts: string; readonly action: string; readonly value: string }): Promise<void>;
  submit(user: string): Promise<void>;
  close(): void;
}

export interface PlayParts {
  readonly out: (text: string) => void;
  readonly style: Style;
  /** Display name by user id; the first one is who you are at the start. */
  readonly people: Readonly<Record<string, string>>;
}

export interface Play {
  message(message: PlayMessage, how: 'posted' | 'edited' | 'deleted'): void;
  whisper(user: string, text: string): void;
  view(view: { readonly blocks: readonly ChatBlock[]; readonly submit?: string } | undefined): void;
  /** Prints the edits that came in since the last time: a message that is edited in place would fill the screen. */
  flush(): void;
  /** One typed line; `end`: the person wants to leave. */
  line(text: string, hands: PlayHands): Promise<'end' | undefined>;
  /** The number under which a button was printed last; undefined: none such. */
  numberOf(label: string): number | undefined;
}

interface Offer extends ChatButton {
  readonly ts: string;
}

const HELP = [
  'NUMBER          presses that button        y / n      answers an open window',
  '/pullcheck …    asks the bot, for example  /pullcheck pod api-service -n staging',
  'as NAME         you are somebody else now (alice, bob)',
  'help            this                       quit       ends the demo',
];

export function createPlay({ out, style, people }: PlayParts): Play {
  const offers = new Map<number, Offer>();
  const edited = new Map<string, PlayMessage>();
  const printed = new Map<string, string>();
  let serial = 0;
  let user = Object.keys(people)[0] ?? '';
  let window = false;

  function forget(ts: string): void {
    for (const [number, offer] of offers) if (offer.ts === ts) offers.delete(number);
  }

  function print(message: PlayMessage, how: string): void {
    const lines = blockLines(message.blocks, people, style);
    const body = lines.length > 0 ? lines : [plainText(message.text, people)];
    const buttons = buttonsOf(message.blocks);
    const said = [...body, ...buttons.map(({ label }) => label)].join('\n');
    if (printed.get(message.ts) === said) return;
    printed.set(message.ts, said);
    forget(message.ts);
    const indent = message.thread === undefined ? '' : '    ';
    const head = style.dim(`── ${message.app}${message.thread === undefined ? '' : ', in the thread'}${how}`);
    out(`\n${indent}${head}\n${body.map((line) => `${indent}${line}`).join('\n')}\n`);
    for (const button of buttons) {
      serial += 1;
      offers.set(serial, { ...button, ts: message.ts });
      out(`${indent}  ${style.bold(`[${serial}]`)} ${button.label}\n`);
    }
  }

  async function press(number: number, hands: PlayHands): Promise<void> {
    const offer = offers.get(number);
    if (!offer) out('There is no such button (any more): the newest numbers count.\n');
    else await hands.press(user, { ts: offer.ts, action: offer.action, value: offer.value });
  }

  function become(name: string): void {
    const found = Object.entries(people).find(([, known]) => known.toLowerCase() === name.toLowerCase());
    if (found) [user] = found;
    out(found ? `You are ${found[1]} now.\n` : `Nobody is called ${name}: ${Object.values(people).join(', ')}.\n`);
  }

  async function answer(yes: boolean, hands: PlayHands): Promise<void> {
    if (!window) out('No window is open.\n');
    else if (yes) await hands.submit(user);
    else hands.close();
  }

  return {
    message(message, how) {
      if (how === 'edited') edited.set(message.ts, message);
      else if (how === 'posted') print(message, '');
      else forget(message.ts);
    },
    whisper: (to, text) => out(`\n${style.dim(`── only for ${people[to] ?? to}`)}\n${plainText(text, people)}\n`),
    view(view) {
      window = view?.submit !== undefined;
      if (!view) return;
      out(`\n${style.bold('┌─ window')}\n`);
      for (const line of blockLines(view.blocks, people, style)) out(`│ ${line}\n`);
      out(window ? `└─ ${style.bold('y')} = ${view.submit ?? ''}   ${style.bold('n')} = Cancel\n` : '└─\n');
    },
    flush() {
      const now = [...edited.values()];
      edited.clear();
      for (const message of now) print(message, ' (edited)');
    },
    async line(text, hands) {
      const [word = '', ...rest] = text.trim().split(/\s+/);
      if (word === '') return undefined;
      if (word === 'quit' || word === 'exit') return 'end';
      if (/^\d+$/.test(word)) await press(Number(word), hands);
      else if (word === 'y' || word === 'n') await answer(word === 'y', hands);
      else if (word === 'as') become(rest.join(' '));
      else if (word === '/pullcheck') await hands.command(user, rest.join(' '));
      else out(`${HELP.join('\n')}\n`);
      return undefined;
    },
    numberOf: (label) => [...offers].findLast(([, offer]) => offer.label.includes(label))?.[0],
  };
}
