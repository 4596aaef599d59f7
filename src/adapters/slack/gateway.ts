/** The one door to Slack: every post has a key and leaves at most once, limits are shared, blocks degrade, refusals say what to do. */
import type { Clock, IdSource } from '../../clock.ts';
import type { OutboxStore, Priority } from '../../outbox/outbox.ts';
import type { Message } from './blocks/parts.ts';
import type { SlackClients } from './clients.ts';
import { errorOf, type Failure, failureOf, slackError } from './errors.ts';
import { METADATA_EVENT } from './ids.ts';
import { type BlockLevel, type Drawing, type LevelMemory, ladder } from './levels.ts';
import type { Throttle } from './limits.ts';
import { findByKey } from './lookup.ts';
import { PostedReply } from './schema.ts';

export interface GatewayParts {
  readonly clients: SlackClients;
  readonly outbox: OutboxStore;
  readonly throttle: Throttle;
  readonly levels: LevelMemory;
  readonly clock: Clock;
  readonly newId: IdSource;
}

interface Post {
  /** Idempotency key: the same key is shown once, whoever asks. */
  readonly key: string;
  readonly channel: string;
  /** Absent: a root message. */
  readonly thread?: string;
  readonly priority: Priority;
  readonly drawing: Drawing;
  /**
   * What to do when it may already be there and we cannot look: absent: not posted again. Given (escalations): this is posted.
   * An urgent message also stays where it landed when its thread is gone.
   */
  readonly urgent?: { readonly repeated: Drawing };
}

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

export interface Gateway {
  /** Posts, or says where it was posted before. Throws SlackError; `thread-gone`: the parent was deleted, nothing is left behind. */
  post(post: Post): Promise<Posted>;
  /** Redraws a message. Safe to repeat. Throws SlackError (`message-not-found` when it was deleted). */
  edit(at: Posted, drawing: Drawing, priority: Priority): Promise<void>;
  /** Where the message with this key is, if it was sent. */
  find(key: string): Promise<Posted | undefined>;
}

const LEASE_MS = 60_000;
const MAX_BUSY_WAITS = 3;
const MAX_LIMITED = 10;
const BUSY_POLL_MS = 250;
/** Sent with every message: foreign text must neither link, nor unfurl, nor mention. chat.update forgets these when omitted. */
const QUIET = { parse: 'none', link_names: false } as const;
const NO_UNFURL = { unfurl_links: false, unfurl_media: false } as const;

export function createGateway(parts: GatewayParts): Gateway {
  return {
    async post(post) {
      const known = await sentRecord(parts, post.key);
      if (known) return known;
      try {
        return await attempt(parts, post);
      } catch (error) {
        // One more look by ourselves: a hiccup should not have to travel through the queue.
        if (!isHiccup(error)) throw error;
        await parts.clock.sleep(1000);
        return attempt(parts, post);
      }
    },
    edit: (at, drawing, priority) => edit(parts, at, drawing, priority),
    find: (key) => sentRecord(parts, key),
  };
}

async function sentRecord(parts: GatewayParts, key: string): Promise<Posted | undefined> {
  const record = await parts.outbox.find(key);
  if (record?.state !== 'sent' || record.channel === undefined || record.ts === undefined) return undefined;
  return { channel: record.channel, ts: record.ts };
}

/** Tokens first, then the claim: the lease must not run out in a queue. */
async function attempt(parts: GatewayParts, post: Post): Promise<Posted> {
  for (let waits = 0; ; waits += 1) {
    await admit(parts, post);
    const fence = parts.newId();
    const claim = await parts.outbox.claim(post.key, fence, LEASE_MS);
    if (claim.kind === 'sent') return { channel: claim.channel, ts: claim.ts };
    if (claim.kind === 'send') {
      const drawing = claim.mayHaveBeenSent ? await afterDoubt(parts, post, claim.fence) : post.drawing;
      if ('ts' in drawing) return drawing;
      const result = await send(parts, post, claim.fence, drawing);
      if (result !== 'again') return result;
      if (waits >= MAX_LIMITED) throw errorOf({ kind: 'rate-limited', ms: 1000 });
    } else {
      if (waits >= MAX_BUSY_WAITS) {
        throw slackError('slack-busy', ['Another process is sending this message.', 'It is tried again later.'], true);
      }
      await outlast(parts, post.key, claim.retryAfterMs);
    }
  }
}

/** The channel's token last: it is the scarcer one and must be fresh when the post leaves. */
async function admit(parts: GatewayParts, post: Post): Promise<void> {
  await parts.throttle.call('chat.postMessage', post.priority);
  await parts.throttle.channel(post.channel, post.priority);
}

/** Waits until the other sender is done, or its lease is over. */
async function outlast(parts: GatewayParts, key: string, leaseMs: number): Promise<void> {
  const until = parts.clock.now() + leaseMs;
  while (parts.clock.now() < until && (await parts.outbox.find(key))?.state === 'sending') {
    await parts.clock.sleep(Math.max(1, Math.min(BUSY_POLL_MS, until - parts.clock.now())));
  }
}

