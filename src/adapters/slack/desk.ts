/** The front desk of every listener: a gesture is served once, the person always gets an answer, and nothing is dropped at shutdown. */
import type { Clock, IdSource } from '../../clock.ts';
import { errorLine, PullcheckError } from '../../errors.ts';
import type { ClaimStore } from '../../incident/ports.ts';
import { clampEscaped, sentence } from './blocks/escape.ts';
import { MAX_TEXT } from './blocks/fit.ts';
import type { Message } from './blocks/parts.ts';
import { slackError } from './errors.ts';
import type { SlackLog } from './log.ts';
import type { Whisper, WhisperTarget } from './whisper.ts';

/** One thing a person did. */
export interface Gesture {
  /** Unique per gesture, repeated by a redelivery: trigger_id, event_id or view id. */
  readonly id: string;
  readonly to: WhisperTarget;
  /** Slack's response_url, which also works where the bot is not a member. */
  readonly respond?: (message: Message) => Promise<void>;
}

export interface Desk {
  /** Does `work` once for the gesture; its message, or what went wrong, is shown to the person alone. Never throws. */
  serve(gesture: Gesture, work: () => Promise<Message | undefined>): Promise<void>;
  /** What to show for an error: its sentence, or only a reference when it is ours to fix. Logs it. */
  explain(error: unknown): Message;
  /** Resolves when no listener is at work, or after `ms`. */
  idle(ms: number): Promise<void>;
}

export interface DeskParts {
  readonly claims: ClaimStore;
  readonly whisper: Whisper;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: SlackLog;
}

const REMEMBER_MS = 3600_000;

export function createDesk(parts: DeskParts): Desk {
  const atWork = new Set<Promise<void>>();

  async function answer(gesture: Gesture, message: Message): Promise<void> {
    try {
      // In a thread only an ephemeral message reaches the thread; elsewhere response_url needs no membership.
      if (gesture.respond && gesture.to.thread === undefined) await gesture.respond(message);
      else await parts.whisper(gesture.to, message);
    } catch (first) {
      parts.log.warn('slack answer not delivered', { detail: errorLine(first) });
      if (gesture.respond && gesture.to.thread !== undefined) await gesture.respond(message);
    }
  }

  function explain(error: unknown): Message {
    const ref = parts.newId().slice(0, 8);
    if (error instanceof PullcheckError) {
      parts.log.warn('slack gesture refused', { ref, code: error.code, detail: errorLine(error) });
      return spoken(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n_ref ${ref}_`);
    }
    // The error itself: the log masks it and keeps the stack of what is a fault of ours.
    parts.log.error('slack gesture failed', { ref, error });
    return spoken(
      `Something went wrong on my side. It is in my log under *${ref}*; nothing was changed by this press.`,
    );
  }

  async function serve(gesture: Gesture, work: () => Promise<Message | undefined>): Promise<void> {
    try {
      if (!(await parts.claims.claim(`slack-gesture:${gesture.id}`, REMEMBER_MS))) return;
      const message = await work();
      if (message) await answer(gesture, message);
    } catch (error) {
      await answer(gesture, explain(error)).catch((lost: unknown) => {
        parts.log.error('slack answer lost', { detail: errorLine(lost) });
      });
    }
  }

  return {
    explain,
    async serve(gesture, work) {
      const job = serve(gesture, work);
      atWork.add(job);
      await job.finally(() => atWork.delete(job));
    },
    async idle(ms) {
      const timer = new AbortController();
      const late = parts.clock.sleep(ms, timer.signal).catch(() => undefined);
      await Promise.race([Promise.allSettled(atWork), late]);
      timer.abort();
    },
  };
}

/** A sentence of ours as a message. */
export function spoken(text: string): Message {
  return { text: clampEscaped(sentence(text), MAX_TEXT) };
}

/** A button or view whose content is not ours. */
export function unknownButton(): PullcheckError {
  return slackError('unknown-button', [
    'I do not know this button.',
    'It may be from an older version; use `/pullcheck help`.',
  ]);
}
