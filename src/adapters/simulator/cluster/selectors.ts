/** Label and field selectors, as far as the API server's grammar is used: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`. */
import type { KubeObject } from './objects.ts';

/** Throws on a selector that cannot be read. */
export function labelMatcher(selector: string): (object: KubeObject) => boolean {
  const tests = split(selector).map(requirement);
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}));
}

/** Equality only: `involvedObject.uid=…,type!=Normal`. */
export function fieldMatcher(selector: string): (object: KubeObject) => boolean {
  const tests = selector
    .split(/(?<!\\),/)
    .filter(Boolean)
    .map((part) => {
      const match = /^([^=!]+)(!?)==?(.*)$/.exec(part);
      if (!match) throw new Error(`invalid field selector ${part}`);
      const wanted = (match[3] ?? '').replaceAll(/\\(.)/g, '$1');
      return (object: KubeObject) => (field(object, match[1] ?? '') === wanted) === (match[2] === '');
    });
  return (object) => tests.every((test) => test(object));
}

function field(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), object);
}

/** At commas outside parentheses. */
function split(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean);
}

function requirement(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equal = /^([^=!\s]+)\s*(=|==|!=)\s*([^=!\s]*)$/.exec(text);
  if (equal) {
    const [, key = '', operator, value] = equal;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const bare = /^(!?)([\w./-]+)$/.exec(text);
  if (!bare) throw new Error(`unable to parse requirement: ${text}`);
  return (labels) => Object.hasOwn(labels, bare[2] ?? '') === (bare[1] === '');
}
