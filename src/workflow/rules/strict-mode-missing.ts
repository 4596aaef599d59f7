/** A script deploys an image from a variable, and an unset one would go through as nothing. Only a hint: the variable may be checked elsewhere. */
import type { Draft, Rule, TextView } from '../rule.ts';

const DEPLOYS =
  /\b(?:kubectl|oc)\s[^\n#]{0,300}\bset\s+image\b|\bkustomize\s+edit\s+set\s+image\b|\bhelm\s+(?:upgrade|install)\b/;
const VARIABLE = /\$\{?([A-Za-z_]\w*)/g;
/** `set -u`, `-eu`, `-euo pipefail`, `-o nounset`; the same on the first line. */
const NOUNSET = /^\s*set\s+(?:-\w+\s+|-o\s+\w+\s+)*(?:-[a-z]*u|-o\s+nounset)|^#!.*\s-[a-z]*u/m;

export const strictModeMissing: Rule = {
  id: 'strict-mode-missing',
  title: 'A deploying script goes on with an unset variable',
  inText: ({ kind, text }: TextView): readonly Draft[] => {
    if (kind !== 'script' || NOUNSET.test(text)) return [];
    let offset = 0;
    for (const line of text.split('\n')) {
      const name = DEPLOYS.test(line.slice(0, 2000)) ? unchecked(line, text) : undefined;
      if (name !== undefined) return [draft(name, offset + line.indexOf('$'))];
      offset += line.length + 1;
    }
    return [];
  },
};

/** A variable of the line that nothing in the script demands or sets. */
function unchecked(line: string, text: string): string | undefined {
  return [...line.slice(0, 2000).matchAll(VARIABLE)]
    .flatMap(([, name]) => name ?? [])
    .find((name) => !demands(text, name) && !sets(text, name));
}

/** `${TAG:?…}`, or a test for emptiness that ends the script: before its `fi`, on one line or on several, or behind `||`. */
function demands(text: string, name: string): boolean {
  const stops = String.raw`(?:(?!\n\s*fi\b)[^]){0,400}?\b(?:exit|return|die|fail|usage|abort)\b`;
  const value = String.raw`"?\$\{?${name}\b[^"\s\]]*"?`;
  return [
    String.raw`\$\{${name}:?\?`,
    String.raw`(?:-z\s+${value}|!\s+-n\s+${value}|!\s*\[+\s+-n\s+${value}|${value}\s+={1,2}\s+["']{2}|\[\[\s+!\s+${value})${stops}`,
    String.raw`(?:-n\s+${value}|\[\[?\s+${value}|${value}\s+!=\s+["']{2})\s*\]*\s*(?:\|\|${stops}|;?\s*then\b[^]{0,2000}\n\s*else\b${stops})`,
    String.raw`for\s+(\w+)\s+in\b[^\n]*\b${name}\b[^\n]*\n(?:(?!\n\s*done\b)[^]){0,400}?\$\{!\1\b${stops}`,
  ].some((pattern) => new RegExp(pattern).test(text));
}

/** The script ends when it is given too few arguments. */
const COUNTS_ARGUMENTS = /\$#[^\n]*(?:\n(?!\s*fi\b)[^\n]*){0,6}?\b(?:exit|return|usage|die)\b/;

/** An assignment. One from a positional parameter hands on what may be unset. */
function sets(text: string, name: string): boolean {
  const given = COUNTS_ARGUMENTS.test(text) ? '' : '(?!"?\\$\\{?\\d)';
  return new RegExp(`(?:^|[;&({]|\\b(?:export|local|readonly|then|else|do))\\s*${name}=${given}`, 'm').test(text);
}

function draft(name: string, offset: number): Draft {
  return {
    severity: 'info',
    offset,
    job: null,
    ref: name,
    message: `Without strict mode an unset \`${name}\` is nothing here, and the command runs all the same.`,
    fix: 'Begin the script with `set -euo pipefail`.',
  };
}
