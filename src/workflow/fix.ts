/** What a fix is, and how its edits are laid into a text. */
import type { Finding } from './finding.ts';

/**
 * One replacement. `start`, `end` are offsets into the text as JavaScript counts (UTF-16 code units), like every offset of the checker,
 * and not bytes: the text is cut and joined before it is encoded again, so what is not replaced keeps its bytes.
 */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A change of a named file. */
export interface Edit extends Change {
  readonly file: string;
}

/** A way to mend one finding, not yet checked. */
export interface Fix {
  readonly finding: Finding;
  /** Imperative, for a button or a commit subject. */
  readonly title: string;
  /** Why this is right, in one or two sentences. */
  readonly why: string;
  readonly edits: readonly Edit[];
  /** Where else the value arrives, by job and name: a fallback there hides its loss, and is mended with it. */
  readonly arrives?: readonly { readonly job: string; readonly name: string }[];
}

/** A fix without its finding, as a rule's maker gives it. */
export type Remedy = Omit<Fix, 'finding'>;

/** A file before and after the fix. */
export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A fix after which the checker no longer tells the finding and tells nothing new. */
export interface CheckedFix {
  readonly rule: string;
  readonly title: string;
  readonly why: string;
  readonly files: readonly FixedFile[];
  /** Unified diff of all files, for display and for `git apply`. */
  readonly diff: string;
  /** Every finding that goes with it: of a lost value and the fallback that hides it, both. */
  readonly findings: readonly Finding[];
}

/** The text with all changes; undefined when one lies outside of the text or two overlap. Equal changes count once. */
export function applyEdits(text: string, changes: readonly Change[]): string | undefined {
  const once = new Map(changes.map((one) => [`${one.start} ${one.end} ${one.text}`, one]));
  const ordered = [...once.values()].toSorted((a, b) => a.start - b.start || a.end - b.end);
  let out = '';
  let at = 0;
  for (const { start, end, text: replacement } of ordered) {
    if (start < at || end < start || end > text.length) return undefined;
    out += text.slice(at, start) + replacement;
    at = end;
  }
  return out + text.slice(at);
}
