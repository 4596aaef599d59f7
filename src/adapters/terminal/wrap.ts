/** Long sentences at word ends, for people at a terminal; nothing is cut, and what goes into a pipe stays one line. */

/** `first` stands before the first line, blanks of its length before the others; `width` counts both. A longer word stays whole. */
export function wrap(text: string, width: number, first = ''): string {
  const room = Math.max(20, width - first.length);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${line}`.trimEnd()).join('\n');
}
