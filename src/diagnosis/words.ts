/** Small phrases that checks share. */

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 pod`, `3 pods`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

const LONGEST = 400;

/**
 * Foreign text made fit for a thread: one line, signed links cut at their query (they carry access keys), user info in
 * addresses removed, at most 400 characters.
 */
export function tidy(text: string): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(https?:\/\/)[^\s/@"']*@/g, '$1')
    .replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1')
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** `2026-11-21T09:28:41.000Z` -> `2026-11-21 09:28 UTC`: as exact as a person needs it. */
export function minuteOf(rfc3339: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(?:\.\d+)?Z$/.exec(rfc3339);
  return match ? `${match[1]} ${match[2]} UTC` : rfc3339;
}
