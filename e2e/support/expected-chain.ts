/** The chain that a lost tag must end in: its steps in order, each at the very line of the file as it was. */
import { expect } from '@jest/globals';
import { type Builds, WHEN } from './builds.ts';
import type { Told } from './lost-tags.ts';

/** A line of a committed file, found by what stands in it. */
type Place = readonly [file: string, text: string];

/** What a diagnosis must tell of one lost tag. */
export interface Account {
  /** What the repository holds. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the value is read that gets lost, as the chain begins. */
  readonly read: Place;
  readonly fallback: Place;
  /** Names of the jobs that pushed, that made the pushed name, and that made up the other one. */
  readonly jobs: readonly [pushed: string, named: string, madeUp: string];
  /** Seconds ago, of the push. */
  readonly at: number;
  /** Of the two findings. */
  readonly lost: object;
  readonly hidden: object;
  /** false: the logs are gone, and nothing of them may be claimed. */
  readonly logs?: false;
}

/** How each step of the chain begins, in order. */
export function beginningsOf({ pushed, asked }: Told, account: Account, minute: Builds['minute']): readonly string[] {
  const { jobs, logs = true } = account;
  const [pushedIn, namedIn, madeIn] = jobs;
  const hasClock = /-\d\d-\d\d$/.test(asked);
  const end = hasClock ? ` at ${minute(WHEN.madeUp)}` : '';
  return [
    logs
      ? `job ${pushedIn} pushed ${pushed} at ${minute(account.at)}: `
      : `the registry has ${pushed}, made at ${minute(WHEN.named)} in job ${namedIn}`,
    `${lineAt(account, account.read)} job `,
    ...(logs && hasClock ? [`the log of job ${madeIn} shows `] : []),
    `${lineAt(account, account.fallback)} makes `,
    ...(hasClock ? [`${minute(WHEN.named)} in ${pushed} lies in job ${namedIn}`] : []),
    `the pod asks for ${asked}, which came out of job ${madeIn}${end}; nothing was pushed under that name`,
  ];
}

/** `.github/workflows/deploy.yml:26` */
export function lineAt({ files }: Account, [file, text]: Place): string {
  const lines = (files[file] ?? '').split('\n').flatMap((row, index) => (row.includes(text) ? [index + 1] : []));
  if (lines.length !== 1) throw new Error(`${file} has "${text}" in ${lines.length} lines`);
  return `${file}:${lines[0]}`;
}

/** Each begins a step, one after the other; others may stand between them. */
export function expectInOrder(steps: readonly string[], beginnings: readonly string[]): void {
  let last = -1;
  const found = beginnings.map((beginning) => {
    const next = steps.findIndex((step, index) => index > last && step.startsWith(beginning));
    if (next >= 0) last = next;
    return next >= 0 ? beginning : `not among the steps after ${last + 1}: ${beginning}`;
  });
  expect({ steps, found }).toEqual({ steps, found: beginnings });
}
