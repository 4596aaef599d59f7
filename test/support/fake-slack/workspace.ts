/** The state of the fake workspace: channels, messages, people, views, one-time triggers and response addresses. */
import { type Ephemeral, type FakeClock, type FakeMessage, type FakeView, type Json, str } from './types.ts';

export interface FakeUser {
  readonly id: string;
  readonly name: string;
  readonly team: string;
}

export interface Workspace {
  readonly clock: FakeClock;
  readonly team: string;
  readonly botUser: string;
  readonly token: string;
  readonly messages: FakeMessage[];
  readonly ephemerals: Ephemeral[];
  readonly views: FakeView[];
  readonly users: Map<string, FakeUser>;
  /** Channel -> members; the bot too. */
  readonly channels: Map<string, Set<string>>;
  readonly archived: Set<string>;
  readonly userGroups: Map<string, string[]>;
  /** Granted bot scopes. */
  readonly scopes: Set<string>;
  plan: 'paid' | 'free';
  readonly refusedBlocks: Set<string>;
  nextTs(): string;
  nextId(prefix: string): string;
  /** A trigger for a gesture of this user; 3 s, once. */
  trigger(user: string): string;
  useTrigger(id: string): { readonly user: string } | { readonly error: string };
  /** A response address: 5 uses in 30 minutes. */
  responseUrl(where: { readonly channel: string; readonly user: string }): string;
  useResponseUrl(url: string, body: Json): boolean;
  find(channel: string, ts: string): FakeMessage | undefined;
}

export function createWorkspace(clock: FakeClock): Workspace {
  const triggers = new Map<string, { user: string; at: number; used: boolean }>();
  const addresses = new Map<string, { channel: string; user: string; at: number; uses: number }>();
  let counter = 0;
  const workspace: Workspace = {
    clock,
    team: 'T0HOME00',
    botUser: 'U0BOT0000',
    token: 'xoxb-fake',
    messages: [],
    ephemerals: [],
    views: [],
    users: new Map(),
    channels: new Map(),
    archived: new Set(),
    userGroups: new Map(),
    scopes: new Set(['app_mentions:read', 'chat:write', 'commands', 'users:read', 'usergroups:read']),
    plan: 'paid',
    refusedBlocks: new Set(),
    nextTs() {
      counter += 1;
      return `${Math.floor(clock.now() / 1000)}.${String(counter).padStart(6, '0')}`;
    },
    nextId(prefix) {
      counter += 1;
      return `${prefix}${counter}`;
    },
    trigger(user) {
      const id = workspace.nextId('trigger.');
      triggers.set(id, { user, at: clock.now(), used: false });
      return id;
    },
    useTrigger(id) {
      const trigger = triggers.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (clock.now() - trigger.at > 3000) return { error: 'expired_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },
    responseUrl(where) {
      const url = `https://hooks.slack.invalid/${workspace.nextId('r')}`;
      addresses.set(url, { ...where, at: clock.now(), uses: 0 });
      return url;
    },
    useResponseUrl(url, body) {
      const address = addresses.get(url);
      if (!address || clock.now() - address.at > 30 * 60_000 || address.uses >= 5) return false;
      address.uses += 1;
      const { channel, user } = address;
      const text = str(body['text']);
      if (body['response_type'] !== 'in_channel') workspace.ephemerals.push({ channel, user, text });
      else workspace.messages.push({ ...draft(workspace, channel), text });
      return true;
    },
    find: (channel, ts) => workspace.messages.find((one) => one.channel === channel && one.ts === ts && !one.deleted),
  };
  return workspace;
}

export function draft(workspace: Workspace, channel: string): FakeMessage {
  return {
    ts: workspace.nextTs(),
    channel,
    broadcast: false,
    text: '',
    blocks: [],
    user: workspace.botUser,
    edits: 0,
    deleted: false,
  };
}
