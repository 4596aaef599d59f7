/** Answers that only one person sees. */
import type { WebClient } from '@slack/web-api';
import type { Message } from './blocks/parts.ts';
import { errorOf, failureOf } from './errors.ts';
import type { Throttle } from './limits.ts';

export interface WhisperTarget {
  readonly channel: string;
  readonly user: string;
  /** Always given when the person is in a thread: otherwise the answer is at the channel's root, unseen. */
  readonly thread?: string;
}

/** Throws SlackError (`not-in-channel`, `channel-not-found`: the bot was not invited). Losing one is harmless; it is not repeated. */
export type Whisper = (to: WhisperTarget, message: Message) => Promise<void>;

export function createWhisper(client: WebClient, throttle: Throttle): Whisper {
  return async (to, message) => {
    await throttle.call('chat.postEphemeral', 'button');
    try {
      await client.apiCall('chat.postEphemeral', {
        channel: to.channel,
        user: to.user,
        ...(to.thread === undefined ? {} : { thread_ts: to.thread }),
        text: message.text,
        ...(message.blocks ? { blocks: message.blocks } : {}),
        parse: 'none',
        link_names: false,
      });
    } catch (error) {
      const failure = failureOf(error, 'chat.postEphemeral');
      if (failure.kind === 'rate-limited') await throttle.block('chat.postEphemeral', failure.ms);
      throw errorOf(failure);
    }
  };
}
