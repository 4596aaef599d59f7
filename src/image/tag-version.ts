/** Tags that are versions: `1.4.2`, `v1.4.2-alpine`, `1.4`. */

export interface Version {
  readonly prefix: string;
  /** Major, minor, patch; a part that is not written is 0. */
  readonly numbers: readonly [number, number, number];
  /** What follows the numbers, with its separator: `-alpine`. */
  readonly suffix: string;
}

/** The version a tag spells; undefined for anything else. */
export function parseVersion(tag: string): Version | undefined {
  const found = /^([vV]?)(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?([-+_.].*)?$/.exec(tag);
  if (!found) return undefined;
  const [, prefix = '', major, minor, patch = '0', suffix = ''] = found;
  return { prefix, numbers: [Number(major), Number(minor), Number(patch)], suffix };
}

/** How far `other` is from `wanted`; undefined when the major version differs, which is no neighbour. */
export function versionDistance(
  wanted: Version,
  other: Version,
): { readonly size: number; readonly why: string } | undefined {
  const [major, minor, patch] = wanted.numbers;
  const [otherMajor, otherMinor, otherPatch] = other.numbers;
  if (major !== otherMajor) return undefined;
  const steps = Math.abs(minor - otherMinor) * 1000 + Math.abs(patch - otherPatch);
  const size = steps * 4 + (wanted.suffix === other.suffix ? 0 : 2) + (wanted.prefix === other.prefix ? 0 : 1);
  return { size, why: steps === 0 ? sameNumbers(wanted, other) : direction(minor - otherMinor || patch - otherPatch) };
}

function sameNumbers(wanted: Version, other: Version): string {
  if (wanted.suffix !== other.suffix) {
    return other.suffix === '' ? `same version without "${wanted.suffix}"` : `same version, "${other.suffix}"`;
  }
  return other.prefix === '' ? 'same version without "v"' : 'same version with "v"';
}

function direction(wantedAhead: number): string {
  return wantedAhead > 0 ? 'an earlier version' : 'a later version';
}
