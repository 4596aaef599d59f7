/** What a failed Web API call means for us: the one place that knows Slack's error words. */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { SlackError } from '../../errors.ts';

export type Failure =
  /** 429: this method in this workspace, for `ms`. */
  | { readonly kind: 'rate-limited'; readonly ms: number }
  /** It may have been done: time-out, reset, 5xx, Slack's own internal errors. */
  | { readonly kind: 'ambiguous'; readonly error: SlackError }
  /** It was certainly not done, and trying again may work. */
  | { readonly kind: 'not-sent'; readonly error: SlackError }
  /** Slack does not take these blocks (or this length); the same payload must not be sent again. */
  | { readonly kind: 'blocks'; readonly word: string; readonly error: SlackError }
  /** A clear no, with a sentence that says what to do. */
  | { readonly kind: 'refused'; readonly word: string; readonly error: SlackError };

const BLOCK_WORDS = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'unsupported_block_type',
  'block_mismatch',
]);
/** Slack says of these that a part may have happened. */
const AMBIGUOUS_WORDS = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
/** The connection never stood, so nothing was sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const INVITE = 'Invite me with `/invite @pullcheck` in that channel.';
const SAID: Readonly<Record<string, readonly [sentence: string, hint: string]>> = {
  not_in_channel: ['I am not in that channel.', INVITE],
  channel_not_found: ['I cannot see that channel.', INVITE],
  is_archived: ['That channel is archived.', 'Unarchive it, or route alerts to another channel in pullcheck.yaml.'],
  invalid_auth: [
    'Slack does not accept the bot token.',
    'Set SLACK_BOT_TOKEN to the token on the app page "OAuth & Permissions".',
  ],
  not_authed: ['No bot token was sent to Slack.', 'Set SLACK_BOT_TOKEN.'],
  token_revoked: ['The bot token was revoked.', 'Reinstall the app and set the new SLACK_BOT_TOKEN.'],
  token_expired: [
    'The bot token has expired.',
    'Reinstall the app without token rotation and set the new SLACK_BOT_TOKEN.',
  ],
  account_inactive: [
    'The bot user was deleted or its app was uninstalled.',
    'Reinstall the app and set the new SLACK_BOT_TOKEN.',
  ],
  missing_scope: [
    'The app lacks a permission that this call needs.',
    'Compare the app with manifest.yml and reinstall it.',
  ],
  restricted_action: ['A workspace rule forbids the app to post there.', 'Ask a workspace admin to allow it.'],
  message_limit_exceeded: [
    'The workspace takes no more messages for now.',
    'Ask a workspace admin; the free plan has a guard against high volume.',
  ],
  plan_upgrade_required: [
    'User groups need a paid Slack plan.',
    'List people under `users` in pullcheck.yaml instead of a user group.',
  ],
  no_such_subteam: ['That user group does not exist.', 'Correct the user group id in pullcheck.yaml.'],
  message_not_found: ['That message is no longer there.', 'Somebody deleted it.'],
  user_not_in_channel: ['That person is not in the channel.', 'They have to join it to see the answer.'],
  expired_trigger_id: [
    'Slack gave the bot three seconds to open the window, and they have passed.',
    'Press the button again.',
  ],
  exchanged_trigger_id: ['That window was already opened once.', 'Press the button again.'],
};

/** Any value thrown by web-api or Bolt -> what it means. */
export function failureOf(error: unknown, method: string): Failure {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: 'rate-limited', ms: Math.max(1, error.retryAfter) * 1000 };
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data.error, method, error);
  if (error instanceof WebAPIHTTPError) {
    const kind = error.statusCode >= 500 ? 'ambiguous' : 'not-sent';
    return { kind, error: unreachable(`Slack answered ${method} with HTTP ${error.statusCode}.`, error) };
  }
  if (error instanceof WebAPIRequestError) {
    const code = connectionCode(error.original);
    const kind = code !== undefined && NEVER_CONNECTED.has(code) ? 'not-sent' : 'ambiguous';
    return {
      kind,
      error: unreachable(`Slack did not answer ${method}${code === undefined ? '' : ` (${code})`}.`, error),
    };
  }
  return { kind: 'ambiguous', error: unreachable(`The call ${method} to Slack failed.`, error) };
}

/** The failure as the error to throw. */
export function errorOf(failure: Failure): SlackError {
  if (failure.kind !== 'rate-limited') return failure.error;
  return slackError(
    'slack-rate-limited',
    ['Slack asks for fewer messages.', `Again in ${Math.ceil(failure.ms / 1000)} s.`],
    true,
  );
}

/** `code` is kebab-case; `said` is the sentence and what to do. */
export function slackError(
  code: string,
  said: readonly [string, string],
  retryable = false,
  cause?: unknown,
): SlackError {
  return new SlackError({ code, message: said[0], hint: said[1], retryable, cause });
}

function platformFailure(word: string, method: string, cause: unknown): Failure {
  if (AMBIGUOUS_WORDS.has(word)) {
    return { kind: 'ambiguous', error: unreachable(`Slack answered ${method} with ${word}.`, cause) };
  }
  if (word === 'ratelimited' || word === 'rate_limited') return { kind: 'rate-limited', ms: 1000 };
  const said = SAID[word] ?? [`Slack refused ${method}: ${word}.`, 'Look the word up on the method page of Slack.'];
  const error = slackError(word.replace(/_/g, '-'), said, false, cause);
  return BLOCK_WORDS.has(word) ? { kind: 'blocks', word, error } : { kind: 'refused', word, error };
}

function unreachable(message: string, cause: unknown): SlackError {
  return slackError('slack-unreachable', [message, 'Tried again by itself; see status.slack.com.'], true, cause);
}

/** undici puts the reason one level down. */
function connectionCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
