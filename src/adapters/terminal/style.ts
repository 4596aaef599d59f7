/** Colour and marks, only where a terminal shows them. */
import pc from 'picocolors';

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly unsure: (text: string) => string;
  /** Columns that sentences may take; Infinity: what reads it breaks lines itself. */
  readonly width: number;
}

/** `colour` false: plain text, the same characters. */
export function createStyle(colour: boolean, width = Number.POSITIVE_INFINITY): Style {
  const colours = pc.createColors(colour);
  return { bold: colours.bold, dim: colours.dim, good: colours.green, bad: colours.red, unsure: colours.yellow, width };
}

/** Keeps a terminal safe from what a pod's author wrote: control characters and bidi overrides become `?`. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

/** The same for every text inside a result, before any colour is added. */
export function printableDeep<T>(value: T): T {
  const turn = (part: unknown): unknown => {
    if (typeof part === 'string') return printable(part);
    if (Array.isArray(part)) return part.map(turn);
    if (typeof part === 'object' && part !== null)
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, turn(inner)]));
    return part;
  };
  return turn(value) as T;
}

/** NO_COLOR, FORCE_COLOR, TERM=dumb and CI as picocolors reads them. */
export function wantsColour(): boolean {
  return pc.isColorSupported;
}
