/** A plain table: columns padded to their widest cell, two spaces between, like kubectl's. */
import { wrap } from './wrap.ts';

/** Columns that do not fit go below the row, so far in. */
const BELOW = '    ';
/** Fewer columns are no room for a sentence. */
const LEAST_ROOM = 20;

/**
 * Rows of cells; the first row is the header. No trailing spaces. Where a row is wider than `width`, its last columns stand in a line
 * below, aligned among themselves, and the last cell is broken at word ends: a terminal would break it anywhere.
 */
export function table(rows: readonly (readonly string[])[], indent = '', width = Number.POSITIVE_INFINITY): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  const lines = linesOf(widths, width - indent.length);
  return rows.flatMap((row) => lines.map((columns, index) => lineOf(row, columns, index))).join('\n');

  function lineOf(row: readonly string[], columns: readonly number[], line: number): string {
    const before = columns.slice(0, -1).map((column) => `${(row[column] ?? '').padEnd(widths[column] ?? 0)}  `);
    const first = `${indent}${line === 0 ? '' : BELOW}${before.join('')}`;
    return wrap(row[columns.at(-1) ?? 0] ?? '', width, first).trimEnd();
  }
}

/** Which columns stand together in a line. The last column needs no more room than a sentence that can be broken. */
function linesOf(widths: readonly number[], width: number): readonly (readonly number[])[] {
  const lines: number[][] = [];
  let used = 0;
  for (const [column, own] of widths.entries()) {
    const last = lines.at(-1);
    const needs = column === widths.length - 1 ? Math.min(own, LEAST_ROOM) : own;
    if (last === undefined || used + 2 + needs > width) {
      used = lines.length === 0 ? own : BELOW.length + own;
      lines.push([column]);
    } else {
      used += 2 + own;
      last.push(column);
    }
  }
  return lines;
}

/** `1 pod`, `3 pods`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
