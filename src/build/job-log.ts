/**
 * A job's log, reduced to what proves something. Facts: actions/runner `JobExtension.cs` ("Evaluate and set job outputs", then
 * `Set output 'name'` for each output that is not empty; a masked one is dropped with a warning) and `ScriptHandler.cs` (each step prints
 * its script, then its resolved `env:`; an action its `with:` and `env:`).
 */

import { makeErrorTail } from './log-errors.ts';
import { makeLineReader } from './log-line.ts';
import { type Mention, makeMentions } from './log-mentions.ts';
import { makePushes, type PushedImage } from './log-pushes.ts';
import { type LogStep, makeSteps } from './log-steps.ts';

export type { LogStep, Mention, PushedImage };

export interface JobLog {
  /** Names of outputs that were set; undefined: the job's end was not seen (no outputs declared, or the log is cut). */
  readonly outputsSet?: readonly string[];
  /** Outputs dropped because their value contains a secret. */
  readonly outputsMasked: readonly string[];
  readonly steps: readonly LogStep[];
  readonly pushed: readonly PushedImage[];
  /** What a command line said that it would push; no proof that it did. */
  readonly planned?: readonly PushedImage[];
  /** At most 300, in the order of the log. */
  readonly mentions?: readonly Mention[];
  /**
   * `##[error]` lines, and before a bare exit code the three lines that stood there; ANSI codes removed, what looks like a secret
   * masked; at most 20.
   */
  readonly errors: readonly string[];
  /** true: only the end, or only the beginning, was read. */
  readonly truncated: boolean;
}

/** Reads a log that arrives in pieces; a piece may end in the middle of a line. */
export interface JobLogReader {
  push(piece: string): void;
  /** `truncated`: the caller did not give all of it. */
  end(truncated?: boolean): JobLog;
}

/** Bounded in memory, linear in time. Never throws. */
export function openJobLog(): JobLogReader {
  const lines = makeLineReader();
  const steps = makeSteps();
  const pushes = makePushes();
  const mentions = makeMentions();
  const errors = makeErrorTail();
  let outputs: { readonly set: Set<string>; readonly masked: Set<string> } | undefined;

  function read(raw: string): void {
    const line = lines.parse(raw);
    const evaluated = line.text.trim() === 'Evaluate and set job outputs';
    // A script may print the same words: the runner's own stand last.
    if (evaluated) outputs = { set: new Set(), masked: new Set() };
    const inGroup = steps.read(line);
    mentions.read(line);
    if (inGroup) return;
    errors.read(line);
    pushes.read(line);
    if (outputs === undefined) return;
    const set = /^Set output '([^']{1,200})'\s*$/.exec(line.text)?.[1];
    if (set !== undefined) outputs.set.add(set);
    const masked = /^(?:##\[warning\])?Skip output '([^']{1,200})' since it may contain secret/.exec(line.text)?.[1];
    if (masked !== undefined) outputs.masked.add(masked);
  }

  return {
    push: (piece) => {
      for (const line of lines.split(piece)) read(line);
    },
    end: (truncated = false) => {
      for (const line of lines.rest()) read(line);
      const planned = pushes.planned();
      return {
        ...(outputs === undefined ? {} : { outputsSet: [...outputs.set] }),
        outputsMasked: [...(outputs?.masked ?? [])],
        steps: steps.all(),
        pushed: pushes.pushed(),
        ...(planned.length === 0 ? {} : { planned }),
        mentions: mentions.all(),
        errors: errors.all(),
        truncated,
      };
    },
  };
}

/** A whole log at once. */
export function readJobLog(text: string, truncated = false): JobLog {
  const reader = openJobLog();
  reader.push(text);
  return reader.end(truncated);
}
