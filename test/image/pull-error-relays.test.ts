import { describe, expect, it } from '@jest/globals';
import { classify } from '../../src/image/classify.ts';
import type { Classification } from '../../src/image/pull-error.ts';
import { kubeletMessages, laterMessages, mechanisms, peerMessages, publicMessages, unseenMessages } from './corpus.ts';
import { RELAYS, SPEAKING } from './relays.ts';

interface Known {
  readonly message: string;
  readonly reason: string | null;
  readonly answer: Classification;
}

const known: readonly Known[] = [
  ...publicMessages(),
  ...laterMessages(),
  ...unseenMessages(),
  ...kubeletMessages(),
  ...peerMessages(),
  ...mechanisms().map(({ message }) => ({ message, reason: null })),
].map(({ message, reason }) => ({ message, reason, answer: classify(message, reason) }));

function vague({ kind }: Classification): boolean {
  return kind === 'other' || kind === 'backoff-only';
}

/** `cut` says what `whole` says, or leaves it open, or says what the whole text leaves open too. */
function keeps(cut: Classification, whole: Classification): boolean {
  return cut.kind === whole.kind || cut.also.includes(whole.kind) || whole.also.includes(cut.kind);
}

describe('the same message has the same kind however it is relayed', () => {
  it.each([...RELAYS])('%s', (name, relay) => {
    const changed = known
      .filter(({ message, answer }) => !(SPEAKING.has(name) && (vague(answer) || message.trimStart().startsWith('{'))))
      .flatMap(({ message, reason, answer }) => {
        const told = classify(relay(message, answer.image ?? 'app:1'), reason);
        // A text that ends within its cause goes on in a table of events.
        const same = told.kind === answer.kind || (name.startsWith('the events') && told.also.includes(answer.kind));
        return same ? [] : [`${answer.kind} -> ${told.kind}: …${message.slice(-80)}`];
      });
    expect(changed).toEqual([]);
  });
});

describe('a message cut anywhere in its last third', () => {
  const cuts = known.flatMap(({ message, reason, answer }) => {
    const first = Math.floor((message.length * 2) / 3);
    return Array.from({ length: Math.ceil((message.length - first) / 3) }, (_, step) => {
      const text = message.slice(0, first + step * 3);
      const told = classify(text, reason);
      return { told, held: keeps(told, answer), text };
    });
  });

  it('never names another kind for certain', () => {
    const accused = cuts.filter(({ told, held }) => !held && !vague(told));
    expect(accused.map(({ told, text }) => `${told.kind}: …${text.slice(-80)}`)).toEqual([]);
  });

  it('leaves its kind open where it can no longer tell it: but for 2 in 1000 places', () => {
    expect(cuts.filter(({ held }) => !held).length / cuts.length).toBeLessThan(0.002);
  });
});
