/** Text that others wrote (pod names, events, labels, registry answers) made harmless for Slack. */

/** Control characters except line feed, and the invisible ones that reorder or hide text (bidi, zero width, byte-order mark, tags). */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Without invisible characters; tabs become blanks. For places that Slack shows literally (rich text, task titles). */
export function cleaned(text: string): string {
  return text.replace(/\t/g, ' ').replace(/\r\n?/g, '\n').replace(INVISIBLE, '').toWellFormed();
}

/**
 * For mrkdwn and plain text: `&`, `<` and `>` become entities, so that `<!channel>`, `<@U…>` and links stay text; back-ticks
 * become apostrophes, so that nothing leaves a code span; a word that old clients take for a mention loses its meaning.
 */
export function escaped(text: string): string {
  return entities(cleaned(text))
    .replace(/`/g, "'")
    .replace(/@(?=(?:channel|here|everyone|group)\b)/gi, '@\u200a');
}

/** Like `escaped`, for sentences of our own that use code marks and repeat foreign words without any. */
export function sentence(text: string): string {
  return entities(cleaned(text)).replace(/@(?=(?:channel|here|everyone|group)\b)/gi, '@\u200a');
}

/** One line of foreign text as a code span; empty text gives a dash. */
export function code(text: string, max = 200): string {
  const line = clampEscaped(
    escaped(text)
      .replace(/\s*\n\s*/g, ' ')
      .trim(),
    max,
  );
  return line === '' ? '-' : `\`${line}\``;
}

/** A link to a page that we know, never one out of foreign text. Slack takes `<`, `>` and `|` for its own marks. */
export function link(url: string, label: string): string {
  const safe = escaped(url).replace(/&lt;/g, '%3C').replace(/&gt;/g, '%3E').replace(/\|/g, '%7C');
  return `<${safe}|${clampEscaped(escaped(label).replace(/\|/g, '/'), 80)}>`;
}

function entities(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Cuts escaped text to `max` UTF-16 units, never inside an entity or a surrogate pair; says with … that it was cut. */
export function clampEscaped(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, Math.max(0, max - 1))
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/[\ud800-\udbff]$/, '')}…`;
}
