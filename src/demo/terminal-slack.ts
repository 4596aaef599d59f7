/** The demo's workspace in this process, played in the terminal. */
import { createRoom, type Room } from '../adapters/slack/in-process.ts';
import { createPlay, type Play, type PlayHands } from '../adapters/terminal/play.ts';
import type { Style } from '../adapters/terminal/style.ts';
import { randomId } from '../clock.ts';
import { BOT, CHANNEL, PEOPLE, TEAM } from './people.ts';
import type { SlackPlace } from './slack-place.ts';

export interface TerminalSlack {
  readonly place: SlackPlace;
  readonly play: Play;
  readonly hands: PlayHands;
}

export function openTerminalSlack(out: (text: string) => void, style: Style): TerminalSlack {
  const play = createPlay({ out, style, people: PEOPLE });
  const room: Room = createRoom({ channel: CHANNEL.id, team: TEAM, newId: randomId, people: PEOPLE, listener: play });
  return {
    play,
    hands: {
      command: async (user, text) => room.command(BOT.name, user, text),
      press: async (user, at) => room.press(user, at),
      submit: async (user) => room.submit(user),
      close: () => room.closeView(),
    },
    place: {
      app(app, log) {
        const { fetch, receiver } = room.app(app.name);
        return { connection: { botToken: app.botToken, fetch, pages: null, log }, mode: { kind: 'custom', receiver } };
      },
      close: async () => undefined,
    },
  };
}
