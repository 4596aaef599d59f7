/**
 * Entry keys and images as the kubelet parses them: Go's net/url, whose refusals and quirks decide whether an entry counts.
 * Facts: Go's `url.Parse` (1.26: one colon in a host, brackets only around IPv6) and `net.SplitHostPort`.
 */

export interface KeyUrl {
  /** As written, with the port: `ghcr.io:443`. */
  readonly host: string;
  /** Decoded, beginning with `/`, or empty. */
  readonly path: string;
}

const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const HOST = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]|%25|%[89a-fA-F][0-9a-fA-F]|[\u0080-\u{10ffff}])*$/u;
const BRACKETED = /^\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%25[^\]]*)?\](?::\d*)?$/;

/** Parses `https://` + rest; undefined where Go answers an error. */
export function parseKeyUrl(schemeless: string): KeyUrl | undefined {
  const [beforeFragment, fragment] = cut(schemeless, '#');
  if (hasControl(beforeFragment) || decode(fragment) === undefined) return undefined;
  const [rest] = cut(beforeFragment, '?');
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = decode(slash < 0 ? '' : rest.slice(slash));
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (path === undefined || !USER_INFO.test(user) || decode(user) === undefined) return undefined;
  const host = hostOf(authority.slice(at + 1));
  return host === undefined ? undefined : { host, path };
}

function hostOf(text: string): string | undefined {
  if (!HOST.test(text)) return undefined;
  if (text.includes('[')) return BRACKETED.test(text) ? decode(text) : undefined;
  const colon = text.indexOf(':');
  return colon >= 0 && !/^:\d*$/.test(text.slice(colon)) ? undefined : decode(text);
}

/** Splits a host into its dotted parts and the port, which is empty where none is written. */
export function splitHost(host: string): { readonly parts: readonly string[]; readonly port: string } {
  const bracketed = /^\[([^\]]*)\]:(\d*)$/.exec(host);
  if (bracketed) return { parts: (bracketed[1] ?? '').split('.'), port: bracketed[2] ?? '' };
  const colon = host.indexOf(':');
  if (colon < 0 || colon !== host.lastIndexOf(':') || /[[\]]/.test(host)) return { parts: host.split('.'), port: '' };
  return { parts: host.slice(0, colon).split('.'), port: host.slice(colon + 1) };
}

/** The characters that Go refuses anywhere in a URL. */
function hasControl(text: string): boolean {
  return Array.from(text).some((char) => char < ' ' || char === '\u007f');
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .split(/(%[0-9a-fA-F]{2})/)
    .map((piece) => (piece.startsWith('%') ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece)));
  return Buffer.concat(bytes).toString('utf8');
}

function cut(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
