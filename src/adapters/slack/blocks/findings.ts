/** The findings reply: what it is and how sure, from what, what it is not, what could not be seen, what to type. */
import type { Diagnosis, RegistryReport } from '../../../diagnosis/diagnosis.ts';
import { tellingReports, wayLine } from '../../../diagnosis/registry-report.ts';
import { notesOf } from '../../../diagnosis/withheld.ts';
import { count } from '../../../diagnosis/words.ts';
import { chain, diff } from './chain.ts';
import { clampEscaped, cleaned, escaped, link } from './escape.ts';
import { findingSections, words } from './finding.ts';
import { fit } from './fit.ts';
import { context, fence, header, type Message, type MessageBlock, section } from './parts.ts';
import { verdictText } from './verdict.ts';

const MAX_REPORTS = 4;

export function findings(diagnosis: Diagnosis): Message {
  const body: MessageBlock[] = [
    header(`Findings: ${diagnosis.verdict.cause}`),
    ...findingSections(diagnosis),
    ...tellingReports(diagnosis).slice(0, MAX_REPORTS).map(registryTable),
    ...chain(diagnosis),
    ...diff(diagnosis),
    ...standing(diagnosis),
    ...withheld(diagnosis),
    ...gaps(diagnosis),
    ...ruledOut(diagnosis),
    ...commands(diagnosis),
  ];
  return fit({ text: `Findings: ${verdictText(diagnosis)}`, body, tail: [context(footer(diagnosis))] });
}

/** Pull requests that were opened before; an open one stands instead of its button. */
function standing({ remedies }: Diagnosis): MessageBlock[] {
  const rows = remedies.flatMap(({ standing: one }) =>
    one === undefined ? [] : [`• ${clampEscaped(escaped(one.note), 400)} ${link(one.url, `#${one.number}`)}`],
  );
  return rows.length === 0 ? [] : [section(`*Proposed before*\n${rows.join('\n')}`)];
}

/** What stands in the place of a button. */
function withheld(diagnosis: Diagnosis): MessageBlock[] {
  return notesOf(diagnosis).withheld.map((note) => section(`:no_entry: ${clampEscaped(escaped(note), 600)}`));
}

/** Wider ones would be broken in the middle of a row. */
const WIDEST = 80;

/** The experiment: the way, then credential, token, manifest. Columns stand only in a fence, and only when they are escaped before. */
function registryTable({ host, way, asked }: RegistryReport): MessageBlock {
  const rows = asked.map(({ credential, token, manifest, means }) => [credential, token, manifest, means].map(cell));
  const columns = inColumns([['credential', 'token', 'manifest', 'means'], ...rows]);
  const lines = columns.every((row) => row.length <= WIDEST) ? columns : stacked(rows);
  const line = wayLine(way, host);
  const small = line === '' ? '' : `\n${clampEscaped(escaped(line), 700)}`;
  return section(`*Asked of ${clampEscaped(escaped(host), 260)}, from here*${small}\n${fence(lines, 1900)}`);
}

function inColumns(cells: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The credential on a line of its own, its answers in columns below. */
function stacked(rows: readonly (readonly string[])[]): readonly string[] {
  const answers = inColumns([
    ['  token', 'manifest', 'means'],
    ...rows.map(([, token, ...rest]) => [`  ${token}`, ...rest]),
  ]);
  return [`credential\n${answers[0]}`, ...rows.map(([credential], at) => `${credential}\n${answers[at + 1]}`)];
}

function cell(text: string): string {
  const line = cleaned(text).replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

function gaps(diagnosis: Diagnosis): MessageBlock[] {
  if (diagnosis.gaps.length === 0) return [];
  const rows = diagnosis.gaps.slice(0, 8).map((gap) => `• ${clampEscaped(escaped(gap), 330)}`);
  const more = diagnosis.gaps.length - rows.length;
  return [section(`*Could not be seen*\n${rows.join('\n')}${more > 0 ? `\n… and ${more} more` : ''}`)];
}

function ruledOut(diagnosis: Diagnosis): MessageBlock[] {
  if (diagnosis.ruledOut.length === 0) return [];
  const rows = diagnosis.ruledOut
    .slice(0, 20)
    .map((one) => `${one.cause} (${one.because.map((kind) => clampEscaped(escaped(words(kind)), 60)).join(', ')})`);
  return [section(`*Ruled out:* ${rows.join(' · ')}`)];
}

function commands(diagnosis: Diagnosis): MessageBlock[] {
  const look = diagnosis.steps
    .filter((step) => step.command !== '' && (step.status === 'failed' || step.status === 'inconclusive'))
    .map((step) => step.command);
  const act = [
    ...diagnosis.findings.flatMap((one) => one.commands ?? []),
    ...diagnosis.remedies
      .filter((remedy) => remedy.command !== '' && remedy.standing?.settled !== true)
      .map((remedy) => remedy.command),
  ];
  return [
    ...(look.length > 0 ? [section(`*See it yourself*\n${fence([...new Set(look)], 2500)}`)] : []),
    ...(act.length > 0 ? [section(`*By hand*\n${fence([...new Set(act)], 2500)}`)] : []),
  ];
}

function footer(diagnosis: Diagnosis): string {
  const { pods, workloads, namespaces, nodes } = diagnosis.scope;
  const { kubernetes, registry, github } = diagnosis.calls;
  const affected =
    diagnosis.kind === 'Preflight'
      ? 'no pod was looked at'
      : `affected: ${count(pods, 'pod')}, ${count(workloads, 'workload')}, ${count(namespaces, 'namespace')}, ${count(nodes, 'node')}`;
  return (
    `${affected} · ` +
    `took ${diagnosis.durationMs} ms, ${kubernetes} Kubernetes, ${registry} registry, ${github} GitHub calls`
  );
}
