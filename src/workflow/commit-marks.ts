/** Ways to spell the commit, the time and the ref in shell and expressions, reduced to marks: `«long»`, `«short»`, `«short:8»`, `«clock»`. */

const COMMIT = String.raw`(?:"?\$\{?GITHUB_SHA\}?"?|"?\$\{\{\s*github\.sha\s*\}\}"?|HEAD)`;
const ECHOED = String.raw`(?:\$\{?GITHUB_SHA\}?|\$\{\{\s*github\.sha\s*\}\}|«long»)`;
/** What `cut` and `head` keep from the start. */
const KEPT = String.raw`(?:cut\s+-[cb]\s*1?-|head\s+-c\s*|cut\s+-[cb]\s*)`;

type Mark = readonly [RegExp, (...groups: string[]) => string];

const MARKS: readonly Mark[] = [
  [
    new RegExp(
      String.raw`(?:\$\(|${'`'})\s*git rev-parse(?:\s+--verify)?\s+--short(?:=(\d+))?(?:\s+--verify)?(?:\s+${COMMIT})?\s*(?:\)|${'`'})`,
      'g',
    ),
    (_, length = '') => short(length),
  ],
  [
    /\$\(\s*git (?:log -(?:n\s*)?1|show -s|show --no-patch)\s+--(?:format|pretty)=(?:format:)?%h\s*(?:HEAD)?\s*\)/g,
    () => '«short»',
  ],
  [/\$\{GITHUB_SHA(?::0)?::?(\d+)\}|\$\{\{\s*github\.sha\s*\}\}::(\d+)/g, (_, a = '', b = '') => short(a || b)],
  [/«long»(?::0)?::?(\d+)\}?/g, (_, length = '') => short(length)],
  [
    new RegExp(String.raw`\$\(\s*(?:echo|printf)\s+(?:-n\s+|%s\s+)?${ECHOED}\s*\|\s*${KEPT}(\d+)\s*\)`, 'g'),
    (_, length = '') => short(length),
  ],
  [new RegExp(String.raw`\$\(\s*${KEPT}(\d+)\s*<<<\s*${ECHOED}\s*\)`, 'g'), (_, length = '') => short(length)],
  [
    new RegExp(String.raw`\$\(\s*(?:echo|printf)\s+(?:-n\s+|%s\s+)?${ECHOED}\s*\|\s*(?:cut|head)\s[^)]*\)`, 'g'),
    () => '«short»',
  ],
  [
    /\$env:GITHUB_SHA\.Substring\(\s*0\s*,\s*(\d+)\s*\)|«long»\.Substring\(\s*0\s*,\s*(\d+)\s*\)/gi,
    (_, a = '', b = '') => short(a || b),
  ],
  [
    /(?:\$\(|`)\s*git (?:rev-parse|log -(?:n\s*)?1 --(?:format|pretty)=(?:format:)?%H|show -s --format=%H)\s*(?:--verify\s*)?(?:HEAD)?\s*(?:\)|`)|\$\{?GITHUB_SHA\}?|\$env:GITHUB_SHA\b|\$\{\{\s*(?:github\.sha|env\.GITHUB_SHA)\s*\}\}/g,
    () => '«long»',
  ],
  [/(?:\$\(|`)\s*git describe[^)`]*(?:\)|`)/g, () => '«describe»'],
  [/«describe»##?v\}/g, () => '«describe#v»'],
  [/(?:\$\(|`)\s*(?:TZ=\S+\s+)?date\b[^)`]*(?:\)|`)|\$\(\s*Get-Date\b[^)]*\)/g, () => '«clock»'],
  [/\$\{GITHUB_REF_NAME##?v\}|\$\{GITHUB_REF##?(?:refs\/tags\/|\*\/)v\}|«ref»##?v\}/g, () => '«ref#v»'],
  [/\$\{\{\s*github\.ref_name\s*\}\}|\$\{?GITHUB_REF_NAME\}?|\$\{GITHUB_REF##?\*?[/\w]*\}/g, () => '«ref»'],
];

/** A word of each pattern above: most texts have none. */
const MARKABLE = /GITHUB_|github\.|\bgit\b|date|[«`]/i;

/** A text without quotes, its spellings of commit, time and ref replaced. */
export function marked(text: string): string {
  if (!MARKABLE.test(text)) return text;
  return MARKS.reduce((out, [pattern, mark]) => out.replaceAll(pattern, mark), text).replaceAll(
    /v«(ref|describe)#v»/g,
    '«$1»',
  );
}

/** git's own abbreviation has seven characters, more in large repositories; an explicit seven is the same as long as it has. */
function short(length: string): string {
  const count = Number(length);
  if (length === '' || count === 7) return '«short»';
  return count >= 40 ? '«long»' : `«short:${count}»`;
}

/** The first characters of a formula; undefined where they cannot be told. */
export function cutTo(formula: string, length: number): string | undefined {
  const [, before] = /^([\w.-]*)«long»$/.exec(formula) ?? [];
  if (before === undefined || length <= before.length) return undefined;
  return before + short(String(length - before.length));
}

/** The formula with all spellings of the commit made equal. */
export function withoutLength(formula: string): string {
  return formula.replaceAll(/«(?:long|short(?::\d+)?)»/g, '«commit»');
}
