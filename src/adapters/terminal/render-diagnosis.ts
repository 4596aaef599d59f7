/** A diagnosis as text, for a person at a terminal. */
import type { Diagnosis, Light, RegistryReport, StepReport } from '../../diagnosis/diagnosis.ts';
import { tellingReports, wayLine } from '../../diagnosis/registry-report.ts';
import { notesOf } from '../../diagnosis/withheld.ts';
import type { Style } from './style.ts';
import { count, table } from './table.ts';
import { wrap } from './wrap.ts';

/** Images whose registry is shown. */
const MOST_REPORTS = 4;

const MARKS = { passed: '✓', failed: '✗', inconclusive: '?', skipped: '-' } as const;

/** The whole report; ends without a line break. */
export function renderDiagnosis(diagnosis: Diagnosis, style: Style): string {
  const parts = [
    verdict(diagnosis, style),
    lights(diagnosis, style),
    section(
      'Steps',
      diagnosis.steps.map((step) => renderStep(briefly(step, diagnosis), style, style.width)),
      style,
    ),
    section('Findings', findings(diagnosis, style), style),
    ...tellingReports(diagnosis)
      .slice(0, MOST_REPORTS)
      .map((report) => section(`Asked of ${report.host}, from here`, registryLines(report, style), style)),
    section('How it came about', chain(diagnosis, style), style),
    section('The fix, tried by the checker', diff(diagnosis, style), style),
    section(
      'Ruled out',
      diagnosis.ruledOut.length > 0
        ? [wrap(diagnosis.ruledOut.map((one) => one.cause).join(', '), style.width, '  ')]
        : [],
      style,
    ),
    section(
      'Could not see',
      diagnosis.gaps.map((gap) => wrap(gap, style.width, '  ')),
      style,
    ),
    section('To do by hand', byHand(diagnosis, style), style),
    section(
      'What would help',
      [
        ...diagnosis.remedies.map((remedy) => help(remedy, style)),
        ...notesOf(diagnosis).withheld.map((note) => wrap(note, style.width, '  ')),
      ],
      style,
    ),
    style.dim(wrap(footer(diagnosis), style.width)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function help({ title, risk, command, standing }: Diagnosis['remedies'][number], style: Style): string {
  const before = standing === undefined ? [] : [`    ${standing.note} ${standing.url}`];
  const toType = standing?.settled === true ? [] : command.split('\n').map((line) => style.dim(`    $ ${line}`));
  return [`  ${title} (${risk})`, ...before, ...toType].join('\n');
}

/** What the verdict says is not said again. */
function briefly(step: StepReport, { verdict: { told } }: Diagnosis): StepReport {
  const isTold = told !== undefined && step.summary.replace(/\.$/, '') === told.what;
  return isTold ? { ...step, summary: 'see the verdict' } : step;
}

/** The verdict's own sentence stands above and is not said again. */
function findings({ findings: all, verdict: { summary: said } }: Diagnosis, style: Style): readonly string[] {
  return all.map(({ cause, confidence, pod, container, summary, because }) => {
    const head = `${cause} (${confidence})${pod === '' ? '' : ` ${pod}/${container}`}`;
    const sentence = said.includes(summary.replace(/\.$/, '')) ? head : `${head}: ${summary}`;
    return `${wrap(sentence, style.width, '  ')}\n${style.dim(`    because of: ${because.join(', ')}`)}`;
  });
}

/** From the pushed tag to the asked one; findings of one account share it. */
function chain({ findings: all }: Diagnosis, { width }: Style): readonly string[] {
  const steps = all.map(({ detail }) => detail['chain']).find((one) => Array.isArray(one));
  return Array.isArray(steps) ? steps.map((one, index) => wrap(String(one), width, `  ${index + 1}. `)) : [];
}

/** The edit that mends the pipeline. */
function diff({ findings }: Diagnosis, style: Style): readonly string[] {
  const lines = findings.map(({ detail }) => detail['diff']).find((one) => Array.isArray(one));
  if (!Array.isArray(lines)) return [];
  return lines.map(String).map((line) => {
    const paint = /^[+](?![+])/.test(line) ? style.good : /^-(?!-)/.test(line) ? style.bad : style.dim;
    return `  ${paint(line)}`;
  });
}

function verdict(diagnosis: Diagnosis, style: Style): string {
  const { verdict: said, target } = diagnosis;
  const paint = said.cause === 'healthy' ? style.good : said.cause === 'undetermined' ? style.unsure : style.bad;
  const severity = said.severity === 'none' ? '' : ` · ${said.severity}`;
  const open = said.alternatives.length > 0 ? `\n  also possible: ${said.alternatives.join(', ')}` : '';
  const of = target.workload && target.kind === 'Pod' ? ` (${target.workload.kind} ${target.workload.name})` : '';
  const understood = notesOf(diagnosis)
    .understood.map((note) => `\n${style.dim(note)}`)
    .join('');
  return `${style.bold(`${target.kind} ${target.name}`)}${of} in ${target.namespace}, cluster ${target.cluster}${understood}\n${paint(style.bold(said.cause))} · ${said.confidence}${severity}\n${summary(said, style)}${open}`;
}

/** What, where, since when, what to do, whose turn: a line each; in a pipe too. */
function summary({ told, summary: sentence }: Diagnosis['verdict'], { width, bold }: Style): string {
  if (told === undefined) return wrap(sentence, width, '  ');
  const { what, where, since, act, owner, notes } = told;
  const place = [where, since === '' ? '' : `waiting since ${since}`].filter((part) => part !== '').join(', ');
  const rows = [['where', place], ['to do', act], ['who', owner], ...notes.map((note) => ['note', `${note}.`])].filter(
    ([, text]) => text !== '',
  );
  const lines = rows.map(([name = '', text = '']) =>
    wrap(text, width, `  ${name.padEnd(5)}  `).replace(name, bold(name)),
  );
  return [wrap(`${what}.`, width, '  '), ...lines].join('\n');
}

function lights({ lights: shown, lightNotes, verdict: { summary: said } }: Diagnosis, style: Style): string {
  const row = (name: keyof typeof shown): string => {
    const note = said.includes(lightNotes[name].replace(/\.$/, '')) ? '' : lightNotes[name];
    const text = wrap(note, style.width, `  ● ${name.padEnd(12)} ${shown[name].padEnd(7)} `).slice(3);
    return `  ${light(shown[name], style)}${text}`.trimEnd();
  };
  return [row('reference'), row('credentials'), row('reachability')].join('\n');
}

/** The way, then the table: credential, token, manifest. */
function registryLines({ way, host, asked }: RegistryReport, { width }: Style): string[] {
  const line = wayLine(way, host);
  const rows = asked.map(({ credential, token, manifest, means }) => [credential, token, manifest, means]);
  const answers = table([['CREDENTIAL', 'TOKEN', 'MANIFEST', 'MEANS'], ...rows], '  ', width);
  return [...(line === '' ? [] : [wrap(line, width, '  ')]), answers];
}

/** Each command once, in the order of the findings. */
function byHand({ findings }: Diagnosis, style: Style): readonly string[] {
  const commands = findings.flatMap((finding) => finding.commands ?? []);
  return [...new Set(commands)].map((command) => style.dim(`    $ ${command}`));
}

function light(value: Light, style: Style): string {
  return value === 'good' ? style.good('●') : value === 'bad' ? style.bad('●') : style.unsure('○');
}

/** One step, its command below; as plain progress on one line. */
export function renderStep(
  step: Pick<StepReport, 'title' | 'status' | 'summary' | 'command'>,
  style: Style,
  width = Number.POSITIVE_INFINITY,
): string {
  const paint = step.status === 'failed' ? style.bad : step.status === 'passed' ? style.good : style.unsure;
  const mark = MARKS[step.status];
  const said = wrap(`${step.title}${step.summary === '' ? '' : `: ${step.summary}`}`, width, `  ${mark} `);
  const command = step.command === '' ? '' : `\n${style.dim(`      $ ${step.command}`)}`;
  return `  ${paint(mark)}${said.slice(2 + mark.length)}${command}`;
}

function section(title: string, lines: readonly string[], style: Style): string {
  return lines.length === 0 ? '' : `${style.bold(title)}\n${lines.join('\n')}`;
}

function footer({ kind, scope, calls, durationMs }: Diagnosis): string {
  const who =
    kind === 'Preflight'
      ? 'no pod was looked at'
      : scope.pods === 0
        ? 'no pod is stuck'
        : `${count(scope.pods, 'pod')} of ${count(scope.workloads, 'workload')} in ${count(scope.namespaces, 'namespace')} on ${count(scope.nodes, 'node')} affected`;
  const github = calls.github === 0 ? '' : `, ${count(calls.github, 'GitHub call')}`;
  return `${who} · ${count(calls.kubernetes, 'Kubernetes call')}, ${count(calls.registry, 'registry call')}${github} · ${durationMs} ms`;
}
