/** `pullcheck workflow`: files of this machine through the checker, and their fixes into them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { checkFiles } from '../workflow/check.ts';
import type { Finding, WorkflowReport } from '../workflow/finding.ts';
import type { FixedFile } from '../workflow/fix.ts';
import { repaired, withDiffs } from '../workflow/propose.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { unifiedDiff } from '../workflow/unified-diff.ts';
import { textOf } from './credentials.ts';

interface FileText {
  readonly file: string;
  readonly text: string;
}

/**
 * `changes`: all fixes as diffs, too; `write`: into the files, and the report says what is left then. Throws UsageError for a file that
 * cannot be read or written, and for a job that none of the files has.
 */
export function checkWorkflows(
  paths: readonly string[],
  { job, changes = false, write = false }: { job?: string; changes?: boolean; write?: boolean } = {},
): WorkflowReport {
  const files = paths.map((file) => ({ file, text: textOf(file) }));
  if (job !== undefined) jobIn(files, job);
  if (!changes && !write) return reportOf(files, job);
  const wanted = (finding: Finding) => job === undefined || finding.job === null || finding.job === job;
  const fixed = repaired(files, readBeside, wanted);
  if (write) writeBack(fixed);
  const left = write ? paths.map((file) => ({ file, text: textOf(file) })) : files;
  const told = fixed.map(({ path, before, after }) => ({
    file: path,
    diff: unifiedDiff(before, after, path),
    written: write,
  }));
  return { ...reportOf(left, job), changes: told };
}

function reportOf(files: readonly FileText[], job: string | undefined): WorkflowReport {
  const report = checkFiles(files, readBeside, job);
  return { ...report, findings: withDiffs(report.findings, files, readBeside) };
}

function jobIn(files: readonly FileText[], job: string): void {
  const jobs = files.flatMap(({ file, text }) => readWorkflow(file, text)?.jobs.map(({ id }) => id) ?? []);
  if (!jobs.includes(job))
    throw new UsageError({
      code: 'job-unknown',
      message: `There is no job ${job} in ${files.map(({ file }) => file).join(', ')}.`,
      hint: `Jobs: ${jobs.filter((id) => id !== '').join(', ') || 'none'}.`,
    });
}

/** All or none, and only where the text is the file: bytes that are no UTF-8 would be lost. */
function writeBack(files: readonly FixedFile[]): void {
  for (const { path, before } of files)
    if (!Buffer.from(before, 'utf8').equals(readFileSync(path)))
      throw new UsageError({ code: 'file-changed', message: `${path} is not UTF-8, or was changed meanwhile.` });
  for (const { path, after } of files)
    try {
      writeFileSync(path, after);
    } catch (error) {
      throw new UsageError({ code: 'file-unwritable', message: `${path} cannot be written.`, cause: error });
    }
}

/** A file that a workflow uses; undefined when it is not there. */
function readBeside(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
