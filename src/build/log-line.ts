/**
 * One line of a job's log, freed of what stands around it: byte order mark, job and step names before a tab (as the `gh` tool prints
 * them), time stamp, colours. A line without a time stamp continues a value of several lines.
 */
import { parseTime } from '../clock.ts';

export interface LogLine {
  readonly text: string;
  /** ms; of the line before where this one has none. */
  readonly at?: number;
  /** It has no time stamp of its own, and earlier lines have. */
  readonly continues: boolean;
  /** Printed in colour: inside of a group that is a line of the script. */
  readonly coloured: boolean;
}

/** Longer ones are data. */
const LONGEST = 16_384;
const STAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z) ?/;
const NAMES = /^([^\t\n]{1,300})\t([^\t\n]{0,300})\t\uFEFF?/;
const ESCAPE = String.fromCodePoint(27);
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]{0,20}[A-Za-z]`, 'g');

export interface LineReader {
  /** Whole lines of this piece; what is left waits for the next one. */
  split(piece: string): readonly string[];
  rest(): readonly string[];
  parse(line: string): LogLine;
}

export function makeLineReader(): LineReader {
  let left = '';
  let at: number | undefined;
  let job: string | undefined;

  function withoutNames(line: string): string {
    const names = NAMES.exec(line);
    if (!names) return line;
    const rest = line.slice(names[0].length);
    if (STAMP.test(rest)) job = names[1];
    return job !== undefined && names[1] === job ? rest : line;
  }

  return {
    split: (piece) => {
      const lines = piece.split('\n');
      lines[0] = left + (lines[0] ?? '');
      left = (lines.pop() ?? '').slice(0, LONGEST);
      return lines;
    },
    rest: () => {
      const last = left;
      left = '';
      return last === '' ? [] : [last];
    },
    parse: (raw) => {
      const line = withoutNames(
        raw
          .slice(0, LONGEST)
          .replace(/^\uFEFF/, '')
          .replace(/\r$/, ''),
      );
      const stamp = STAMP.exec(line);
      const seen = at !== undefined;
      at = parseTime(stamp?.[1]) ?? at;
      const body = stamp ? line.slice(stamp[0].length) : line;
      const text = body.replace(COLOUR, '');
      return {
        text,
        ...(at === undefined ? {} : { at }),
        continues: seen && !stamp,
        coloured: body.startsWith(`${ESCAPE}[36`),
      };
    },
  };
}
