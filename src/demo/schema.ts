/** What the bot's own client sends to the local Slack. */

/** A field of a form whose value is JSON. Throws SyntaxError. */
export function parseField(text: string): unknown {
  return JSON.parse(text);
}
