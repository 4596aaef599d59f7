/** What a rule of the reading order is: it looks at one masked error and names its kind, or passes it on. */
import type { PullErrorKind } from '../pull-error.ts';
import type { RegistryKind } from '../registry.ts';
import type { Masked } from './mask.ts';
import { has } from './words.ts';

/** One error with what is known about where it happened. */
export interface Failure extends Masked {
  readonly registry: RegistryKind | null;
}

export interface Verdict {
  readonly kind: PullErrorKind;
  readonly also: readonly PullErrorKind[];
}

export type Rule = (failure: Failure) => Verdict | undefined;

/** A rule for words: the kind when any of `words` (lower case) is in the text. */
export function when(kind: PullErrorKind, words: readonly string[], also: readonly PullErrorKind[] = []): Rule {
  const verdict: Verdict = { kind, also };
  return ({ text }) => (has(text, words) ? verdict : undefined);
}

export function verdict(kind: PullErrorKind, ...also: readonly PullErrorKind[]): Verdict {
  return { kind, also };
}

/** Image data was on its way: the manifest had been read. */
export function atBlob({ text, urls }: Failure): boolean {
  return urls.at(-1)?.purpose === 'blob' || has(text, BLOB_WORDS);
}

const BLOB_WORDS = [
  'pulling image configuration',
  'writing blob',
  'reading blob',
  'storing blob',
  'layer-‹',
  'extract layer',
  'register layer',
  'layer-sha',
  'config-sha',
] as const;
