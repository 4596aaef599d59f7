/** Could a fallback have made this tag? Its formula as a pattern: commits of the run, dates by their format, literal text. */

const ANYTHING = '.+?';
const TOKENS: readonly (readonly [RegExp, (match: RegExpExecArray, sha: string) => string])[] = [
  [/^\$\(\s*git\s+rev-parse\s+--short[^)]*\)/, (_match, sha) => short(sha)],
  [/^`git\s+rev-parse\s+--short[^`]*`/, (_match, sha) => short(sha)],
  [/^\$\(\s*git\s+(?:rev-parse|log\s+-1\s+--format=%H)[^)]*\)/, (_match, sha) => sha],
  [/^\$\{GITHUB_SHA:{1,2}(?:0:)?\d+\}/, (_match, sha) => short(sha)],
  [/^\$\{?GITHUB_SHA\}?|^\$\{\{\s*github\.sha\s*\}\}/, (_match, sha) => sha],
  [/^\$\(\s*(?:TZ=\S+\s+)?date\b([^)]*)\)/, ([, args = '']) => datePattern(args)],
  [/^`date\b([^`]*)`/, ([, args = '']) => datePattern(args)],
  [/^\$\{\{.*?\}\}|^\$\([^)]*\)|^`[^`]*`|^\$\{[^}]*\}|^\$[A-Za-z_]\w*/s, () => ANYTHING],
];
const DATE: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  F: '\\d{4}-\\d\\d-\\d\\d',
  T: '\\d\\d:\\d\\d:\\d\\d',
  R: '\\d\\d:\\d\\d',
  D: '\\d\\d/\\d\\d/\\d\\d',
  s: '\\d{10}',
  j: '\\d{3}',
  N: '\\d{1,9}',
};

/** `unknown`: nothing of the formula is fixed, or it cannot be read. */
export function couldMake(formula: string, tag: string, headSha: string): 'yes' | 'no' | 'unknown' {
  const text = formula.replaceAll(/["']/g, '').trim();
  if (text === '' || text.length > 400) return 'unknown';
  const forms = [text, afterColon(text)].map((part) => patternOf(part, headSha));
  if (forms.some((form) => form.isFixed && form.pattern.test(tag))) return 'yes';
  return forms.every((form) => form.isFixed) ? 'no' : 'unknown';
}

function patternOf(formula: string, headSha: string): { readonly pattern: RegExp; readonly isFixed: boolean } {
  let rest = formula;
  let source = '';
  let isFixed = false;
  while (rest !== '') {
    const [token, length] = nextToken(rest, headSha);
    source += token;
    isFixed ||= token !== ANYTHING && !/^\W*$/.test(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return { pattern: new RegExp(`^${source}$`), isFixed };
}

function nextToken(rest: string, headSha: string): readonly [string, number] {
  for (const [form, pattern] of TOKENS) {
    const match = form.exec(rest);
    if (match) return [pattern(match, headSha), match[0].length];
  }
  const literal = /^[^$`]+/.exec(rest)?.[0] ?? rest.slice(0, 1);
  return [literal.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), literal.length];
}

function short(sha: string): string {
  return `${sha.slice(0, 7)}[0-9a-f]{0,33}`;
}

function datePattern(args: string): string {
  const format = /\+(\S+)/.exec(args)?.[1];
  if (format === undefined) return ANYTHING;
  return format.replaceAll(/%-?([A-Za-z])|[^%\w]/g, (whole, letter: string | undefined) =>
    letter === undefined ? `\\${whole}` : (DATE[letter] ?? '\\d\\d?'),
  );
}

/** `repo/app:${TAG}` -> `${TAG}`. */
function afterColon(text: string): string {
  const plain = text.replaceAll(/\$\{\{.*?\}\}|\$\([^)]*\)|\$\{[^}]*\}/gs, (inner) => ' '.repeat(inner.length));
  const colon = plain.lastIndexOf(':');
  return colon > 0 && plain.slice(0, colon).includes('/') ? text.slice(colon + 1) : text;
}