/** An earlier attempt may have arrived: look once; without the right to look, only an urgent message is said again, marked. */
async function afterDoubt(parts: GatewayParts, post: Post, fence: string): Promise<Posted | Drawing> {
  const { channel, thread, key } = post;
  let lookup: Awaited<ReturnType<typeof findByKey>>;
  try {
    lookup = await findByKey(parts.clients.read, parts.throttle, {
      channel,
      key,
      ...(thread === undefined ? {} : { thread }),
    });
  } catch (error) {
    await parts.outbox.unknown(key, fence);
    throw error;
  }
  if (lookup.kind === 'found') {
    await parts.outbox.sent(key, fence, { channel, ts: lookup.ts });
    return { channel, ts: lookup.ts };
  }
  if (lookup.kind === 'none') return post.drawing;
  if (post.urgent) return post.urgent.repeated;
  await parts.outbox.unknown(key, fence);
  throw slackError('post-unconfirmed', [
    'Slack did not confirm a message, so it is not sent a second time.',
    'Grant the optional scopes channels:history and groups:history, then the bot can look whether it arrived.',
  ]);
}

/** Walks down the ladder; `again`: Slack asked to wait, and now it may go. */
async function send(parts: GatewayParts, post: Post, fence: string, drawing: Drawing): Promise<Posted | 'again'> {
  let failure: Failure | undefined;
  for (const { level, message } of ladder(drawing, parts.levels.start())) {
    if (failure) await admit(parts, post);
    try {
      const posted = PostedReply.parse(await parts.clients.post.apiCall('chat.postMessage', payload(post, message)));
      return await settle(parts, post, fence, posted);
    } catch (error) {
      if (error instanceof ThreadGone) throw error.error;
      failure = failureOf(error, 'chat.postMessage');
      if (failure.kind !== 'blocks') break;
      learn(parts, drawing, level, failure.word);
    }
  }
  if (failure?.kind === 'ambiguous') await parts.outbox.unknown(post.key, fence);
  else await parts.outbox.release(post.key, fence);
  if (failure?.kind === 'rate-limited') {
    await parts.throttle.block('chat.postMessage', failure.ms);
    return 'again';
  }
  throw failure ? errorOf(failure) : slackError('slack-unreachable', ['Nothing was sent.', 'Try again.'], true);
}

function payload(post: Post, message: Message): Record<string, unknown> {
  return {
    channel: post.channel,
    text: message.text,
    ...(message.blocks ? { blocks: message.blocks } : {}),
    ...(post.thread === undefined ? {} : { thread_ts: post.thread, ...(post.urgent ? { reply_broadcast: true } : {}) }),
    ...QUIET,
    ...NO_UNFURL,
    metadata: { event_type: METADATA_EVENT, event_payload: { key: post.key } },
  };
}

class ThreadGone extends Error {
  readonly error = slackError('thread-gone', ['The thread was deleted in Slack.', 'A new one is opened.']);
}

/** Slack posts a reply to a deleted parent at the channel's root and calls it a success. */
async function settle(
  parts: GatewayParts,
  post: Post,
  fence: string,
  posted: ReturnType<typeof PostedReply.parse>,
): Promise<Posted> {
  const at = { channel: posted.channel, ts: posted.ts };
  const isStray = post.thread !== undefined && posted.message !== undefined && posted.message.thread_ts !== post.thread;
  if (!isStray || post.urgent) {
    await parts.outbox.sent(post.key, fence, at);
    return at;
  }
  await parts.throttle.call('chat.delete', 'button');
  await parts.clients.post.apiCall('chat.delete', { ...at }).catch(() => undefined);
  await parts.outbox.release(post.key, fence);
  throw new ThreadGone();
}

async function edit(parts: GatewayParts, at: Posted, drawing: Drawing, priority: Priority): Promise<void> {
  let failures = 0;
  const steps = [...ladder(drawing, parts.levels.start())];
  for (;;) {
    const step = steps[0];
    if (!step)
      throw slackError('invalid-blocks', ['Slack takes this message at no level of detail.', 'Please report it.']);
    await parts.throttle.call('chat.update', priority);
    try {
      // An empty list clears the blocks that are there: text alone would leave the old ones standing.
      const blocks = step.message.blocks ?? [];
      await parts.clients.post.apiCall('chat.update', { ...at, text: step.message.text, blocks, ...QUIET });
      return;
    } catch (error) {
      const failure = failureOf(error, 'chat.update');
      if (failure.kind === 'blocks') {
        learn(parts, drawing, step.level, failure.word);
        steps.shift();
      } else if (failure.kind === 'rate-limited' && ++failures <= MAX_LIMITED)
        await parts.throttle.block('chat.update', failure.ms);
      else if (failure.kind === 'refused' || ++failures >= 3) throw errorOf(failure);
      else await parts.clock.sleep(500 * failures);
    }
  }
}

/** Only the plan is a matter of the workspace; a section that is refused is a fault of that message. */
function learn(parts: GatewayParts, drawing: Drawing, level: BlockLevel, word: string): void {
  if (level === 'plan' && drawing.plan && word.startsWith('invalid_blocks')) parts.levels.refused(level);
}

function isHiccup(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'slack-unreachable';
}
