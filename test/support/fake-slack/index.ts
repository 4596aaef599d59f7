/**
 * A Slack workspace in memory with the limits and traps of the real one: tiers, one post a second per channel, block and size
 * rules, membership, metadata, ephemerals, one-time triggers, deleted parents, and faults on demand. People act through `user`.
 *
 *   const slack = createFakeSlack({ clock });
 *   slack.addChannel('C0ALERTS0', ['U0ANN0000']);
 *   const ann = slack.user('U0ANN0000', 'ann');
 *   // give `slack.connection.fetch` to the web clients and `slack.receiver` to Bolt, then
 *   await ann.runs('/pullcheck pod api -n staging', { channel: 'C0ALERTS0' });
 *   slack.channel('C0ALERTS0').messages
 */
import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import { createPerson, type Person } from './person.ts';
import { createReceiver, type Deliver } from './receiver.ts';
import type { Call, Ephemeral, FakeClock, FakeMessage, Fault } from './types.ts';
import { createWebApi } from './web-api.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export type { Person } from './person.ts';
export type { Call, Ephemeral, FakeMessage, Fault } from './types.ts';

export interface FakeSlack {
  readonly fetch: FetchFunction;
  readonly token: string;
  readonly receiver: Receiver;
  readonly workspace: Workspace;
  /** Delivers a payload as it is, for redeliveries. */
  readonly deliver: Deliver;
  /** Every Web API call that arrived. */
  readonly calls: readonly Call[];
  callsTo(method: string): readonly Call[];
  /** `bot: false`: the bot is not invited. */
  addChannel(id: string, members: readonly string[], options?: { readonly bot?: boolean }): void;
  user(id: string, name?: string, team?: string): Person;
  channel(id: string): {
    readonly messages: readonly FakeMessage[];
    readonly roots: readonly FakeMessage[];
    readonly ephemerals: readonly Ephemeral[];
  };
  /** The replies under a root message. */
  thread(ts: string): readonly FakeMessage[];
  /** Somebody deletes a message in the client. */
  deletes(channel: string, ts: string): void;
  fail(method: string, fault: Fault, times?: number): void;
  /** This workspace takes no blocks of these types. */
  refuseBlocks(...types: readonly string[]): void;
}

export function createFakeSlack({ clock }: { readonly clock: FakeClock }): FakeSlack {
  const workspace = createWorkspace(clock);
  const api = createWebApi(workspace);
  const { receiver, deliver } = createReceiver();
  const live = () => workspace.messages.filter((one) => !one.deleted);
  return {
    fetch: api.fetch,
    token: workspace.token,
    receiver,
    workspace,
    deliver,
    calls: api.calls,
    callsTo: (method) => api.calls.filter((call) => call.method === method),
    addChannel(id, members, options) {
      workspace.channels.set(id, new Set([...members, ...(options?.bot === false ? [] : [workspace.botUser])]));
    },
    user(id, name = id.toLowerCase(), team = workspace.team) {
      const known = workspace.users.get(id) ?? { id, name, team };
      workspace.users.set(id, known);
      return createPerson(workspace, known, deliver);
    },
    channel: (id) => ({
      messages: live().filter((one) => one.channel === id),
      roots: live().filter((one) => one.channel === id && one.thread_ts === undefined),
      ephemerals: workspace.ephemerals.filter((one) => one.channel === id),
    }),
    thread: (ts) => live().filter((one) => one.thread_ts === ts),
    deletes(channel, ts) {
      const message = workspace.find(channel, ts);
      if (message) message.deleted = true;
    },
    fail: (method, fault, times) => api.fail(method, fault, times),
    refuseBlocks: (...types) => {
      for (const type of types) workspace.refusedBlocks.add(type);
    },
  };
}
