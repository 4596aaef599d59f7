/** What every listener needs. */
import type { Actor, SlackUseCases } from '../../flow/use-cases.ts';
import type { Message } from './blocks/parts.ts';
import type { Desk, Gesture } from './desk.ts';
import type { PressBody } from './schema.ts';
import type { Modals } from './views/modals.ts';
import type { Whisper } from './whisper.ts';

export interface ListenerParts {
  readonly useCases: SlackUseCases;
  readonly desk: Desk;
  readonly modals: Modals;
  readonly whisper: Whisper;
  /** Used where a pod is named without a namespace. */
  readonly defaultNamespace: string;
}

/** Bolt's `respond`, reduced to what is used. */
export type Respond = (message: {
  text: string;
  response_type: 'ephemeral';
  replace_original: false;
}) => Promise<unknown>;

/** An answer through response_url, for the person alone. */
export function privately(respond: Respond): (message: Message) => Promise<void> {
  return async (message) => {
    await respond({ text: message.text, response_type: 'ephemeral', replace_original: false });
  };
}

/** Who pressed, where, and how to answer. `undefined` thread: at the channel's root. */
export function pressed(
  body: PressBody,
  respond: Respond,
): { readonly actor: Actor; readonly gesture: Gesture; readonly channel: string; readonly thread: string | undefined } {
  const channel = body.container?.channel_id ?? body.channel?.id ?? '';
  const thread = body.message?.thread_ts ?? body.container?.thread_ts;
  const to = { channel, user: body.user.id, ...(thread === undefined ? {} : { thread }) };
  return {
    actor: actorOf(body.user.id, body.user.team_id ?? body.team?.id, channel),
    gesture: { id: body.trigger_id, to, respond: privately(respond) },
    channel,
    thread,
  };
}

export function actorOf(user: string, team: string | undefined, channel: string): Actor {
  return { user, channel, ...(team === undefined ? {} : { team }) };
}
