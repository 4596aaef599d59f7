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
/** Keys under which a tag or digest stands without its name. */
const TAG_KEY = /^(?:newTag|digest|value|(?:image_?)?tag)$/i;

/** A place that asks for the same repository with another tag or digest. */
export interface OtherPlace extends ImagePlace {
  readonly selector: string;
}

/** Every place of `text` that asks for exactly this image. */
export function findImagePlaces(text: string, image: ImageReference): readonly ImagePlace[] {
  const selector = manifestSelector(image);
  return find(text, image, (written) => written === selector).map(({ selector: _same, ...place }) => place);
}

/** Every place of `text` that surely asks for this repository, but with another tag or digest. */
export function findOtherPlaces(text: string, image: ImageReference): readonly OtherPlace[] {
  const selector = manifestSelector(image);
  return find(text, image, (written) => written !== selector).filter(({ isWeak }) => !isWeak);
}

function find(text: string, image: ImageReference, wants: Page['wants']): readonly OtherPlace[] {
  if (text.length > MAX_TEXT) return [];
  const lines = new LineCounter();
  try {
    const documents = [...parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false })];
    const found = documents.flatMap((document) =>
      document.errors.length > 0 ? [] : placesIn({ document, text, lines, image, wants }),
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
  /** Is this the tag or digest that is looked for? */
  readonly wants: (selector: string) => boolean;
}

function placesIn(page: Page): OtherPlace[] {
  const { document, image, wants } = page;
  const object = objectOf(document);
  const places: OtherPlace[] = [];
  const add = (node: Scalar, selector: string, form: ImagePlace['form'], isWeak: boolean) => {
    const place = placeAt(page, node, selector);
    if (place !== undefined) {
      places.push({ ...place, form, selector, isWeak, ...(object === undefined ? {} : { object }) });
    }
  };
  const addImage = (node: Scalar | undefined, cut?: RegExp) => {
    const selector = node === undefined ? undefined : selectorIn(wordOf(node).replace(cut ?? '', ''), image);
    if (node !== undefined && selector !== undefined && wants(selector)) add(node, selector, 'image', false);
  };
  visit(document, {
    Pair: (_key, { key, value }, path) => {
      const name = isScalar(key) ? String(key.value) : '';
      const node = scalarOf(document, value);
      if (name === 'image') addImage(node);
      if (name === 'images' && isSeq(value)) {
        for (const item of value.items) addImage(scalarOf(document, item), /^[^=]*=/);
      }
      if (node === undefined || !TAG_KEY.test(name) || !wants(wordOf(node))) return;
      const map = path.at(-1);
      const beside = isMap(map) ? wordsOf(document, map) : {};
      const owner = tagOwner(name, beside, image);
      if (owner !== 'other') add(node, wordOf(node), 'tag', owner === 'unknown');
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

/** The tag or digest with which `text` asks for the repository of `image`; undefined for another one's. */
function selectorIn(text: string, image: ImageReference): string | undefined {
  const parsed = parseReference(text);
  const isSame = parsed.ok && repositoryName(parsed.reference) === repositoryName(image);
  return isSame ? manifestSelector(parsed.reference) : undefined;
}

function placeAt(
  { text, lines }: Page,
  node: Scalar,
  selector: string,
): Pick<ImagePlace, 'line' | 'range'> | undefined {
  const at = node.range;
  if (!at || node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') return undefined;
  const [start, end] = at;
  const { line } = lines.linePos(start);
  const from = text.slice(start, end).lastIndexOf(selector);
  // `latest` that nobody wrote: there is nothing to replace.
  if (from < 0) return { line };
  return { line, range: [start + from, start + from + selector.length] };
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
