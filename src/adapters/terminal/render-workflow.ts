/** The workflow report as a linter prints it: place, severity, rule, one sentence, the fix and the lines that it changes. */
import type { Finding, Severity, WorkflowReport } from '../../workflow/finding.ts';
import type { Style } from './style.ts';
import { count } from './table.ts';

const MAX_LINES = 12;

export function renderWorkflow(report: WorkflowReport, style: Style): string {
  const written = (report.changes ?? [])
    .filter((one) => one.written)
    .map(({ file }) => `${style.good('fixed')} ${file}`);
  const checked = `${count(report.files.length, 'file')} checked`;
  if (report.findings.length === 0) return [...written, style.good(`${checked}, nothing found.`)].join('\n');
  const many = (severity: Severity) => report.findings.filter((one) => one.severity === severity).length;
  const [errors, warnings, infos] = [many('error'), many('warning'), many('info')];
  const sum = [count(errors, 'error'), count(warnings, 'warning'), ...(infos > 0 ? [count(infos, 'hint')] : [])];
  const shown = new Set<string | undefined>();
  const rows = report.findings.map((one) => {
    // One fix often mends several findings: its lines stand under the first.
    const row = rowOf(one, style, shown.has(one.diff) ? '' : (one.diff ?? ''));
    shown.add(one.diff);
    return row;
  });
  return [...written, ...rows, `${sum.join(', ')} in ${count(report.files.length, 'file')}.`].join('\n\n');
}

/** Nothing but the diffs, as `git apply` reads them. */
export function renderChanges(report: WorkflowReport): string {
  return (report.changes ?? [])
    .map(({ diff }) => diff)
    .join('')
    .trimEnd();
}

function rowOf(one: Finding, style: Style, diff: string): string {
  const colour: Readonly<Record<Severity, (text: string) => string>> = {
    error: style.bad,
    warning: style.unsure,
    info: style.dim,
  };
  const place = style.bold(`${one.file}:${one.exprLine}:${one.exprColumn}`);
  const head = `${place}: ${colour[one.severity](one.severity)} ${one.rule}${one.job === null ? '' : ` (job ${one.job})`}`;
  return [head, `  ${one.message}`, `  ${style.dim('Fix:')} ${one.fix}`, ...changedLines(diff, style)].join('\n');
}

/** What goes and what comes, with the file where there is more than one. */
function changedLines(diff: string, style: Style): string[] {
  const files = diff.split('\n').filter((line) => line.startsWith('+++ ')).length;
  const lines = diff.split('\n').flatMap((line) => {
    if (line.startsWith('+++ ')) return files > 1 ? [`    ${style.dim(line.slice('+++ b/'.length))}`] : [];
    if (line.startsWith('--- ') || !/^[-+]/.test(line)) return [];
    return [`    ${(line.startsWith('+') ? style.good : style.bad)(line)}`];
  });
  return lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `    ${style.dim('… (--diff shows all)')}`] : lines;
}
