/** The Web API methods, with the answers and refusals of the real ones. */
import { type FakeMessage, type Json, str } from './types.ts';
import { blocksError, MESSAGE_LIMIT, viewError } from './validate.ts';
import { draft, type Workspace } from './workspace.ts';

type Args = Readonly<Record<string, unknown>>;
type Method = (workspace: Workspace, args: Args) => Json;

const SCOPES: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
};

const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': (workspace) => ({
    ok: true,
    url: 'https://acme.slack.com/',
    team_id: workspace.team,
    user_id: workspace.botUser,
    bot_id: 'B0BOT0000',
    response_metadata: { scopes: [...workspace.scopes] },
  }),
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'conversations.history': (workspace, args) =>
    page(workspace, args, (one) => one.thread_ts === undefined || one.broadcast),
  'conversations.replies': (workspace, args) => {
    if (!workspace.find(str(args['channel']), str(args['ts']))) return refuse('thread_not_found');
    return page(workspace, args, (one) => one.ts === args['ts'] || one.thread_ts === args['ts']);
  },
  'views.open': openView,
  'views.update': updateView,
  'users.info': (workspace, args) => {
    const user = workspace.users.get(str(args['user']));
    return user
      ? { ok: true, user: { id: user.id, name: user.name, profile: { display_name: user.name } } }
      : refuse('user_not_found');
  },
  'usergroups.users.list': (workspace, args) => {
    if (workspace.plan === 'free') return refuse('plan_upgrade_required');
    const users = workspace.userGroups.get(str(args['usergroup']));
    return users ? { ok: true, users } : refuse('no_such_subteam');
  },
};

export function answer(workspace: Workspace, method: string, args: Args): Json {
  const scope = SCOPES[method];
  if (scope !== undefined && !workspace.scopes.has(scope)) return { ...refuse('missing_scope'), needed: scope };
  return METHODS[method]?.(workspace, args) ?? refuse('unknown_method');
}

function refuse(error: string): Json {
  return { ok: false, error };
}

function membership(workspace: Workspace, channel: string): string | undefined {
  const members = workspace.channels.get(channel);
  if (!members) return 'channel_not_found';
  if (workspace.archived.has(channel)) return 'is_archived';
  return members.has(workspace.botUser) ? undefined : 'not_in_channel';
}

function blocksOf(args: Args): readonly Json[] {
  return Array.isArray(args['blocks']) ? (args['blocks'] as Json[]) : [];
}

function postMessage(workspace: Workspace, args: Args): Json {
  const channel = str(args['channel']);
  const blocks = blocksOf(args);
  const wrong = membership(workspace, channel) ?? blocksError(blocks, workspace.refusedBlocks);
  if (wrong) return refuse(wrong);
  const text = str(args['text']);
  if (text === '' && blocks.length === 0) return refuse('no_text');
  const message: FakeMessage = { ...draft(workspace, channel), text: text.slice(0, MESSAGE_LIMIT.text), blocks };
  const parent = args['thread_ts'] === undefined ? undefined : str(args['thread_ts']);
  // A deleted parent is no error: the reply lands at the channel's root.
  if (parent !== undefined && workspace.find(channel, parent)) message.thread_ts = parent;
  message.broadcast = args['reply_broadcast'] === true;
  if (args['metadata'] !== undefined) message.metadata = args['metadata'] as Json;
  workspace.messages.push(message);
  return {
    ok: true,
    channel,
    ts: message.ts,
    message: { ts: message.ts, text, ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}) },
  };
}

function update(workspace: Workspace, args: Args): Json {
  const message = workspace.find(str(args['channel']), str(args['ts']));
  if (!message) return refuse('message_not_found');
  if (message.user !== workspace.botUser) return refuse('cant_update_message');
  const text = str(args['text']);
  if (text.length > MESSAGE_LIMIT.editText) return refuse('msg_too_long');
  const wrong = blocksError(blocksOf(args), workspace.refusedBlocks);
  if (wrong) return refuse(wrong);
  message.text = text;
  // Without `blocks` the old ones stay where they are.
  if (args['blocks'] !== undefined) message.blocks = blocksOf(args);
  message.edits += 1;
  return { ok: true, channel: message.channel, ts: message.ts, text };
}

function remove(workspace: Workspace, args: Args): Json {
  const message = workspace.find(str(args['channel']), str(args['ts']));
  if (!message) return refuse('message_not_found');
  message.deleted = true;
  return { ok: true };
}

function postEphemeral(workspace: Workspace, args: Args): Json {
  const channel = str(args['channel']);
  const user = str(args['user']);
  const wrong = membership(workspace, channel) ?? blocksError(blocksOf(args), workspace.refusedBlocks);
  if (wrong) return refuse(wrong);
  if (!workspace.channels.get(channel)?.has(user)) return refuse('user_not_in_channel');
  const thread = args['thread_ts'];
  workspace.ephemerals.push({
    channel,
    user,
    text: str(args['text']),
    ...(thread === undefined ? {} : { thread_ts: str(thread) }),
  });
  return { ok: true, message_ts: workspace.nextTs() };
}

function page(workspace: Workspace, args: Args, wanted: (message: FakeMessage) => boolean): Json {
  const wrong = membership(workspace, str(args['channel']));
  if (wrong) return refuse(wrong);
  const all = workspace.messages.filter((one) => one.channel === args['channel'] && !one.deleted && wanted(one));
  const from = Number(args['cursor'] ?? 0);
  const limit = Number(args['limit'] ?? 100);
  const withMetadata = args['include_all_metadata'] === true;
  const messages = all
    .slice(from, from + limit)
    .map(({ ts, text, metadata }) => ({ ts, text, ...(withMetadata && metadata ? { metadata } : {}) }));
  return {
    ok: true,
    messages,
    response_metadata: { next_cursor: from + limit < all.length ? String(from + limit) : '' },
  };
}

function openView(workspace: Workspace, args: Args): Json {
  const view = args['view'] as Json;
  const wrong = viewError(view);
  if (wrong) return refuse(wrong);
  const used = workspace.useTrigger(str(args['trigger_id']));
  if ('error' in used) return refuse(used.error);
  const opened = { id: workspace.nextId('V'), hash: workspace.nextId('h'), user: used.user, view, open: true };
  workspace.views.push(opened);
  return { ok: true, view: { ...view, id: opened.id, hash: opened.hash } };
}

function updateView(workspace: Workspace, args: Args): Json {
  const known = workspace.views.find((one) => one.id === args['view_id']);
  if (!known?.open) return refuse('not_found');
  if (args['hash'] !== undefined && args['hash'] !== known.hash) return refuse('hash_conflict');
  const view = args['view'] as Json;
  const wrong = viewError(view);
  if (wrong) return refuse(wrong);
  known.view = view;
  known.hash = workspace.nextId('h');
  return { ok: true, view: { ...view, id: known.id, hash: known.hash } };
}
