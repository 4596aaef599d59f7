/** The workflow report as a linter prints it: place, severity, rule, one sentence, the fix. */
import type { Severity, WorkflowReport } from '../../workflow/finding.ts';
import type { Style } from './style.ts';
import { count } from './table.ts';

export function renderWorkflow(report: WorkflowReport, style: Style): string {
  if (report.findings.length === 0) return style.good(`${count(report.files.length, 'file')} checked, nothing found.`);
  const colour: Readonly<Record<Severity, (text: string) => string>> = {
    error: style.bad,
    warning: style.unsure,
    info: style.dim,
  };
  const rows = report.findings.map((one) => {
    const place = style.bold(`${one.file}:${one.exprLine}:${one.exprColumn}`);
    const head = `${place}: ${colour[one.severity](one.severity)} ${one.rule}${one.job === null ? '' : ` (job ${one.job})`}`;
    return `${head}\n  ${one.message}\n  ${style.dim('Fix:')} ${one.fix}`;
  });
  const many = (severity: Severity) => report.findings.filter((one) => one.severity === severity).length;
  const [errors, warnings, infos] = [many('error'), many('warning'), many('info')];
  const sum = [count(errors, 'error'), count(warnings, 'warning'), ...(infos > 0 ? [count(infos, 'hint')] : [])];
  return [...rows, `${sum.join(', ')} in ${count(report.files.length, 'file')}.`].join('\n\n');
}
