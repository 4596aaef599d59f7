/** Looks once whether a message with this key is there already. Needs a history scope, which is optional. */
import type { WebClient } from '@slack/web-api';
import { errorOf, failureOf } from './errors.ts';
import { METADATA_EVENT } from './ids.ts';
import type { Throttle } from './limits.ts';
import { HistoryReply } from './schema.ts';

/** `cannot-look`: the scope was not granted, or the thread is too long to be read to its end. */
export type Lookup =
  | { readonly kind: 'found'; readonly ts: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'cannot-look' };

const PAGES = 5;
const CANNOT = new Set(['missing_scope', 'not_allowed_token_type', 'not_in_channel', 'no_permission']);

export interface LookupQuery {
  readonly channel: string;
  /** Absent: among the channel's newest root messages. */
  readonly thread?: string;
  readonly key: string;
}

/** Throws a retryable SlackError when Slack cannot be asked now. */
export async function findByKey(client: WebClient, throttle: Throttle, query: LookupQuery): Promise<Lookup> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await readPage(client, throttle, query, cursor);
    if (answer === 'cannot-look') return { kind: 'cannot-look' };
    const hit = answer.messages.find(
      (message) =>
        message.metadata?.event_type === METADATA_EVENT && message.metadata.event_payload['key'] === query.key,
    );
    if (hit) return { kind: 'found', ts: hit.ts };
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) return { kind: 'none' };
  }
  // A channel's messages come newest first, so that ours would be among these; a thread's oldest first.
  return { kind: query.thread === undefined ? 'none' : 'cannot-look' };
}

async function readPage(client: WebClient, throttle: Throttle, query: LookupQuery, cursor: string | undefined) {
  const method = query.thread === undefined ? 'conversations.history' : 'conversations.replies';
  await throttle.call(method, 'button');
  const page = { channel: query.channel, limit: 200, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
  try {
    const answer =
      query.thread === undefined
        ? await client.conversations.history(page)
        : await client.conversations.replies({ ...page, ts: query.thread });
    return HistoryReply.parse(answer);
  } catch (error) {
    const failure = failureOf(error, method);
    if (failure.kind === 'refused' && CANNOT.has(failure.word)) return 'cannot-look';
    // The parent is gone: nothing can be under it.
    if (failure.kind === 'refused' && failure.word === 'thread_not_found') return HistoryReply.parse({});
    if (failure.kind === 'rate-limited') await throttle.block(method, failure.ms);
    throw errorOf(failure);
  }
}
