/** What Slack sends us, reduced to what is used. Unknown fields are ignored. */
import { z } from 'zod';

/** Answer of chat.postMessage. `message.thread_ts` differs from what was asked for when the parent was deleted. */
export const PostedReply = z.object({
  channel: z.string(),
  ts: z.string(),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
});

/** Answer of conversations.replies and conversations.history with include_all_metadata. */
export const HistoryReply = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
          .optional()
          .catch(undefined),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

export const MembersReply = z.object({ users: z.array(z.string()).default([]) });

export const UserReply = z.object({
  user: z.object({
    name: z.string().optional(),
    real_name: z.string().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
  }),
});

/** What users.info says about an account's rights (slack.dev: user type). */
export const StandingReply = z.object({
  user: z.object({
    deleted: z.boolean().nullish(),
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    is_stranger: z.boolean().nullish(),
  }),
});

export const OpenedView = z.object({ view: z.object({ id: z.string(), hash: z.string().optional() }) });

/** A slash command. */
export const CommandBody = z.object({
  text: z.string().default(''),
  trigger_id: z.string(),
  user_id: z.string(),
  team_id: z.string().optional(),
  channel_id: z.string(),
  response_url: z.string().optional(),
});

/** A mention. `event_id` names the delivery; redeliveries repeat it. */
export const MentionBody = z.object({
  event_id: z.string(),
  team_id: z.string().optional(),
  event: z.object({
    text: z.string().default(''),
    user: z.string().optional(),
    /** The sender's own team: differs from ours for people of another organisation. */
    user_team: z.string().optional(),
    team: z.string().optional(),
    bot_id: z.string().optional(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
});

/** A pressed button. `value` is opaque and may be forged: it is looked up, never trusted. */
export const PressBody = z.object({
  trigger_id: z.string(),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string() }).optional(),
  container: z
    .object({ channel_id: z.string().optional(), message_ts: z.string().optional(), thread_ts: z.string().optional() })
    .optional(),
  message: z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().default('') })).min(1),
});
export type PressBody = z.infer<typeof PressBody>;

/** A submitted view. */
export const SubmissionBody = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  view: z.object({
    id: z.string(),
    private_metadata: z.string(),
    blocks: z.array(z.object({ block_id: z.string().optional() })).default([]),
  }),
});

/** Answer of auth.test. */
export const AuthReply = z.object({
  /** The workspace's address: `https://acme.slack.com/`. */
  url: z.string().optional(),
  team_id: z.string(),
  user_id: z.string(),
  bot_id: z.string().optional(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});

/** A field of a form to the Web API whose value is JSON. Throws SyntaxError. */
export function parseField(text: string): unknown {
  return JSON.parse(text);
}
