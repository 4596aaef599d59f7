/** Where in the file a part of a scalar stands. */
import type { Expression } from './expression.ts';
import type { Scalar, Slot, Workflow } from './model.ts';

/** Offset of the n-th expression of a scalar, or of a word inside of it, in the file's own text (escapes and folds change lengths). */
export function offsetOf(workflow: Workflow, slot: Slot, expression: Expression, word: string): number {
  const { text } = workflow;
  const { start, end } = slot.scalar;
  const order = slot.expressions.indexOf(expression);
  let from = start;
  for (let seen = 0; seen <= order; seen += 1) {
    const next = text.indexOf('${{', seen === 0 ? start : from + 3);
    if (next < 0 || next >= end) break;
    from = next;
  }
  const found = text.indexOf(word, from);
  return found >= 0 && found < end ? found : from;
}

/** Offset of line `line` (from 0) of a script; exact for block scalars, the start otherwise. */
export function offsetOfLine({ text }: Workflow, scalar: Scalar, line: number): number {
  let offsets = known.get(scalar);
  if (offsets === undefined) known.set(scalar, (offsets = offsetsOf(text, scalar)));
  return offsets[line] ?? scalar.start;
}

/** Rules ask for one line after the other. */
const known = new WeakMap<Scalar, readonly number[]>();
/** A scalar that is folded or escaped has none of its lines as they are. */
const MOST_MISSED = 50;

/** Each line is looked for behind the one before. */
function offsetsOf(text: string, { value, start, end }: Scalar): readonly number[] {
  const own = text.slice(start, end);
  let from = 0;
  let missed = 0;
  return value.split('\n').map((line) => {
    const wanted = line.trim();
    const at = wanted === '' || missed > MOST_MISSED ? -1 : own.indexOf(wanted, from);
    if (at >= 0) from = at + wanted.length;
    else if (wanted !== '') missed += 1;
    return at < 0 ? start : start + at;
  });
}
