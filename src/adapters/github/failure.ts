/** Why no usable answer came from the code host, as one sentence without any credential or query string. */
import { codeOf, errorLine, networkWords } from '../../errors.ts';

/** Connections that broke before anything was answered: a read may be asked again. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** No answer that could be used; `detail` is a sentence for a person. */
export class NoAnswer extends Error {
  /** true: asking again at once may help. */
  readonly isBroken: boolean;

  constructor(detail: string, isBroken = false) {
    super(detail);
    this.name = 'NoAnswer';
    this.isBroken = isBroken;
  }
}

/** What Node or undici threw while `host` was asked. */
export function noAnswerFrom(host: string, error: unknown): NoAnswer {
  const code = codeOf(error);
  const words = networkWords(error);
  return new NoAnswer(`GitHub ${host}: ${words ?? tidy(errorLine(error))}`, code !== undefined && BROKEN.has(code));
}

/** Another's text made fit to be shown: one line, no control characters, no query strings, nothing that looks like a token, not long. */
export function tidy(text: string): string {
  const plain = text
    .slice(0, 2_000)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/(https?:\/\/[^\s"'?#]*)[?#][^\s"']*/gi, '$1')
    .replace(/(https?:\/\/)[^/\s"'@]*@/gi, '$1')
    .replace(
      /\b(?:gh[a-z]_|github_pat_)\w+|\bey[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?|\b(?:bearer|token|basic)\s+[\w.~+/=-]{8,}/gi,
      '[removed]',
    )
    .trim();
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}
