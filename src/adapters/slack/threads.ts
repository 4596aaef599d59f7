/** Which root message a subject has now: a deleted one is replaced, and never written to again. */
import type { IdSource } from '../../clock.ts';
import type { OutboxStore } from '../../outbox/outbox.ts';
import type { Gateway, Posted } from './gateway.ts';

interface RootKey {
  readonly key: string;
  /** Where it is, if it was posted. */
  readonly posted?: Posted;
}

export interface Threads {
  /** The key of the subject's newest root: `root:<id>`, after a deletion `root:<id>:2`, … */
  current(subject: string): Promise<RootKey>;
  /** Remembers for all replicas that the message was deleted. */
  markGone(at: Posted): Promise<void>;
}

const MAX_GENERATIONS = 20;

/** The outbox keeps the memory of deleted roots too: a record `gone:<channel>:<ts>`. */
export function createThreads(gateway: Pick<Gateway, 'find'>, outbox: OutboxStore, newId: IdSource): Threads {
  function goneKey(at: Posted): string {
    return `gone:${at.channel}:${at.ts}`;
  }
  return {
    async current(subject) {
      for (let generation = 1; ; generation += 1) {
        const key = generation === 1 ? `root:${subject}` : `root:${subject}:${generation}`;
        const posted = await gateway.find(key);
        if (!posted) return { key };
        const isGone = (await gateway.find(goneKey(posted))) !== undefined;
        if (!isGone || generation >= MAX_GENERATIONS) return { key, posted };
      }
    },
    async markGone(at) {
      const fence = newId();
      const claim = await outbox.claim(goneKey(at), fence, 10_000);
      if (claim.kind === 'send') await outbox.sent(goneKey(at), claim.fence, at);
    },
  };
}
