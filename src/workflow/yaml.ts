/** YAML nodes without surprises: aliases followed, merge keys read, sizes bounded, offsets kept. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Scalar } from './model.ts';

const MAX_TEXT = 2_000_000;

export interface Tree {
  readonly text: string;
  readonly root: Node | undefined;
  readonly resolve: (node: unknown) => unknown;
  readonly position: (offset: number) => { readonly line: number; readonly column: number };
}

/** Undefined for what is no YAML map. Never throws. */
export function parseTree(text: string): Tree | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return undefined;
  }
  const resolve = (node: unknown): unknown => {
    if (!isAlias(node)) return node;
    try {
      return node.resolve(document);
    } catch {
      return undefined;
    }
  };
  const root = document.contents ?? undefined;
  if (!isMap(root)) return undefined;
  const position = (offset: number) => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return { text, root, resolve, position };
}

export interface Entry {
  readonly key: string;
  readonly keyAt: number;
  readonly node: unknown;
}

/** Pairs of a map in file order; empty for anything else. */
export function entries(tree: Tree, given: unknown): Entry[] {
  const node = tree.resolve(given);
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    if (name === '<<') return entries(tree, value);
    return [{ key: name, keyAt: key.range?.[0] ?? 0, node: tree.resolve(value) }];
  });
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
  const value = node.value === null ? '' : (node.source ?? String(node.value));
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
  let left = 20_000;
  const walk = (raw: unknown, path: readonly string[], keyAt: number | undefined): void => {
    left -= 1;
    if (left < 0 || path.length > 30) return;
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
