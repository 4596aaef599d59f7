/** Edits in place: the latest wins, at most one in 3 s a message, and the final one is always sent. */

import { errorLine } from '../../errors.ts';
import type { Priority } from '../../outbox/outbox.ts';
import type { Gateway, Posted } from './gateway.ts';
import type { Drawing } from './levels.ts';
import type { Throttle } from './limits.ts';
import type { SlackLog } from './log.ts';

export interface Editor {
  /** Resolves when this drawing, or a later one, is shown. Throws SlackError when it could not be. */
  show(at: Posted, drawing: Drawing, priority: Priority): Promise<void>;
  /** Like `show`, but returns at once; a failure is only logged: a later edit makes up for it. */
  showSoon(at: Posted, drawing: Drawing, priority: Priority): void;
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>;
}

interface Entry {
  next: { drawing: Drawing; priority: Priority } | undefined;
  running: Promise<void>;
}

export function createEditor(
  gateway: Pick<Gateway, 'edit'>,
  throttle: Pick<Throttle, 'message'>,
  log: SlackLog,
): Editor {
  const entries = new Map<string, Entry>();

  async function work(key: string, at: Posted, entry: Entry): Promise<void> {
    try {
      while (entry.next) {
        await throttle.message(at.channel, at.ts, entry.next.priority);
        const { drawing, priority } = entry.next;
        entry.next = undefined;
        try {
          await gateway.edit(at, drawing, priority);
        } catch (error) {
          // A newer drawing arrived meanwhile: it is the one that counts.
          if (!hasNext(entry)) throw error;
        }
      }
    } finally {
      entries.delete(key);
    }
  }

  function show(at: Posted, drawing: Drawing, priority: Priority): Promise<void> {
    const key = `${at.channel}:${at.ts}`;
    const known = entries.get(key);
    if (known) {
      known.next = { drawing, priority: higher(known.next?.priority, priority) };
      return known.running;
    }
    const entry: Entry = { next: { drawing, priority }, running: Promise.resolve() };
    entries.set(key, entry);
    entry.running = work(key, at, entry);
    return entry.running;
  }

  return {
    show,
    showSoon(at, drawing, priority) {
      show(at, drawing, priority).catch((error: unknown) =>
        log.warn('slack edit failed', { detail: errorLine(error) }),
      );
    },
    async drain() {
      await Promise.allSettled([...entries.values()].map((entry) => entry.running));
    },
  };
}

function hasNext(entry: Entry): boolean {
  return entry.next !== undefined;
}

const ORDER: readonly Priority[] = ['escalation', 'button', 'verdict', 'progress'];

function higher(a: Priority | undefined, b: Priority): Priority {
  return a !== undefined && ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;
}
