/** The one name that was meant, or none: a fix does not guess between two. */

import { isSlip } from '../slip.ts';

/** The only one that is spelled the same but for signs and case, else the only one that a slip of the pen away, else the only one that holds the other or shares a telling word with it: `image_tag` and `tag_name`, not `image_tag` and `image_version`. */
export function clearly(name: string, others: readonly string[]): string | undefined {
  const names = [...new Set(others)].filter((other) => other !== name);
  const tests = [
    (other: string) => plain(other) === plain(name),
    (other: string) => isSlip(plain(name), plain(other)),
    (other: string) => plain(other).includes(plain(name)) || plain(name).includes(plain(other)),
    (other: string) => words(other).some((word) => words(name).includes(word)),
  ];
  for (const test of tests) {
    const found = names.filter(test);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function words(text: string): string[] {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2 && !/^(?:image|docker|container|build|release|name|new|current)$/.test(word));
}
