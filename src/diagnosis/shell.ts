/** Command lines for people to paste. Names come from anyone who can create a pod, so everything is quoted. */

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** The text as one word of a POSIX shell; control characters become spaces. */
function quote(text: string): string {
  const safe = text.replaceAll(/\p{Cc}/gu, ' ');
  return PLAIN.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`;
}

/** What skopeo needs to ask a registry over plain http, as the bot did. */
export function tlsFlag({ scheme }: { readonly scheme?: 'http' | 'https' }): readonly string[] {
  return scheme === 'http' ? ['--tls-verify=false'] : [];
}

/** `words` joined into one command, each quoted. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quote).join(' ');
}
