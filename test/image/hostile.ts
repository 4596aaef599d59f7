/** Texts made to be slow or to confuse: what a registry, a tag or a pod's spec may hold. */

export interface Hostile {
  readonly name: string;
  readonly message: string;
}

const MEGABYTE = 1_000_000;

function filled(part: string): string {
  return part.repeat(Math.ceil(MEGABYTE / part.length));
}

export function hostileMessages(): readonly Hostile[] {
  const parts: readonly (readonly [string, string])[] = [
    ['letters', 'a'],
    ['spaces', ' '],
    ['line breaks', '\n'],
    ['quotes', '"'],
    ['nested quotes', '\\"'],
    ['backslashes', '\\'],
    ['open brackets', '['],
    ['aggregates', ': [a, rpc error: code = Unknown desc = '],
    ['slashes', '/'],
    ['dots', 'a.'],
    ['dashes', 'a-'],
    ['colons', 'a:'],
    ['digits', '4'],
    ['status words', 'status code '],
    ['addresses', '1.1.1.1:1'],
    ['schemes', 'https://'],
    ['long URLs', 'https://a/v2/b?x=y&'],
    ['digests', '@sha256:'],
    ['image words', 'image "'],
    ['manifest words', 'reading manifest '],
    ['token expiry', 'token '],
    ['mirrors', '(Mirrors also failed: ['],
    ['lookups', 'lookup a '],
    ['log fields', ' err="a" '],
    ['open log fields', ' err="'],
    ['fields of a log', ' pod="a" err="\\"'],
    ['JSON fields', '"ts": 1, "error": "'],
    ['marks of a page', '&quot;&#34;'],
    ['wrapped lines', '\n   Warning a'],
    ['counts', ' (x1 over 1m)'],
    ['fetched types', ' mediatype=a'],
    ['reasons in YAML', "'\n reason: a"],
    ['nothing or nobody', ' not found or '],
    ['wide characters', '\u{1f600}‹'],
    ['half characters', '\ud800'],
    ['zero bytes', '\u0000'],
  ];
  return [
    ...parts.map(([name, part]) => ({ name, message: filled(part) })),
    ...parts.map(([name, part]) => ({
      name: `${name} in a pull`,
      message: `Failed to pull image "x/y:1": ${filled(part)}: not found`,
    })),
  ];
}
