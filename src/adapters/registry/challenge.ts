/**
 * `WWW-Authenticate` as RFC 9110 §11.6.1 writes it: several challenges may stand in one header, separated by the same comma that
 * separates their parameters, so it takes a tokenizer. Schemes and parameter names are case-insensitive.
 */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, `negotiate`. */
  readonly scheme: string;
  readonly realm?: string;
  readonly service?: string;
  readonly scope?: string;
  readonly error?: string;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
/** Some servers leave out the quotes around an address. */
const BARE = /[^\s,"]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
/** A header longer than this is nobody's honest challenge. */
const LONGEST = 8192;

/** All challenges of a header value, in order; what cannot be read ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  const scan = scanner(header.slice(0, LONGEST));
  for (;;) {
    scan.skipSeparators();
    const word = scan.take(TOKEN);
    if (word === undefined) break;
    const value = scan.assignment();
    if (value === undefined) {
      found.push({ scheme: word.toLowerCase(), parameters: new Map() });
      scan.skipToken68();
    } else {
      found.at(-1)?.parameters.set(word.toLowerCase(), value);
    }
  }
  return found.map(({ scheme, parameters }) => ({
    scheme,
    ...pick(parameters, 'realm'),
    ...pick(parameters, 'service'),
    ...pick(parameters, 'scope'),
    ...pick(parameters, 'error'),
  }));
}

/** The challenge to follow: Bearer before Basic, as containerd prefers; else the first, else none. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find((challenge) => challenge.scheme === 'bearer' && challenge.realm) ??
    challenges.find((challenge) => challenge.scheme === 'basic') ??
    challenges[0]
  );
}

function pick<K extends string>(parameters: ReadonlyMap<string, string>, name: K): { [P in K]?: string } {
  const value = parameters.get(name);
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: string });
}

function scanner(text: string) {
  let at = 0;
  function match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    const hit = pattern.exec(text);
    if (!hit) return undefined;
    at += hit[0].length;
    return hit;
  }
  return {
    take: (pattern: RegExp) => match(pattern)?.[0],
    skipSeparators(): void {
      while (at < text.length && (text[at] === ',' || text[at] === ' ' || text[at] === '\t')) at += 1;
    },
    /** `= value` after a name; undefined (and nothing consumed) when the name was a scheme. */
    assignment(): string | undefined {
      const start = at;
      match(SPACE);
      if (text[at] !== '=') {
        at = start;
        return undefined;
      }
      at += 1;
      match(SPACE);
      const quoted = match(QUOTED);
      if (quoted) return (quoted[1] ?? '').replace(/\\(.)/g, '$1');
      return match(BARE)?.[0] ?? '';
    },
    skipToken68(): void {
      const start = at;
      if (match(SPACE)?.[0] === '' || !match(TOKEN68)) at = start;
    },
  };
}
