import { describe, expect, it } from '@jest/globals';
import { classify } from '../../src/image/classify.ts';
import {
  kubeletMessages,
  type Labelled,
  laterMessages,
  mechanisms,
  peerMessages,
  publicMessages,
  unseenMessages,
} from './corpus.ts';

/** The answer blames somebody the text does not, and leaves the truth out. */
function confidentlyWrong({ message, reason, label, also }: Labelled): boolean {
  const answer = classify(message, reason);
  const open: readonly string[] = answer.also;
  return answer.kind !== label && !also.includes(answer.kind) && !open.includes(label);
}

function right({ message, reason, label }: Labelled): boolean {
  return classify(message, reason).kind === label;
}

function table(title: string, messages: readonly Labelled[], by: (one: Labelled) => string): string {
  const groups = Map.groupBy(messages, by);
  const rows = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [title, ...rows.map(([name, all]) => `  ${name.padEnd(28)} ${all.filter(right).length}/${all.length}`)].join(
    '\n',
  );
}

describe('the recorded messages', () => {
  const open = publicMessages();
  const later = laterMessages();
  const unseen = unseenMessages();
  const all = [...open, ...later, ...unseen];

  it('are named as a responder would name them: 97 % or more of those from public threads', () => {
    process.stdout.write(
      `${table('by kind', open, (one) => one.label)}\n${table('by form', open, (one) => one.form)}\n`,
    );
    const share = open.filter(right).length / open.length;
    expect(share).toBeGreaterThanOrEqual(0.97);
  });

  it('are named so where they were collected and labelled after the rules: 95 % or more', () => {
    process.stdout.write(
      `${table('later, by kind', later, (one) => one.label)}\n${table('later, by form', later, (one) => one.form)}\n`,
    );
    expect(later.filter(right).length / later.length).toBeGreaterThanOrEqual(0.95);
  });

  it('are named so in the blind batches, after the rules were mended for them: 98 % or more', () => {
    process.stdout.write(
      `${table('unseen, by kind', unseen, (one) => one.label)}\n${table('unseen, by form', unseen, (one) => one.form)}\n`,
    );
    expect(unseen.filter(right).length / unseen.length).toBeGreaterThanOrEqual(0.98);
  });

  it.each([
    ['public threads', open],
    ['public threads, collected later', later],
    ['blind batches', unseen],
    ['the messages other tools fail on', peerMessages()],
    ['a real kubelet with known faults', kubeletMessages()],
  ])('are never answered confidently wrong: %s', (_, messages) => {
    expect(messages.filter(confidentlyWrong).map(({ name }) => name)).toEqual([]);
  });

  it('keep their answer without the rpc prefix, inside a back-off, and quoted by a log', () => {
    const changed = all.flatMap(({ name, message, reason }) => {
      const { kind, image } = classify(message, reason);
      const told = [
        message.replace(/rpc error: code = \w+ desc = /g, ''),
        ...(kind === 'backoff-only' || kind === 'other'
          ? []
          : [`Back-off pulling image "${image ?? 'app:1'}": ErrImagePull: ${message}`]),
        message.toUpperCase(),
        message.replaceAll('\n', '\r\n'),
        ...(kind === 'backoff-only' || kind === 'other' ? [] : [`(combined from similar events): ${message}`]),
        ...(kind === 'backoff-only' || kind === 'other'
          ? []
          : [`E0101 00:00:00.000000 1 pod_workers.go:1] "Error syncing pod" err=${JSON.stringify(message)}`]),
      ];
      return told
        .filter((text) => classify(text, reason).kind !== kind)
        .map((text) => `${name}: ${kind} -> ${classify(text, reason).kind}`);
    });
    expect(changed).toEqual([]);
  });

  it('never turn into a wrong accusation when a dashboard cuts them', () => {
    const accused = all.flatMap((one) => {
      const whole = classify(one.message, one.reason);
      const allowed: readonly string[] = [whole.kind, ...whole.also, one.label, ...one.also, 'other', 'backoff-only'];
      return [0.3, 0.5, 0.7, 0.8, 0.9, 0.95].flatMap((share) => {
        const cut = one.message.slice(0, Math.floor(one.message.length * share));
        const answer = classify(cut, one.reason);
        return allowed.includes(answer.kind) || answer.also.includes(whole.kind)
          ? []
          : [`${one.name}: ${whole.kind} -> ${answer.kind}: …${cut.slice(-80)}`];
      });
    });
    expect(accused).toEqual([]);
  });

  it('name another kind at fewer than 3 in 1000 of the places where they can be cut', () => {
    const cuts = all.flatMap(({ message, reason }) => {
      const { kind, also } = classify(message, reason);
      const allowed: readonly string[] = [kind, ...also, 'other', 'backoff-only'];
      return Array.from({ length: Math.floor(message.length / 7) }, (_, at) => {
        const answer = classify(message.slice(0, at * 7 + 7), reason);
        return allowed.includes(answer.kind) || answer.also.includes(kind);
      });
    });
    expect(cuts.filter((held) => !held).length / cuts.length).toBeLessThan(0.003);
  });

  it('name only hosts and images that stand in the text', () => {
    const invented = all.flatMap(({ name, message, reason }) => {
      const { host, image } = classify(message, reason);
      return [host, image].flatMap((told) => (told === null || message.includes(told) ? [] : [`${name}: ${told}`]));
    });
    expect(invented).toEqual([]);
  });
});

describe('each mechanism, in whatever words it comes', () => {
  it.each(mechanisms())('$kind: $message', ({ kind, message }) => {
    expect(classify(message).kind).toBe(kind);
  });
});
