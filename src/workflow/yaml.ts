/** YAML nodes without surprises: aliases followed, merge keys read, sizes bounded, offsets kept. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import type { Scalar } from './model.ts';

const MAX_TEXT = 2_000_000;
const MAX_ALIASES = 500;
const MAX_NODES = 100_000;
const NULL = /^(?:~|null|Null|NULL)$/;

export interface Tree {
  readonly text: string;
  readonly root: Node | undefined;
  readonly resolve: (node: unknown) => unknown;
  /** Entries of maps read before. */
  readonly maps: Map<unknown, readonly Entry[]>;
  /** Nodes that may still be walked. */
  readonly left: { nodes: number };
  readonly position: (offset: number) => { readonly line: number; readonly column: number };
}

/** Undefined for what is no YAML map. Never throws. */
export function parseTree(text: string): Tree | undefined {
  if (text.length > MAX_TEXT) return undefined;
  let document: Document.Parsed;
  try {
    // Every scalar is a text: what it means besides is nobody's question here, and asking each costs time.
    document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return undefined;
  }
  // Aliases of aliases grow without end, and each look-up walks the file.
  const known = new Map<unknown, unknown>();
  const resolve = (node: unknown): unknown => {
    if (!isAlias(node)) return node;
    if (!known.has(node) && known.size < MAX_ALIASES) {
      try {
        known.set(node, node.resolve(document));
      } catch {
        known.set(node, undefined);
      }
    }
    return known.get(node);
  };
  const root = document.contents ?? undefined;
  if (!isMap(root)) return undefined;
  return { text, root, resolve, maps: new Map(), left: { nodes: MAX_NODES }, position: positionsIn(text) };
}

/** Line and column (from 1) of an offset. */
export function positionsIn(text: string): Tree['position'] {
  let starts: number[] | undefined;
  return (given) => {
    starts ??= [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    const offset = Math.max(0, Math.min(given, text.length));
    const after = starts.findIndex((start) => start > offset);
    const line = after < 0 ? starts.length : after;
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
}

export interface Entry {
  readonly key: string;
  readonly keyAt: number;
  readonly node: unknown;
}

/** Pairs of a map in file order; empty for anything else. */
export function entries(tree: Tree, given: unknown): readonly Entry[] {
  const node = tree.resolve(given);
  if (!isMap(node)) return [];
  const known = tree.maps.get(node);
  if (known) return known;
  // Before it is filled: a merge key may lead back here.
  tree.maps.set(node, []);
  const found = node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (name === '<<') return entries(tree, value);
    return [{ key: name, keyAt: key.range?.[0] ?? 0, node: tree.resolve(value) }];
  });
  tree.maps.set(node, found);
  return found;
}

export function child(tree: Tree, node: unknown, key: string): Entry | undefined {
  return entries(tree, node).find((entry) => entry.key === key);
}

export function items(tree: Tree, given: unknown): unknown[] {
  const node = tree.resolve(given);
  return isSeq(node) ? node.items.map((item) => tree.resolve(item)) : [];
}

/** A scalar with its place; undefined for maps and lists. */
export function scalarOf(node: unknown, keyAt?: number): Scalar | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const { source = '', type } = node;
  const value = type === 'PLAIN' && NULL.test(source) ? '' : source;
  const [start, end] = node.range;
  return { value, start, end, keyAt: keyAt ?? start };
}

/** Scalars of a map of scalars. */
export function scalarMap(tree: Tree, node: unknown): Map<string, Scalar> {
  const map = new Map<string, Scalar>();
  for (const { key, keyAt, node: value } of entries(tree, node)) {
    const scalar = scalarOf(value, keyAt);
    if (scalar) map.set(key, scalar);
  }
  return map;
}

/** Every scalar below a node with its path of keys; bounded, so that aliases of aliases end. */
export function deepScalars(
  tree: Tree,
  given: unknown,
): { readonly path: readonly string[]; readonly scalar: Scalar }[] {
  const found: { path: readonly string[]; scalar: Scalar }[] = [];
  const walk = (raw: unknown, path: readonly string[], keyAt: number | undefined): void => {
    tree.left.nodes -= 1;
    if (tree.left.nodes < 0 || path.length > 30) return;
    const node = tree.resolve(raw);
    const scalar = scalarOf(node, keyAt);
    if (scalar) found.push({ path, scalar });
    else if (isSeq(node))
      node.items.forEach((item) => {
        walk(item, path, undefined);
      });
    else for (const entry of entries(tree, node)) walk(entry.node, [...path, entry.key], entry.keyAt);
  };
  walk(given, [], undefined);
  return found;
}
