/**
 * Where a manifest writes down an image, and how its tag is changed there: `image:` of a workload, `newTag:` of a kustomization, `tag:`
 * of Helm values. By position, so that an edit touches nothing else. Never throws; what cannot be parsed (templates) holds no place.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml';
import { type ImageReference, manifestSelector, parseReference, repositoryName } from './reference.ts';

export interface ImagePlace {
  /** 1-based, of the value. */
  readonly line: number;
  /** `image`: the whole reference; `tag`: only its tag or digest, the name stands elsewhere. */
  readonly form: 'image' | 'tag';
  /** The name beside a bare tag is not written: it may be another image's. */
  readonly isWeak: boolean;
  /** `Deployment/api`: the object whose manifest it stands in; absent in a values file and the like. */
  readonly object?: string;
  /** Offsets of the tag (or digest) in the text; absent where the value has none (`latest` is meant). */
  readonly range?: readonly [start: number, end: number];
}

const MAX_TEXT = 512 * 1024;
const MAX_PLACES = 20;

/** Every place of `text` that asks for exactly this image. */
export function findImagePlaces(text: string, image: ImageReference): readonly ImagePlace[] {
  if (text.length > MAX_TEXT) return [];
  const lines = new LineCounter();
  try {
    const documents = [...parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false })];
    const found = documents.flatMap((document) =>
      document.errors.length > 0 ? [] : placesIn({ document, text, lines, image }),
    );
    const once = new Map(found.map((place) => [place.range?.[0] ?? `line ${place.line}`, place]));
    return [...once.values()].slice(0, MAX_PLACES);
  } catch {
    return [];
  }
}

/** The text with another tag at this place; undefined where the result would not ask for `next`. */
export function retag(text: string, place: ImagePlace, next: ImageReference): string | undefined {
  const { range } = place;
  if (range === undefined) return undefined;
  const [start, end] = range;
  const selector = manifestSelector(next);
  const edits = [selector, `"${selector}"`].map((word) => `${text.slice(0, start)}${word}${text.slice(end)}`);
  // A plain number would be read as one (`1.10` -> 1.1): then in quotes.
  return edits.find((after) => {
    const value = findImagePlaces(after, next).find(({ line, form }) => line === place.line && form === place.form);
    return value !== undefined && isText(after, value);
  });
}

function isText(text: string, { range }: ImagePlace): boolean {
  if (range === undefined) return false;
  let isString = false;
  for (const document of parseAllDocuments(text, { uniqueKeys: false })) {
    visit(document, {
      Scalar: (_key, node) => {
        const at = node.range;
        if (at && at[0] <= range[0] && range[1] <= at[1]) isString = typeof node.value === 'string';
      },
    });
  }
  return isString;
}

interface Page {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly lines: LineCounter;
  readonly image: ImageReference;
}

function placesIn(page: Page): ImagePlace[] {
  const { document, image } = page;
  const object = objectOf(document);
  const places: ImagePlace[] = [];
  const add = (node: Scalar, form: ImagePlace['form'], isWeak: boolean) => {
    const place = placeAt(page, node, form);
    if (place !== undefined) places.push({ ...place, isWeak, ...(object === undefined ? {} : { object }) });
  };
  visit(document, {
    Pair: (_key, { key, value }, path) => {
      const name = isScalar(key) ? String(key.value) : '';
      const node = scalarOf(document, value);
      if (name === 'image' && node !== undefined && isImage(wordOf(node), image)) add(node, 'image', false);
      if (name === 'images' && isSeq(value)) {
        for (const item of value.items) {
          const word = scalarOf(document, item);
          if (word !== undefined && isImage(wordOf(word).replace(/^[^=]*=/, ''), image)) add(word, 'image', false);
        }
      }
      if (node === undefined || wordOf(node) !== manifestSelector(image)) return;
      const map = path.at(-1);
      const beside = isMap(map) ? wordsOf(document, map) : {};
      const owner = tagOwner(name, beside, image);
      if (owner !== 'other') add(node, 'tag', owner === 'unknown');
    },
  });
  return places;
}

/** Whose tag a bare one is, by the names written beside it. */
function tagOwner(
  key: string,
  beside: Readonly<Record<string, string>>,
  image: ImageReference,
): 'this' | 'other' | 'unknown' {
  if (key === 'newTag' || (key === 'digest' && beside['name'] !== undefined)) {
    return isRepository([beside['newName'] ?? beside['name']], image) ? 'this' : 'other';
  }
  if (key === 'value') return /(?:^|[._-])(?:image)?tag$/i.test(beside['name'] ?? '') ? 'unknown' : 'other';
  if (key === 'digest' || /^(?:image_?)?tag$/i.test(key)) {
    const { registry, repository, image: named, name } = beside;
    const path = repository ?? named ?? name;
    if (path === undefined) return 'unknown';
    const names = registry === undefined ? [path] : [`${registry}/${path}`, path];
    return isRepository(names, image) ? 'this' : 'other';
  }
  return 'other';
}

function isRepository(names: readonly (string | undefined)[], image: ImageReference): boolean {
  return names.some((name) => {
    const parsed = name === undefined ? undefined : parseReference(name);
    return parsed?.ok === true && repositoryName(parsed.reference) === repositoryName(image);
  });
}

function isImage(text: string, image: ImageReference): boolean {
  const parsed = parseReference(text);
  return (
    parsed.ok &&
    repositoryName(parsed.reference) === repositoryName(image) &&
    manifestSelector(parsed.reference) === manifestSelector(image)
  );
}

function placeAt(
  { text, lines, image }: Page,
  node: Scalar,
  form: ImagePlace['form'],
): Omit<ImagePlace, 'isWeak'> | undefined {
  const at = node.range;
  if (!at || node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') return undefined;
  const [start, end] = at;
  const { line } = lines.linePos(start);
  const selector = manifestSelector(image);
  const from = text.slice(start, end).lastIndexOf(selector);
  // `latest` that nobody wrote: there is nothing to replace.
  if (from < 0) return { line, form };
  return { line, form, range: [start + from, start + from + selector.length] };
}

/** An alias is changed where its anchor stands. */
function scalarOf(document: Document.Parsed, value: unknown): Scalar | undefined {
  const node = isAlias(value) ? value.resolve(document) : value;
  return isScalar(node) ? node : undefined;
}

/** As it is written: `1.10` is no number here. */
function wordOf(node: Scalar): string {
  if (typeof node.value === 'string') return node.value;
  return node.source ?? String(node.value);
}

function wordsOf(document: Document.Parsed, map: { readonly items: readonly unknown[] }): Record<string, string> {
  const words: Record<string, string> = {};
  for (const pair of map.items) {
    if (typeof pair !== 'object' || pair === null || !('key' in pair) || !('value' in pair)) continue;
    const value = scalarOf(document, pair.value);
    if (isScalar(pair.key) && value !== undefined) words[String(pair.key.value)] = wordOf(value);
  }
  return words;
}

function objectOf({ contents }: Document.Parsed): string | undefined {
  if (!isMap(contents)) return undefined;
  const kind: unknown = contents.get('kind');
  const name: unknown = contents.getIn(['metadata', 'name']);
  return typeof kind === 'string' && typeof name === 'string' ? `${kind}/${name}` : undefined;
}
