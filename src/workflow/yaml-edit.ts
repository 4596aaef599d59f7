/** Small changes of YAML text that leave comments, quotes and line ends alone. Undefined: the place has a form that is not touched. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Change } from './fix.ts';
import type { Tree } from './yaml.ts';

/** A key of a map with its value, both in place (no alias, no merge). */
interface Held {
  readonly key: Node;
  readonly value: unknown;
}

/** The map itself, where no alias or anchor would spread a change to other places. */
export function mapAt(tree: Tree, path: readonly (string | number)[]): YAMLMap | undefined {
  let node: unknown = tree.root;
  for (const part of path) {
    if (typeof part === 'number') node = isSeq(node) ? node.items[part] : undefined;
    else node = isMap(node) ? held(node, part)?.value : undefined;
  }
  return isMap(node) && node.anchor === undefined ? node : undefined;
}

/** A key that the map itself has. */
export function held(map: YAMLMap, key: string): Held | undefined {
  const pair = map.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === key);
  return pair && isScalar(pair.key) ? { key: pair.key, value: pair.value } : undefined;
}

/** `names` as the value of `key` with one more: a scalar becomes a flow list, lists grow, an absent key is written. */
export function addToList(
  tree: Tree,
  path: readonly string[],
  key: string,
  given: { names: readonly string[]; name: string },
): Change[] | undefined {
  const map = mapAt(tree, path);
  const name = plain(given.name);
  const list = `[${[...given.names.map(plain), name].join(', ')}]`;
  if (!map) return undefined;
  const found = held(map, key);
  if (!found) return insertKey(tree, path, given.names.length === 0 ? `${key}: ${name}` : `${key}: ${list}`);
  const { value } = found;
  if (isAlias(value)) return replaced(value, list);
  if (isScalar(value)) {
    if (value.anchor !== undefined) return undefined;
    const source = sourceOf(tree, value);
    if (/^(?:~|null)$/i.test(source)) return replaced(value, `[${name}]`);
    if (source !== '') return replaced(value, `[${source}, ${name}]`);
    const at = tree.text.indexOf(':', found.key.range?.[1] ?? 0) + 1;
    return at > 0 ? [{ start: at, end: at, text: ` [${name}]` }] : undefined;
  }
  return isSeq(value) && value.anchor === undefined ? addItem(tree, value, name) : undefined;
}

function addItem(tree: Tree, list: YAMLSeq, name: string): Change[] | undefined {
  const last: unknown = list.items.at(-1);
  const at = rangeOf(last);
  if (list.flow) {
    const open = (list.range?.[0] ?? 0) + 1;
    return at ? [{ start: at.end, end: at.end, text: `, ${name}` }] : [{ start: open, end: open, text: name }];
  }
  if (!at) return undefined;
  const dash = tree.text.lastIndexOf('-', at.start - 1);
  const begin = lineStart(tree.text, dash);
  const indent = tree.text.slice(begin, dash);
  return dash >= 0 && indent.trim() === '' ? afterLine(tree.text, at.end, `${indent}- ${name}`) : undefined;
}

/** One more entry of a map below `path` (`outputs`), which is written when it is absent. */
export function addEntry(
  tree: Tree,
  path: readonly string[],
  key: string,
  entry: { name: string; value: string },
): Change[] | undefined {
  const map = mapAt(tree, path);
  if (!map) return undefined;
  const found = held(map, key);
  const block = `${entry.name}: ${entry.value}`;
  if (!found) return insertKey(tree, path, `${key}:`, block);
  if (!isMap(found.value) || found.value.anchor !== undefined) return undefined;
  const last: unknown = found.value.items.at(-1);
  const pair = found.value.items.at(-1);
  if (last === undefined || !pair || !isScalar(pair.key)) return undefined;
  const end = rangeOf(pair.value)?.end ?? pair.key.range?.[1] ?? 0;
  if (found.value.flow) return [{ start: end, end, text: `, ${entry.name}: "${entry.value}"` }];
  const start = pair.key.range?.[0] ?? 0;
  const indent = tree.text.slice(lineStart(tree.text, start), start);
  return indent.trim() === '' ? afterLine(tree.text, lastInk(tree.text, end), indent + block) : undefined;
}

/** A first key of a step (`id`), before what it begins with. */
export function addFirst(tree: Tree, path: readonly (string | number)[], text: string): Change[] | undefined {
  const map = mapAt(tree, path);
  const first = map?.items[0]?.key;
  if (!map || !isScalar(first) || !first.range) return undefined;
  const [at] = first.range;
  const indent = ' '.repeat(at - lineStart(tree.text, at));
  return [{ start: at, end: at, text: map.flow ? `${text}, ` : `${text}${eolAt(tree.text, at)}${indent}` }];
}

/** A key of a job that is not there yet: behind its name, else as its first. `inner` stands one level deeper. */
function insertKey(tree: Tree, path: readonly string[], line: string, inner?: string): Change[] | undefined {
  const map = mapAt(tree, path);
  const parent = mapAt(tree, path.slice(0, -1));
  const own = parent && rangeOf(held(parent, path.at(-1) ?? '')?.key);
  const first = rangeOf(map?.items[0]?.key);
  if (!map || !own || !first) return undefined;
  const at = first.start;
  if (map.flow) {
    const below = inner === undefined ? '' : ` { ${inner.replace(/: (.*)$/, ': "$1"')} }`;
    return [{ start: at, end: at, text: `${line}${below}, ` }];
  }
  const { text } = tree;
  const indent = text.slice(lineStart(text, at), at);
  const outer = own.start - lineStart(text, own.start);
  if (indent.trim() !== '' || indent.length <= outer) return undefined;
  const deeper = indent + ' '.repeat(indent.length - outer);
  const lines = [indent + line, ...(inner === undefined ? [] : [deeper + inner])];
  return afterLine(text, nameEnd(text, map) ?? own.end, lines.join(eolAt(text, at)));
}

/** Of a first key `name` with a value of one line. */
function nameEnd(text: string, map: YAMLMap): number | undefined {
  const [pair] = map.items;
  const value = isScalar(pair?.key) && pair.key.value === 'name' ? rangeOf(pair.value) : undefined;
  return value && !text.slice(value.start, value.end).includes('\n') ? value.end : undefined;
}

/** New lines behind the line that holds an offset. */
function afterLine(text: string, offset: number, lines: string): Change[] {
  const at = lineEnd(text, offset);
  return [{ start: at, end: at, text: eolAt(text, at) + lines }];
}

/** The line break in use around an offset. */
export function eolAt(text: string, offset: number): string {
  const next = text.indexOf('\n', offset);
  const at = next < 0 ? text.lastIndexOf('\n') : next;
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line break. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text[at - 1] === '\r' && at > offset ? at - 1 : at;
}

/** A block scalar's range ends behind its last line break. */
function lastInk(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

function replaced(node: Node, text: string): Change[] | undefined {
  const range = rangeOf(node);
  return range && [{ ...range, text }];
}

function sourceOf(tree: Tree, node: Node): string {
  const range = rangeOf(node);
  return range ? tree.text.slice(range.start, range.end) : '';
}

function rangeOf(node: unknown): { start: number; end: number } | undefined {
  const isNode = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return isNode && node.range ? { start: node.range[0], end: node.range[1] } : undefined;
}

/** Quoted where YAML would read the bare word as something else. */
function plain(name: string): string {
  return /^(?:true|false|null|yes|no|on|off|y|n|~|[\d.+-].*)$/i.test(name) || !/^[\w.-]+$/.test(name)
    ? `'${name}'`
    : name;
}
