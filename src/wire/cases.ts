/** Case files on this machine: `--save-case FILE` and `pullcheck replay FILE`. */
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readCase, unusable, writeCase } from '../adapters/files/case-file.ts';
import { CHECKS } from '../diagnosis/checks/index.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Recording } from '../diagnosis/recording.ts';
import { errorLine, PullcheckError, UsageError } from '../errors.ts';
import { replay } from '../flow/replay.ts';
import { REMEDIES } from '../remediation/remedies/index.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { textOf } from './credentials.ts';
import { shown } from './shown.ts';

/** Checks the place first, so that a long look is not for nothing. Throws UsageError `file-unwritable`. */
export function caseSaver(file: string | undefined, tool: string): ((recording: Recording) => void) | undefined {
  if (file === undefined) return undefined;
  guarded(file, () => {
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a directory');
  });
  // For the owner alone: it is redacted, but it still tells what runs where.
  return (recording) => guarded(file, () => writeFileSync(file, writeCase(recording, tool), { mode: 0o600 }));
}

/** Throws UsageError for what is no case file, or one that makes no sense to the checks. */
export async function replayCase(file: string, runbooks: readonly Runbook[]): Promise<Diagnosis> {
  return replayText(textOf(file), file, runbooks);
}

/** The same from a text; `file` is its name for people. */
export async function replayText(text: string, file: string, runbooks: readonly Runbook[]): Promise<Diagnosis> {
  const recording = readCase(text, file);
  try {
    return shown(await replay({ runbooks, checks: CHECKS, remedies: REMEDIES }, recording));
  } catch (error) {
    if (error instanceof PullcheckError) throw error;
    throw unusable(file, `what was seen makes no sense (${errorLine(error)})`);
  }
}

function guarded(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new UsageError({
      code: 'file-unwritable',
      message: `${file} cannot be written: ${errorLine(error)}.`,
      hint: 'Choose another file after --save-case.',
      cause: error,
    });
  }
}
