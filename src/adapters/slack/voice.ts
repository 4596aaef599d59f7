/** Everything that speaks to Slack, for the bot and for workers alike (a worker has no listeners). */
import type { Clock, IdSource } from '../../clock.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Announcer } from '../../incident/ports.ts';
import type { OutboxStore, RateLimiter } from '../../outbox/outbox.ts';
import type { ThreadRef } from '../../remediation/action.ts';
import { createAnnouncer } from './announcer.ts';
import type { OnCall } from './blocks/escalation.ts';
import type { Clocks } from './blocks/incident-root.ts';
import { createClients, type SlackClients, type SlackConnection } from './clients.ts';
import { createEditor } from './editor.ts';
import { errorOf, failureOf } from './errors.ts';
import { createGateway } from './gateway.ts';
import { type BlockLevel, createLevelMemory } from './levels.ts';
import { createThrottle } from './limits.ts';
import { createMembership, type Membership } from './membership.ts';
import { createNameBook } from './names.ts';
import { permalink } from './permalink.ts';
import { AuthReply } from './schema.ts';
import { createStanding, type Standing } from './standing.ts';
import { createThreads } from './threads.ts';
import { createWhisper, type Whisper } from './whisper.ts';

export interface VoiceParts {
  readonly connection: SlackConnection;
  readonly outbox: OutboxStore;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly newId: IdSource;
  /** Richest level to start with (`slack.blocks`). */
  readonly blocks: BlockLevel;
  /** By `slack.routes` and `slack.channel`; undefined: none. */
  readonly channelFor: (namespace: string | undefined) => string | undefined;
  readonly oncall: OnCall;
  /** The incident's two clocks, as its runbook or the configuration sets them. */
  readonly clocksFor: (incident: Incident) => Clocks;
}

/** Who the bot is. */
export interface Identity {
  readonly team: string;
  readonly botUser: string;
  readonly bot?: string;
  /** Granted scopes, when Slack tells them. */
  readonly scopes: readonly string[];
}

export interface SlackVoice {
  readonly announcer: Announcer;
  readonly membership: Membership;
  readonly standing: Standing;
  readonly whisper: Whisper;
  readonly clients: SlackClients;
  /** auth.test. Throws SlackError with what to do about a bad token. */
  identify(): Promise<Identity>;
  /** A thread's page; undefined: it has none that others can open. */
  linkTo(thread: ThreadRef): string | undefined;
  /** Resolves when no edit is waiting any more. */
  drain(): Promise<void>;
}

export function createSlackVoice(parts: VoiceParts): SlackVoice {
  const { clock, outbox, newId, connection } = parts;
  const clients = createClients(connection);
  // One workspace: the buckets need no other name, and must be the same in every replica.
  const throttle = createThrottle(parts.limiter, clock, 'home');
  const levels = createLevelMemory(parts.blocks, clock);
  const gateway = createGateway({ clients, outbox, throttle, levels, clock, newId });
  const editor = createEditor(gateway, throttle, connection.log);
  let home: string | undefined;
  let address: string | undefined;
  const whisper = createWhisper(clients.interactive, throttle);
  return {
    announcer: createAnnouncer({
      gateway,
      editor,
      threads: createThreads(gateway, outbox, newId),
      names: createNameBook(clients.read, throttle, clock, connection.log),
      whisper,
      clock,
      channelFor: parts.channelFor,
      oncall: parts.oncall,
      clocksFor: parts.clocksFor,
    }),
    membership: createMembership(clients.read, throttle, clock, connection.log),
    standing: createStanding(clients.interactive, { throttle, clock, log: connection.log, home: () => home }),
    whisper,
    clients,
    async identify() {
      try {
        const auth = AuthReply.parse(await clients.read.auth.test());
        home = auth.team_id;
        address = auth.url;
        const scopes = auth.response_metadata?.scopes ?? [];
        return {
          team: auth.team_id,
          botUser: auth.user_id,
          scopes,
          ...(auth.bot_id === undefined ? {} : { bot: auth.bot_id }),
        };
      } catch (error) {
        throw errorOf(failureOf(error, 'auth.test'));
      }
    },
    linkTo: (thread) => (connection.pages === null ? undefined : permalink(thread, connection.pages ?? address)),
    drain: () => editor.drain(),
  };
}
