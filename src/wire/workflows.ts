/** `pullcheck workflow`: files of this machine through the checker. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { checkFiles } from '../workflow/check.ts';
import type { WorkflowReport } from '../workflow/finding.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { textOf } from './credentials.ts';

/** Throws UsageError for a file that cannot be read, and for a job that none of the files has. */
export function checkWorkflows(paths: readonly string[], job?: string): WorkflowReport {
  const files = paths.map((file) => ({ file, text: textOf(file) }));
  if (job !== undefined) {
    const jobs = files.flatMap(({ file, text }) => readWorkflow(file, text)?.jobs.map(({ id }) => id) ?? []);
    if (!jobs.includes(job))
      throw new UsageError({
        code: 'job-unknown',
        message: `There is no job ${job} in ${paths.join(', ')}.`,
        hint: `Jobs: ${jobs.filter((id) => id !== '').join(', ') || 'none'}.`,
      });
  }
  return checkFiles(files, readBeside, job);
}

/** A file that a workflow uses; undefined when it is not there. */
function readBeside(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
