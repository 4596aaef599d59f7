/** `${{ … }}` in a text: where each one is, what it reads, what it falls back to. */
import { Lexer, Parser } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';

/** A context that is read, `['needs', 'build', 'outputs', 'tag']`; `*` for a part known only at run time. */
export interface Read {
  readonly path: readonly string[];
  /** Stands left of `||`: the text on the right takes over when this is empty. */
  readonly otherwise?: string;
  /** Only compared or tested (`!= ''`, `if`), not used as a value. */
  readonly tested: boolean;
}

/** One expression; `at` counts characters from the start of the text. */
export interface Expression {
  readonly at: number;
  readonly text: string;
  readonly reads: readonly Read[];
}

const CONTEXTS = 'github env vars job jobs steps runner secrets strategy matrix needs inputs'.split(' ');
const FUNCTIONS = ['hashFiles', 'success', 'failure', 'always', 'cancelled', 'case'].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));
const MAX_LENGTH = 20_000;

/** Every expression of a text. `bare`: the whole text is one, as in `if:`, unless it has `${{`. */
export function expressionsIn(text: string, bare = false): Expression[] {
  if (text.length > MAX_LENGTH * 10) return [];
  if (bare && !text.includes('${{')) return [{ at: 0, text, reads: readsOf(text) }];
  const found: Expression[] = [];
  for (let from = text.indexOf('${{'); from >= 0; from = text.indexOf('${{', from + 3)) {
    const end = endOf(text, from + 3);
    if (end === undefined) break;
    const inner = text.slice(from + 3, end);
    found.push({ at: from, text: inner, reads: readsOf(inner) });
    from = end;
  }
  return found;
}

/** The closing braces outside of a quoted string. */
function endOf(text: string, from: number): number | undefined {
  let quoted = false;
  for (let at = from; at < text.length - 1; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text[at] === '}' && text[at + 1] === '}') return at;
  }
  return undefined;
}

const cache = new Map<string, readonly Read[]>();

/** What one expression reads; nothing when it cannot be parsed (GitHub refuses it then, which is seen). */
function readsOf(text: string): readonly Read[] {
  const known = cache.get(text);
  if (known) return known;
  if (text.length > MAX_LENGTH) return [];
  const reads: Read[] = [];
  try {
    const tree = new Parser(new Lexer(text).lex().tokens, CONTEXTS, FUNCTIONS).parse();
    visit(tree, { reads, tested: false });
  } catch {
    reads.length = 0;
  }
  if (cache.size > 5000) cache.clear();
  cache.set(text, reads);
  return reads;
}

interface Visit {
  readonly reads: Read[];
  readonly tested: boolean;
  readonly otherwise?: string;
}

function visit(node: Expr, into: Visit): void {
  if (node instanceof Grouping) visit(node.group, into);
  else if (node instanceof Unary) visit(node.expr, { reads: into.reads, tested: true });
  else if (node instanceof Binary) {
    visit(node.left, { reads: into.reads, tested: true });
    visit(node.right, { reads: into.reads, tested: true });
  } else if (node instanceof Logical) visitLogical(node, into);
  else if (node instanceof FunctionCall) {
    const tests = ['contains', 'startswith', 'endswith'].includes(node.functionName.lexeme.toLowerCase());
    for (const arg of node.args) visit(arg, { reads: into.reads, tested: into.tested || tests });
  } else if (node instanceof IndexAccess || node instanceof ContextAccess) visitAccess(node, into);
}

function visitLogical(node: Logical, into: Visit): void {
  const isOr = node.operator.lexeme === '||';
  node.args.forEach((arg, index) => {
    const last = index === node.args.length - 1;
    const next = isOr ? node.args[index + 1] : undefined;
    const otherwise = next === undefined ? into.otherwise : textOf(next);
    const tested = into.tested || (!isOr && !last);
    visit(arg, { reads: into.reads, tested, ...(otherwise === undefined ? {} : { otherwise }) });
  });
}

function visitAccess(node: IndexAccess | ContextAccess, into: Visit): void {
  const path: string[] = [];
  let at: Expr = node;
  while (at instanceof IndexAccess) {
    if (!(at.index instanceof Literal)) visit(at.index, { reads: into.reads, tested: true });
    path.unshift(literalName(at.index));
    at = at.expr;
  }
  if (!(at instanceof ContextAccess)) return visit(at, into);
  path.unshift(at.name.lexeme.toLowerCase());
  const { otherwise, tested } = into;
  into.reads.push({ path, tested, ...(otherwise === undefined ? {} : { otherwise }) });
}

function literalName(node: Expr): string {
  return node instanceof Literal ? node.literal.coerceString() : '*';
}

/** A short text of a right-hand side: a literal's value or a path. */
function textOf(node: Expr): string {
  if (node instanceof Literal) return node.literal.coerceString();
  const reads: Read[] = [];
  visit(node, { reads, tested: false });
  return reads.map((read) => `\${{ ${read.path.join('.')} }}`).join(' ');
}
