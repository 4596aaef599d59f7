/** A value cut into what every job can say, what is secret, and what only its own job or script knows. */
import { expressionsIn } from './expression.ts';
import { entryOf, type Job, type Step, type Workflow } from './model.ts';
import { readScript } from './shell.ts';

export interface Part {
  /** open: a text, or an expression that means the same in every job; own: only here. */
  readonly kind: 'open' | 'secret' | 'own';
  /** As another place of the same file can write it; of `own` as it is written here. */
  readonly text: string;
}

/** Whose value it is; `step` where it stands in its script. */
export interface Owner {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step?: Step;
  /** Variables that may still be followed: each may be made of many, and each of those again. */
  readonly left?: { variables: number };
}

const MAX_DEPTH = 4;
const MOST_VARIABLES = 200;
/** An expression, a variable, a command in backticks, or plain signs; a command in `$( … )` is measured by hand. */
const NEXT = /\$\{\{.*?\}\}|\$\{\w+\}|\$\w+|`[^`]*`|\$\(|[\w./:@+-]+/y;
/** The same value in each job of one run. */
const SAME =
  /^(?:vars|inputs|github\.(?:sha|ref|ref_name|run_id|run_number|run_attempt|repository|repository_owner|actor))$/;

/** undefined: signs that are not read here, such as quotes inside of it, or more variables than a person writes. */
export function partsOf(whose: Owner, text: string, depth = 0): Part[] | undefined {
  const { left = { variables: MOST_VARIABLES } } = whose;
  const owner = { ...whose, left };
  const parts: Part[] = [];
  for (let at = 0; at < text.length; ) {
    NEXT.lastIndex = at;
    const [found = ''] = NEXT.exec(text) ?? [];
    const whole = found === '$(' ? text.slice(at, closed(text, at)) : found;
    const isTooMuch = depth > MAX_DEPTH || (whole.startsWith('$') && left.variables-- <= 0);
    const read = whole === '' || isTooMuch ? undefined : partsIn(owner, whole, depth);
    if (!read) return undefined;
    parts.push(...read);
    at += whole.length;
  }
  return parts;
}

function partsIn(owner: Owner, text: string, depth: number): Part[] | undefined {
  if (text.startsWith('${{')) return ofExpression(owner, text, depth);
  if (text.startsWith('$(') || text.startsWith('`')) return /secrets\s*[.[]/.test(text) ? undefined : [own(text)];
  if (text.startsWith('$')) return ofVariable(owner, text, depth);
  return [{ kind: 'open', text }];
}

function ofExpression(owner: Owner, text: string, depth: number): Part[] | undefined {
  const [{ reads, text: inner } = { reads: [], text: '' }] = expressionsIn(text);
  const [read] = reads;
  if (!read || reads.length > 1 || read.tested || inner.trim() !== read.path.join('.')) return undefined;
  const [context = '', name = ''] = read.path;
  if (context === 'secrets') return [{ kind: 'secret', text }];
  if (SAME.test(context) || SAME.test(`${context}.${name}`)) return [{ kind: 'open', text }];
  return (context === 'env' ? fixed(owner, name, depth) : undefined) ?? [own(text)];
}

/** Followed only where it leads to a secret or to what every job can say. */
function ofVariable(owner: Owner, text: string, depth: number): Part[] | undefined {
  const name = text.replaceAll(/\W/g, '');
  const run = owner.step?.run;
  const set = run ? readScript(run.value).assignments.filter((one) => one.name === name) : [];
  const [{ value } = { value: '' }] = set;
  if (set.length === 0) return fixed(owner, name, depth) ?? [own(text)];
  const parts = set.length === 1 ? partsOf(owner, value.replace(/^"(.*)"$/, '$1'), depth + 1) : undefined;
  // A value that cannot be cut may hold anything.
  if (!parts) return undefined;
  return parts.some(({ kind }) => kind === 'secret') ? parts : [own(text)];
}

/** Of an `env:` map. */
function fixed({ workflow, job, step, left }: Owner, name: string, depth: number): Part[] | undefined {
  const held = [step?.env, job.env, workflow.env].map((map) => map && entryOf(map, name)).find(Boolean);
  const parts = held && partsOf({ workflow, job, ...(left ? { left } : {}) }, held.value, depth + 1);
  return parts?.every(({ kind }) => kind !== 'own') ? parts : undefined;
}

function own(text: string): Part {
  return { kind: 'own', text };
}

/** Behind the parenthesis that closes a `$(`. */
function closed(text: string, at: number): number {
  let open = 0;
  for (let index = at; index < text.length; index += 1) {
    if (text[index] === '(') open += 1;
    else if (text[index] === ')' && --open === 0) return index + 1;
  }
  return at;
}
