/** A short reply: who did what, with which result. The text is plain; it is escaped here. */
import { clampEscaped, escaped } from './escape.ts';
import { MAX_TEXT } from './fit.ts';
import { type Message, section, shown } from './parts.ts';

/** `names`: display name by user id; a written `<@U…>` or a bare id is shown as the name and mentions nobody. */
export function reply(text: string, names: ReadonlyMap<string, string>): Message {
  const named = text.replace(/<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>|\b([UW][A-Z0-9]{7,})\b/g, (whole, marked, bare) => {
    const id = String(marked ?? bare);
    return names.get(id) ?? (marked === undefined ? whole : id);
  });
  const safe = escaped(named);
  return { text: shown(safe, MAX_TEXT), blocks: parts(safe).map((part) => section(withLinks(part))) };
}

/** User ids that the text speaks of. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(/\b[UW][A-Z0-9]{2,}\b/g)].map((match) => match[0]).filter((id) => id.length >= 3);
}

/** Our blocks keep Slack from linking by itself; an address is shown as it is, so that nobody is led elsewhere. */
function withLinks(text: string): string {
  return text.replace(/https?:\/\/[^\s|'"()…]+[^\s|'"()….,;:!?]/g, (url) => (/&[lg]t;/.test(url) ? url : `<${url}>`));
}

/** At most four sections. */
function parts(text: string): string[] {
  const cut: string[] = [];
  for (let rest = text; rest !== '' && cut.length < 4; ) {
    const piece = clampEscaped(rest, 2900);
    cut.push(piece);
    rest = rest.length > 2900 ? rest.slice(piece.length - 1) : '';
  }
  return cut.length === 0 ? ['-'] : cut;
}
