/** Whatever registries may tell of tags, and of images elsewhere. */
import * as fc from 'fast-check';
import type { TagDetailsAnswer } from '../../src/evidence/tag-details.ts';

export const tagDetails = fc.constantFrom<TagDetailsAnswer>(
  { kind: 'untold', reason: 'this registry tells none' },
  {
    kind: 'told',
    source: 'its own API',
    tags: [{ tag: '1.4.2-17-52', pushedAt: 1_790_000_000_000, isImmutable: true }],
  },
  {
    kind: 'told',
    source: 'its own API',
    tags: [{ tag: '1.4.2-17-54', pushedAt: 1_790_000_000_000, pushedBy: 'x', isImmutable: false }],
  },
);

/** `nasty` gives names as hostile as they come. */
export function elsewhere(nasty: fc.Arbitrary<string>) {
  return fc.record({
    revisions: fc.array(
      fc.record({
        revision: fc.constant(2),
        image: nasty,
        asked: nasty,
        answer: fc.constantFrom('found', 'missing', 'denied'),
      }),
      { maxLength: 2 },
    ),
    registries: fc.array(
      fc.record({ image: nasty, asked: nasty, answer: fc.constantFrom('found', 'missing', 'denied') }),
      { maxLength: 2 },
    ),
  });
}
