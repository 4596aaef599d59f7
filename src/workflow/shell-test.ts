/** Tests of the shell: which of them ask whether a value is empty. */

/** Which value a test is about, and whether it is true of an empty one. */
interface Sense {
  readonly name: string;
  readonly isEmpty: boolean;
}

const JOINED = /\s(?:\|\||-o|&&|-a)\s/;

/** What a test says of a value; undefined for one of anything else. */
export function senseOf(body: string): Sense | undefined {
  if (!body.includes('${{') && JOINED.test(body)) return joined(body);
  if (/^!\s/.test(body)) {
    const inner = senseOf(body.slice(1).trim());
    return inner && { ...inner, isEmpty: !inner.isEmpty };
  }
  const flag = /^-([zn])\s+(.+)$/.exec(body);
  if (flag) return sense(operandOf(flag[2] ?? ''), flag[1] === 'z');
  const length = /^"?\$\{#(\w+)\}"?\s+(-eq|-ne|-gt)\s+0$/.exec(body);
  if (length) return sense(length[1], length[2] === '-eq');
  return compared(body) ?? sense(operandOf(body), false);
}

/** `"$X" = ""`, `x$X != x`, and turned round. */
function compared(body: string): Sense | undefined {
  const sides = /^(\S+|"?\$\{\{[^}]*\}\}"?)\s+(={1,2}|!=)\s+(\S+|"?\$\{\{[^}]*\}\}"?)$/.exec(body);
  if (!sides) return undefined;
  const both = [sides[1] ?? '', sides[3] ?? ''].map((side) => side.replaceAll(/["']/g, ''));
  const [left = '', right = ''] = both[0]?.includes('$') ? both : both.toReversed();
  if (right.includes('$') || right.length > 6) return undefined;
  const bare = left.startsWith(right) ? left.slice(right.length) : left.slice(0, -right.length);
  return left === bare + right || left === right + bare ? sense(operandOf(bare), sides[2] !== '!=') : undefined;
}

/** `-z A -o B` is true of an empty A, `-n A -a B` is not, whatever B is. */
function joined(body: string): Sense | undefined {
  const isOr = /\s(?:\|\||-o)\s/.test(body);
  if (isOr && /\s(?:&&|-a)\s/.test(body)) return undefined;
  const senses = body.split(JOINED).map((part) => senseOf(part.trim()));
  return senses.find((one) => one?.isEmpty === isOr);
}

function sense(name: string | undefined, isEmpty: boolean): Sense | undefined {
  return name === undefined ? undefined : { name, isEmpty };
}

/** `"$X"`, `${X:-}`, in a recipe `$$X`, or the text of `${{ … }}`. */
export function operandOf(text: string): string | undefined {
  const inlined = /^["']?\$\{\{\s*([^}]+?)\s*\}\}["']?$/.exec(text)?.[1];
  return (
    inlined ??
    /^"?\$\$?(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-|\/\/?[^}/]\/?)?\})"?$/.exec(text)?.slice(1).find(Boolean)
  );
}
