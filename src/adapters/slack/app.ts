/** The Slack surface: Bolt with our receiver, the listeners, a readable start and a stop that drops nothing. */
import { App, type Receiver } from '@slack/bolt';
import type { Clock, IdSource } from '../../clock.ts';
import type { SlackUseCases } from '../../flow/use-cases.ts';
import type { ClaimStore } from '../../incident/ports.ts';
import type { Sealed } from '../../sealed.ts';
import { listenToIncidentButtons } from './actions/incident.ts';
import { listenToInquiryButtons } from './actions/inquiry.ts';
import { listenToRemedyButton } from './actions/remedy.ts';
import { baseOptions, type SlackConnection } from './clients.ts';
import { listenToCommand } from './commands/pullcheck.ts';
import { createDesk } from './desk.ts';
import { errorOf, failureOf, slackError } from './errors.ts';
import { listenToMention } from './events/app-mention.ts';
import { createHttpReceiver, type NodeListener } from './http.ts';
import { boltLogger } from './log.ts';
import { createSocketReceiver, type SocketReceiver } from './socket.ts';
import { listenToConfirmation } from './views/confirm-remedy.ts';
import { createModals } from './views/modals.ts';
import type { Identity, SlackVoice } from './voice.ts';

/** How Slack's payloads reach us. `custom` is for tests. */
export type SlackMode =
  | { readonly kind: 'socket'; readonly appToken: Sealed; readonly connections: number }
  | { readonly kind: 'http'; readonly signingSecret: Sealed }
  | { readonly kind: 'custom'; readonly receiver: Receiver };

export interface SlackAppParts {
  readonly mode: SlackMode;
  readonly connection: SlackConnection;
  readonly voice: SlackVoice;
  readonly useCases: SlackUseCases;
  readonly claims: ClaimStore;
  readonly clock: Clock;
  readonly newId: IdSource;
  /** Used where a pod is named without `-n`; default `default`. */
  readonly defaultNamespace?: string;
}

export interface SlackApp {
  /** Throws SlackError: what is wrong with the tokens and what to do. */
  start(): Promise<Identity>;
  /** Lets listeners at work finish (at most 5 s), shows waiting edits, then closes. */
  stop(): Promise<void>;
  /** What is missing before Slack can be served; empty: ready. */
  missing(): readonly string[];
  /** HTTP mode: hand `POST /slack/events` over to it, with the body unread. */
  readonly listener?: NodeListener;
}

const DRAIN_MS = 5000;
/** A refresh of the connection is no outage. */
const GRACE_MS = 15_000;

export function createSlackApp(parts: SlackAppParts): SlackApp {
  const { connection, voice, clock } = parts;
  const { receiver, socket, listener } = receiverFor(parts);
  let identity: Identity | undefined;
  const app = new App({
    receiver,
    // Its own options object, with retries said out loud: see socket.ts for who would write into a shared one.
    clientOptions: { ...baseOptions(connection), retryConfig: { retries: 0 }, timeout: 2000 },
    authorize: async () => authorization(parts, identity),
    logger: boltLogger(connection.log),
    convoStore: false,
    deferInitialization: true,
  });
  const desk = createDesk({ ...parts, whisper: voice.whisper, log: connection.log });
  const listeners = {
    useCases: parts.useCases,
    desk,
    modals: createModals(voice.clients.interactive),
    whisper: voice.whisper,
    defaultNamespace: parts.defaultNamespace ?? 'default',
  };
  listenToCommand(app, listeners);
  listenToMention(app, listeners);
  listenToIncidentButtons(app, listeners);
  listenToInquiryButtons(app, listeners);
  listenToRemedyButton(app, listeners);
  listenToConfirmation(app, listeners);
  app.error(async (error) => {
    connection.log.error('slack listener failed', { detail: error.message });
    // Swallowed, HTTP mode would keep the person waiting for 3 s.
    throw error;
  });

  return {
    async start() {
      identity = await voice.identify();
      await app.init();
      await connect(() => app.start());
      return identity;
    },
    async stop() {
      await desk.idle(DRAIN_MS);
      const timer = new AbortController();
      await Promise.race([voice.drain(), clock.sleep(DRAIN_MS, timer.signal).catch(() => undefined)]);
      timer.abort();
      await app.stop();
    },
    missing() {
      if (!identity) return ['slack login'];
      const down = socket?.downSince();
      return down !== undefined && clock.now() - down > GRACE_MS ? ['slack connection'] : [];
    },
    ...(listener ? { listener } : {}),
  };
}

function receiverFor(parts: SlackAppParts): {
  readonly receiver: Receiver;
  readonly socket?: SocketReceiver;
  readonly listener?: NodeListener;
} {
  const { mode, connection, clock } = parts;
  switch (mode.kind) {
    case 'custom':
      return { receiver: mode.receiver };
    case 'http':
      return createHttpReceiver({ signingSecret: mode.signingSecret, clock, log: connection.log });
    case 'socket': {
      const { appToken, connections } = mode;
      const clientOptions = () => baseOptions(connection);
      const socket = createSocketReceiver({ appToken, connections, clientOptions, clock, log: connection.log });
      return { receiver: socket, socket };
    }
  }
}

async function authorization(parts: SlackAppParts, identity: Identity | undefined) {
  return {
    botToken: parts.connection.botToken.reveal(),
    ...(identity
      ? { botUserId: identity.botUser, teamId: identity.team, ...(identity.bot ? { botId: identity.bot } : {}) }
      : {}),
  };
}

async function connect(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const failure = failureOf(error, 'apps.connections.open');
    if (failure.kind !== 'refused') throw errorOf(failure);
    throw slackError(
      'invalid-app-token',
      [
        `Slack does not open a Socket Mode connection: ${failure.word}.`,
        'Set SLACK_APP_TOKEN to an app-level token (xapp-…) with connections:write.',
      ],
      false,
      error,
    );
  }
}
