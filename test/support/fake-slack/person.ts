/** A person in the workspace: types commands, mentions the bot, presses buttons, submits and closes windows. */
import type { Deliver } from './receiver.ts';
import type { Ephemeral, FakeMessage, FakeView, Json } from './types.ts';
import { draft, type FakeUser, type Workspace } from './workspace.ts';

/** How a gesture went: `acked` within Slack's 3 s; otherwise the person saw an error. */
interface Gestured {
  readonly acked: boolean;
  /** The payload as delivered, for redelivery. */
  readonly body: Json;
}

/** Which button: by its label, its action id, or both; `value` forges what the client would send. */
interface Press {
  readonly channel: string;
  readonly label?: string;
  readonly action?: string;
  /** Default: the newest message that has such a button. */
  readonly ts?: string;
  readonly value?: string;
}

export interface Person extends FakeUser {
  runs(command: string, where: { readonly channel: string }): Promise<Gestured>;
  mentions(text: string, where: { readonly channel: string; readonly thread?: string }): Promise<Gestured>;
  presses(press: Press): Promise<Gestured>;
  /** Submits the newest open window. */
  submits(): Promise<Gestured>;
  /** Closes the newest open window. */
  closes(): void;
  /** The newest open window, as this person sees it. */
  window(): Json | undefined;
  /** What only this person was shown, oldest first. */
  whispers(): readonly Ephemeral[];
}

export function createPerson(workspace: Workspace, user: FakeUser, deliver: Deliver): Person {
  const common = {
    team: { id: workspace.team },
    user: { id: user.id, team_id: user.team },
    token: 'x',
    api_app_id: 'A0',
  };

  function newest(): FakeView | undefined {
    return workspace.views.findLast((view) => view.open && view.user === user.id);
  }

  return {
    ...user,
    runs: (command, { channel }) => {
      const [name = '', ...words] = command.split(' ');
      return deliver({
        command: name,
        text: words.join(' '),
        trigger_id: workspace.trigger(user.id),
        user_id: user.id,
        user_name: user.name,
        team_id: user.team,
        channel_id: channel,
        response_url: workspace.responseUrl({ channel, user: user.id }),
        token: 'x',
        api_app_id: 'A0',
      });
    },
    mentions: (text, { channel, thread }) => {
      const message = { ...draft(workspace, channel), text, user: user.id, ...(thread ? { thread_ts: thread } : {}) };
      workspace.messages.push(message);
      return deliver({
        type: 'event_callback',
        event_id: workspace.nextId('Ev'),
        team_id: workspace.team,
        api_app_id: 'A0',
        event: {
          type: 'app_mention',
          text: text.replace('@pullcheck', `<@${workspace.botUser}>`),
          user: user.id,
          team: user.team,
          channel,
          ts: message.ts,
          event_ts: message.ts,
          ...(thread ? { thread_ts: thread } : {}),
        },
      });
    },
    presses: (press) => deliver(pressBody(workspace, user, common, press)),
    submits: async () => {
      const view = newest();
      if (view?.view['submit'] === undefined) throw new Error(`${user.name} sees no window with a submit button`);
      view.open = false;
      return deliver({
        ...common,
        type: 'view_submission',
        view: { ...view.view, id: view.id, hash: view.hash, state: { values: {} } },
      });
    },
    closes: () => {
      const view = newest();
      if (view) view.open = false;
    },
    window: () => newest()?.view,
    whispers: () => workspace.ephemerals.filter((one) => one.user === user.id),
  };
}

function pressBody(workspace: Workspace, user: FakeUser, common: Json, press: Press): Json {
  const found = findButton(workspace, press);
  if (!found) throw new Error(`${user.name} sees no button ${press.label ?? press.action} in ${press.channel}`);
  const { message, element, block } = found;
  const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
  return {
    ...common,
    type: 'block_actions',
    trigger_id: workspace.trigger(user.id),
    response_url: workspace.responseUrl({ channel: press.channel, user: user.id }),
    channel: { id: press.channel, name: 'fake' },
    container: { type: 'message', message_ts: message.ts, channel_id: press.channel, is_ephemeral: false, ...thread },
    message: { ts: message.ts, text: message.text, blocks: message.blocks, ...thread },
    actions: [
      {
        ...element,
        block_id: block['block_id'] ?? 'b',
        action_ts: workspace.nextTs(),
        ...(press.value === undefined ? {} : { value: press.value }),
      },
    ],
  };
}

function findButton(
  workspace: Workspace,
  press: Press,
): { message: FakeMessage; block: Json; element: Json } | undefined {
  const messages = workspace.messages.filter(
    (one) => one.channel === press.channel && !one.deleted && (press.ts === undefined || one.ts === press.ts),
  );
  for (const message of messages.toReversed()) {
    for (const block of message.blocks) {
      for (const element of (block['elements'] ?? []) as Json[]) {
        if (element['type'] === 'button' && matches(element, press)) return { message, block, element };
      }
    }
  }
  return undefined;
}

function matches(element: Json, press: Press): boolean {
  const label = (element['text'] as Json | undefined)?.['text'];
  return (
    (press.label === undefined || label === press.label) &&
    (press.action === undefined || element['action_id'] === press.action)
  );
}
