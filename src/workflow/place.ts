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
export function offsetOfLine(workflow: Workflow, scalar: Scalar, line: number): number {
  const wanted = scalar.value.split('\n')[line]?.trim() ?? '';
  const before = scalar.value
    .split('\n')
    .slice(0, line)
    .filter((text) => text.trim() === wanted).length;
  let from = workflow.text.indexOf(wanted, scalar.start);
  for (let seen = 0; seen < before && from >= 0; seen += 1) from = workflow.text.indexOf(wanted, from + wanted.length);
  return wanted !== '' && from >= 0 && from < scalar.end ? from : scalar.start;
}
