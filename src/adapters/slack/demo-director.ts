/** The demo's second app: a message with buttons that start scenarios. It has nothing to do with the bot itself. */
import { App } from '@slack/bolt';
import type { Clock } from '../../clock.ts';
import type { SlackMode } from './app.ts';
import { button, buttons, context, header, type Message, section } from './blocks/parts.ts';
import { baseOptions, createClients, type SlackConnection } from './clients.ts';
import { boltLogger } from './log.ts';
import { PostedReply, PressBody } from './schema.ts';
import { createSocketReceiver } from './socket.ts';

export interface DirectorButton {
  readonly id: string;
  readonly label: string;
  readonly style?: 'primary' | 'danger';
}

/** What the director's message shows; all texts are the demo's own (mrkdwn). */
export interface DirectorPanel {
  readonly title: string;
  readonly lines: readonly string[];
  readonly rows: readonly (readonly DirectorButton[])[];
  readonly note: string;
}

export interface DirectorParts {
  readonly mode: Exclude<SlackMode, { kind: 'http' }>;
  readonly connection: SlackConnection;
  readonly channel: string;
  readonly clock: Clock;
  readonly onPress: (id: string) => Promise<void>;
}

export interface DirectorApp {
  start(): Promise<void>;
  /** Draws the panel. `fresh`: as the newest message of the channel, the old one goes. */
  show(panel: DirectorPanel, fresh: boolean): Promise<void>;
  /** A reply in somebody's thread, or a message. */
  say(text: string, thread?: string): Promise<void>;
  stop(): Promise<void>;
}

const ACTION = 'demo:';

export function createDirectorApp(parts: DirectorParts): DirectorApp {
  const { connection, channel, mode, clock } = parts;
  const { post } = createClients(connection);
  const receiver =
    mode.kind === 'custom'
      ? mode.receiver
      : createSocketReceiver({
          appToken: mode.appToken,
          connections: mode.connections,
          clientOptions: () => baseOptions(connection),
          clock,
          log: connection.log,
        });
  const app = new App({
    receiver,
    clientOptions: baseOptions(connection),
    authorize: async () => ({ botToken: connection.botToken.reveal() }),
    logger: boltLogger(connection.log),
    convoStore: false,
    deferInitialization: true,
  });
  let at: string | undefined;
  app.action(/^demo:/, async ({ ack, body }) => {
    await ack();
    const id = PressBody.parse(body).actions[0]?.action_id.slice(ACTION.length);
    if (id !== undefined) await parts.onPress(id);
  });

  return {
    async start() {
      await app.init();
      await app.start();
    },
    async show(panel, fresh) {
      const message = drawing(panel);
      if (at !== undefined && !fresh) {
        await post.apiCall('chat.update', { channel, ts: at, ...message });
        return;
      }
      const old = at;
      at = PostedReply.parse(await post.apiCall('chat.postMessage', { channel, ...message })).ts;
      if (old !== undefined) await post.apiCall('chat.delete', { channel, ts: old });
    },
    async say(text, thread) {
      const message = { text, blocks: [section(text)] };
      await post.apiCall('chat.postMessage', { channel, ...message, ...(thread ? { thread_ts: thread } : {}) });
    },
    stop: async () => void (await app.stop()),
  };
}

function drawing({ title, lines, rows, note }: DirectorPanel): Message {
  return {
    text: title,
    blocks: [
      header(title),
      section(lines.join('\n')),
      ...rows.map((row, index) =>
        buttons(
          `demo-${index}`,
          row.map(({ id, label, style }) =>
            button({ action: `${ACTION}${id}`, label, value: id, ...(style ? { style } : {}) }),
          ),
        ),
      ),
      context(note),
    ],
  };
}
