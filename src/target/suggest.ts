/** The word that was probably meant, by the rule of commander's own suggestions, so that chat and terminal say the same. */

/** The nearest known word, where at most 3 letters and fewer than 3 of 5 are wrong; undefined where none is near. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  return byNearness(word, known)[0];
}

/** Known words that may have been meant, the likeliest first: those spelt much alike, then those that hold the word or begin it. */
export function suggestions(word: string, known: readonly string[], most: number): readonly string[] {
  const held = known.filter((one) => word.length >= 3 && (one.includes(word) || word.startsWith(`${one}-`))).toSorted();
  return [...new Set([...byNearness(word, known), ...held])].slice(0, most);
}

function byNearness(word: string, known: readonly string[]): readonly string[] {
  return known
    .map((one) => ({ one, letters: Math.max(one.length, word.length), wrong: lettersWrong(word, one) }))
    .filter(({ letters, wrong }) => wrong <= 3 && (letters - wrong) / letters > 0.4)
    .toSorted((a, b) => a.wrong - b.wrong)
    .map(({ one }) => one);
}

/** Optimal string alignment: a letter too many, one missing, another one, or two neighbours swapped count one each. */
function lettersWrong(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; j += 1) {
      const other = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(Math.min(other, at(i - 1, j) + 1, at(i, j - 1) + 1, isSwap ? at(i - 2, j - 2) + 1 : other));
    }
  }
  return at(from.length, to.length);
}
