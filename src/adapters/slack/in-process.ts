/** A Slack workspace without a network, for the demo in a terminal: the bot's own clients and Bolt talk to it as to Slack. */
import type { App, Receiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { IdSource } from '../../clock.ts';
import { type ShownBlock, ShownBlocks, ShownView } from './in-process-schema.ts';
import { parseField } from './schema.ts';

export interface RoomMessage {
  readonly ts: string;
  readonly thread?: string;
  /** `pullcheck` or whichever app posted it. */
  readonly app: string;
  readonly text: string;
  readonly blocks: readonly ShownBlock[];
}

export interface RoomView {
  readonly blocks: readonly ShownBlock[];
  /** The submit button's words; absent: it can only be closed. */
  readonly submit?: string;
}

/** What the person at the terminal gets to see. */
export interface RoomListener {
  message(message: RoomMessage, how: 'posted' | 'edited' | 'deleted'): void;
  whisper(user: string, text: string): void;
  /** undefined: the window was closed. */
  view(view: RoomView | undefined): void;
}

export interface RoomApp {
  readonly fetch: NonNullable<WebClientOptions['fetch']>;
  readonly receiver: Receiver;
}

export interface Room {
  /** One app of the workspace; its buttons reach its receiver. */
  app(name: string): RoomApp;
  /** `/pullcheck …`, to the app of that name. */
  command(app: string, user: string, text: string): Promise<void>;
  press(user: string, at: { readonly ts: string; readonly action: string; readonly value: string }): Promise<void>;
  /** Submits the open window. */
  submit(user: string): Promise<void>;
  closeView(): void;
}

export interface RoomParts {
  readonly channel: string;
  readonly team: string;
  readonly newId: IdSource;
  /** Display name by user id. */
  readonly people: Readonly<Record<string, string>>;
  readonly listener: RoomListener;
}

type Json = Readonly<Record<string, unknown>>;
interface OpenView {
  readonly id: string;
  readonly app: string;
  readonly body: Json;
}

export function createRoom(parts: RoomParts): Room {
  const { channel, team, newId, listener } = parts;
  const bolts = new Map<string, App>();
  const messages = new Map<string, RoomMessage>();
  let serial = 0;
  let open: OpenView | undefined;

  function keep(app: string, args: Json, ts: string): RoomMessage {
    const thread = messages.get(ts)?.thread ?? textOf(args['thread_ts']);
    const message = {
      ts,
      app,
      text: textOf(args['text']) ?? '',
      blocks: ShownBlocks.parse(args['blocks'] ?? []),
      ...(thread === undefined ? {} : { thread }),
    };
    messages.set(ts, message);
    return message;
  }

  function showView(app: string, id: string, args: Json): Json {
    const body = args['view'] as Json;
    open = { id, app, body };
    const { blocks, submit } = ShownView.parse(body);
    listener.view({ blocks, ...(submit ? { submit: submit.text } : {}) });
    return { ok: true, view: { id } };
  }

  const methods: Readonly<Record<string, (app: string, args: Json) => Json>> = {
    'auth.test': (app) => ({ ok: true, team_id: team, user_id: `U0${app.toUpperCase()}`, bot_id: 'B0ROOM' }),
    'users.info': (_app, args) => {
      const name = parts.people[textOf(args['user']) ?? ''];
      return name === undefined
        ? { ok: false, error: 'user_not_found' }
        : { ok: true, user: { name, real_name: name } };
    },
    'chat.postMessage': (app, args) => {
      serial += 1;
      const message = keep(app, args, `1700000000.${String(serial).padStart(6, '0')}`);
      listener.message(message, 'posted');
      return { ok: true, channel, ts: message.ts, message: message.thread ? { thread_ts: message.thread } : {} };
    },
    'chat.update': (app, args) => {
      const ts = textOf(args['ts']) ?? '';
      if (!messages.has(ts)) return { ok: false, error: 'message_not_found' };
      listener.message(keep(app, args, ts), 'edited');
      return { ok: true, channel, ts };
    },
    'chat.delete': (_app, args) => {
      const message = messages.get(textOf(args['ts']) ?? '');
      if (!message) return { ok: false, error: 'message_not_found' };
      messages.delete(message.ts);
      listener.message(message, 'deleted');
      return { ok: true };
    },
    'chat.postEphemeral': (_app, args) => {
      listener.whisper(textOf(args['user']) ?? '', textOf(args['text']) ?? '');
      return { ok: true, message_ts: '1' };
    },
    'views.open': (app, args) => showView(app, `V${newId()}`, args),
    'views.update': (app, args) => {
      const id = textOf(args['view_id']) ?? '';
      return open?.id === id ? showView(app, id, args) : { ok: false, error: 'not_found' };
    },
  };

  async function deliver(app: string, body: Json): Promise<void> {
    await bolts.get(app)?.processEvent({ body: { ...body }, ack: async () => undefined });
  }
  function common(user: string): Json {
    return { team: { id: team }, user: { id: user, team_id: team }, trigger_id: newId(), api_app_id: 'A0', token: 'x' };
  }

  return {
    app: (name) => ({
      fetch: async (input, init) => {
        const method = new URL(String(input)).pathname.replace(/^.*\/api\//, '');
        const args = readForm(typeof init?.body === 'string' ? init.body : '');
        const answer = methods[method]?.(name, args) ?? { ok: false, error: 'unknown_method' };
        return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
      },
      receiver: {
        init: (bolt) => void bolts.set(name, bolt),
        start: async () => undefined,
        stop: async () => undefined,
      },
    }),
    command: async (app, user, text) => {
      const who = { user_id: user, team_id: team, channel_id: channel, trigger_id: newId() };
      await deliver(app, { command: '/pullcheck', text, ...who, token: 'x', api_app_id: 'A0' });
    },
    async press(user, { ts, action, value }) {
      const message = messages.get(ts);
      if (!message) return;
      const thread = message.thread === undefined ? {} : { thread_ts: message.thread };
      await deliver(message.app, {
        ...common(user),
        type: 'block_actions',
        channel: { id: channel, name: 'incidents' },
        container: { type: 'message', message_ts: ts, channel_id: channel, ...thread },
        message: { ts, ...thread },
        actions: [{ type: 'button', action_id: action, value, block_id: 'b', action_ts: '1' }],
      });
    },
    async submit(user) {
      const view = open;
      if (!view) return;
      open = undefined;
      listener.view(undefined);
      await deliver(view.app, { ...common(user), type: 'view_submission', view: { ...view.body, id: view.id } });
    },
    closeView() {
      open = undefined;
      listener.view(undefined);
    },
  };
}

const JSON_FIELDS: readonly string[] = ['blocks', 'view', 'metadata'];

/** The SDK sends a form; nested values are JSON texts. */
function readForm(body: string): Json {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [key, JSON_FIELDS.includes(key) ? parseField(value) : value]),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
