/** The fix that the checker has tried, beside the account that it mends. */
import { withoutSecrets } from '../../build/log-mask.ts';
import type { Finding } from '../check.ts';
import { pipelineFix } from '../pipeline-fix.ts';
import type { Pipeline } from './pipeline.ts';

/** Longer ones are for the pull request. */
const MOST_LINES = 80;

/** With the fix as a diff, where one was proven; the same for a loss and for the fallback that hides it. */
export function withDiff(finding: Finding, pipeline: Pipeline): Finding {
  const { rule, ref, file } = finding.detail;
  if (typeof rule !== 'string' || typeof ref !== 'string') return finding;
  const diff = pipelineFix(pipeline.trace, { rule, ref })?.diff;
  if (diff === undefined) return finding;
  // The thread has other readers than the repository: a password beside the edit must not get there.
  const lines = diff.trimEnd().split('\n').map(withoutSecrets);
  const left = lines.length - MOST_LINES;
  const how = `see the pull request, or pullcheck workflow --diff ${typeof file === 'string' ? file : 'FILE'}`;
  const shown = left > 0 ? [...lines.slice(0, MOST_LINES), `… ${left} more lines: ${how}`] : lines;
  return { ...finding, detail: { ...finding.detail, diff: shown } };
}
