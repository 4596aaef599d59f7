/** Places of a script or a Makefile where an empty variable gets another value. */
import { originOf, type ShellFallback, shellFallbacks } from './shell-fallback.ts';
import { TAG_NAME } from './tag-name.ts';

/** `name` is the variable that is empty, or the text of an expression; `whole` all of it as written, from the offset on. */
export type Fallback = Omit<ShellFallback, 'target'> & {
  /** The variable that gets the other value, where it is another one. */
  readonly target?: string;
};

const IN_SHELL: readonly RegExp[] = [/\$\{(\w+):?[-=]((?:\$\([^)]*\)|\$\{[^}]*\}|[^}\n])+)\}/g];
/** A text, the time, or the commit of `context`. */
const MADE_IN_JS = String.raw`(["'][^"'\n]*["']|\`[^\`\n]*\`|(?:String\()?(?:Date\.now\(\)|new Date\(\)[\w.()]*)\)?|context\.sha\b)`;
/** Python and JavaScript: what also takes the place of a variable that is set and empty. */
const IN_PROGRAMS: readonly RegExp[] = [
  /\bos\.(?:environ\.get|getenv)\(\s*["'](\w+)["'][^)\n]*\)\s+or\s+((?:f?["'][^"'\n]*["'])|[\w.()]+)/g,
  new RegExp(String.raw`\bprocess\.env(?:\.|\[["'])(\w+)(?:["']\])?\s*\|\|\s*${MADE_IN_JS}`, 'g'),
  // `'${{ needs.build.outputs.tag }}' || …`, as a script of actions/github-script has it.
  new RegExp(String.raw`["'\`]\$\{\{\s*([\w.-]+)\s*\}\}["'\`]\s*\|\|\s*${MADE_IN_JS}`, 'g'),
];
const IN_MAKE: readonly RegExp[] = [
  /\$\(if\s+\$[({](\w+)[)}]\s*,\s*,\s*\$\(eval\s+(?:export\s+)?(\w+)\s*[:?]?=\s*([^)]*)\)\s*\)/g,
  /\$\(or\s+\$[({](\w+)[)}]\s*,\s*([^)]+(?:\([^)]*\))?)\)/g,
  /ifeq\s+(?:\(\s*(?:\$[({]strip\s+)?\$[({](\w+)[)}][)}]?\s*,\s*\)|["']\$[({](?<quoted>\w+)[)}]["']\s+["']{2})[^\n]*\n\s*(?:override\s+|export\s+)*(\w+)\s*[:?]*=\s*([^\r\n]+)/g,
  /ifndef\s+(\w+)[^\n]*\n\s*(?:override\s+|export\s+)*(\w+)\s*:*=\s*([^\r\n]+)/g,
  /\$\(if\s+\$[({](\w+)[)}]\s*,\s*\$[({]\1[)}]\s*,\s*((?:\$\([^)]*\)|[^()\n])+)\)/g,
];

/** In file order. `?=` of make is none: it does not apply to a variable that is set and empty. */
export function fallbacksIn(text: string, kind: 'script' | 'makefile'): Fallback[] {
  if (text.length > 500_000) return [];
  const patterns = kind === 'makefile' ? [...IN_MAKE, ...IN_SHELL] : [...IN_SHELL, ...IN_PROGRAMS];
  const found = [
    ...patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap((match) => fallbackOf(text, match) ?? [])),
    ...shellFallbacks(text).filter((one) => !isComment(text, one.offset) && isTag(one)),
  ];
  const at = new Map(found.map((one) => [one.offset, one]));
  return [...at.values()].toSorted((a, b) => a.offset - b.offset);
}

function fallbackOf(text: string, match: RegExpMatchArray): Fallback | undefined {
  const groups = match.slice(1).filter((part) => part !== undefined);
  const first = groups[0] ?? '';
  const name = /^\d$/.test(first) ? assignedAt(text, match.index ?? 0) : first;
  const target = groups.length > 2 ? groups.at(-2) : name;
  const value = (groups.at(-1) ?? '').trim().replace(/^f?["'`]|["'`]$/g, '');
  const at = match.index ?? 0;
  if (isComment(text, at) || target !== name || value === '' || value.startsWith('$(error')) return undefined;
  // `T=$IMAGE_TAG`, and then `${T:-latest}`.
  const origin = originOf(text, name, at);
  const one = { name: origin, target: name, value, offset: at, whole: match[0] };
  return isTag(one) ? one : undefined;
}

function isComment(text: string, at: number): boolean {
  return /^\s*(?:#|\/\/)/.test(text.slice(text.lastIndexOf('\n', at) + 1, at + 2));
}

function isTag({ name, target }: Fallback): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1).replaceAll('-', '_');
  return TAG_NAME.test(last) || (target !== undefined && TAG_NAME.test(target));
}

/** `TAG="${1:-latest}"`: the variable that a positional parameter goes into. */
function assignedAt(text: string, at: number): string {
  return /(\w+)=["']?$/.exec(text.slice(Math.max(0, at - 80), at))?.[1] ?? '';
}

/** A command that builds or pushes an image. */
export function buildsImage(text: string): boolean {
  return /\b(?:docker|podman|buildah)\s+(?:image\s+)?(?:build|push|buildx)\b|\bkaniko\b/.test(text);
}

export function isClock(value: string): boolean {
  return /\bdate\b|«clock»|\bDate\.now\(|\bnew Date\(/.test(value);
}

/** A branch's or a moving tag's name. */
export function isMoving(value: string): boolean {
  return /^(?:latest|main|master|develop|dev|edge|nightly|stable)$/.test(value.trim());
}

/** A number that every run counts up: a tag only where the build makes its own of it. */
export function isRunNumber(value: string): boolean {
  return /\bgithub\.run_(?:number|id|attempt)\b/i.test(value);
}
