/** Small reports as text: credentials, runbook lint. */
import type { CredentialsView } from '../../image/credentials-view.ts';
import type { RunbookReport } from './commands.ts';
import type { Style } from './style.ts';
import { count, table } from './table.ts';
import { wrap } from './wrap.ts';

export function renderCredentials(report: CredentialsView, style: Style): string {
  if (report.error === 'invalid-image')
    return style.bad('The image reference cannot be parsed: the kubelet stops before it looks for credentials.');
  const tried = report.tried.map((one, index) => [String(index + 1), `secret/${one.secret}`, one.entry, one.username]);
  const ignored = report.ignored.map((one) => [`secret/${one.secret}`, one.entry ?? '(all)', one.reason]);
  const head =
    report.error === 'secrets'
      ? style.bad(
          `A Secret that cannot be decoded makes the kubelet's whole lookup fail: nothing is tried for ${report.repository}.`,
        )
      : tried.length === 0
        ? style.unsure(`The pod brings no credential for ${report.repository}.`)
        : `For ${style.bold(report.repository)} the kubelet tries, in this order:`;
  const node =
    report.error === null
      ? wrap(
          "Then the node's own credentials (provider plugins, its docker config), which cannot be seen from here.",
          style.width,
        )
      : '';
  const parts = [
    head,
    tried.length > 0 ? table([['#', 'SECRET', 'ENTRY', 'USER'], ...tried], '  ', style.width) : '',
    node,
    ignored.length > 0
      ? `${style.bold('Ignored')}\n${table([['SECRET', 'ENTRY', 'WHY'], ...ignored], '  ', style.width)}`
      : '',
  ];
  const gaps = (report.gaps ?? []).map((gap) => style.dim(wrap(`Could not see: ${gap}`, style.width)));
  return [...parts, ...gaps].filter((part) => part !== '').join('\n');
}

export function renderRunbookReport(report: RunbookReport, style: Style): string {
  if (report.problems.length === 0) return style.good(`${count(report.files, 'runbook')} valid.`);
  return report.problems.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`).join('\n');
}
