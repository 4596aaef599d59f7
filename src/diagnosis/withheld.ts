/** Notes that stand in the place of an act which is not offered. */
import type { Diagnosis } from './diagnosis.ts';

const MARK = 'No restart: ';

/** `why`: `IMAGE would fail now (cause)`. */
export function noRestart(why: string): string {
  return `${MARK}${why}`;
}

/** Notes on the request, and notes on what is not offered. */
export function notesOf({ notes = [] }: Pick<Diagnosis, 'notes'>): {
  readonly understood: readonly string[];
  readonly withheld: readonly string[];
} {
  const isWithheld = (note: string) => note.startsWith(MARK);
  return { understood: notes.filter((note) => !isWithheld(note)), withheld: notes.filter(isWithheld) };
}
