/** The findings reply: what it is and how sure, from what, what it is not, what could not be seen, what to type. */
import { adviceFor } from '../../../diagnosis/advice.ts';
import type { Diagnosis, DiagnosisFinding, RegistryReport } from '../../../diagnosis/diagnosis.ts';
import { tellingReports, wayLine } from '../../../diagnosis/registry-report.ts';
import { clampEscaped, cleaned, code, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { context, fence, header, type Message, type MessageBlock, section } from './parts.ts';
import { confidenceWords, verdict, verdictText } from './verdict.ts';

const MAX_FINDINGS = 8;
const MAX_REPORTS = 4;
const MOST_STEPS = 9;

export function findings(diagnosis: Diagnosis): Message {
  const shown = diagnosis.findings.slice(0, MAX_FINDINGS);
  const more = diagnosis.findings.length - shown.length;
  const body: MessageBlock[] = [
    header(`Findings: ${diagnosis.verdict.cause}`),
    verdict(diagnosis),
    ...shown.map((one, index) => finding(one, index === 0 && one.cause === diagnosis.verdict.cause)),
    ...(more > 0 ? [context(`and ${more} more findings`)] : []),
    ...tellingReports(diagnosis).slice(0, MAX_REPORTS).map(registryTable),
    ...chain(diagnosis),
    ...diff(diagnosis),
    ...standing(diagnosis),
    ...gaps(diagnosis),
    ...ruledOut(diagnosis),
    ...commands(diagnosis),
  ];
  return fit({ text: `Findings: ${verdictText(diagnosis)}`, body, tail: [context(footer(diagnosis))] });
}

/** `told`: the verdict above said what it is and what to do; only the facts follow. */
function finding(one: DiagnosisFinding, told: boolean): MessageBlock {
  const nearest = one.detail['nearest'];
  const facts = Object.entries(one.detail)
    .filter(([key, value]) => key !== 'nearest' && value !== null && !Array.isArray(value))
    .slice(0, 8)
    .map(([key, value]) => `${clampEscaped(escaped(key), 40)} ${code(String(value), 120)}`);
  return section(
    [
      ...(told ? [] : [`*${one.cause}* (${confidenceWords(one.confidence)})`, clampEscaped(escaped(one.summary), 700)]),
      `${one.pod === '' ? '' : `pod ${code(one.pod, 253)}, container ${code(one.container, 63)}, `}image ${code(one.image, 300)}`,
      ...(Array.isArray(nearest) && nearest.length > 0 ? [`nearest tags: ${tagList(nearest)}`] : []),
      ...(facts.length > 0 ? [facts.join(' · ')] : []),
      ...(told ? [] : [`_what to do:_ ${clampEscaped(escaped(adviceFor(one)), 400)}`]),
      `_because of:_ ${one.because.map((kind) => clampEscaped(escaped(kind), 60)).join(', ')}`,
    ].join('\n'),
  );
}

/** From the pushed tag to the asked one, step by step; findings of one account share it. */
function chain({ findings: all }: Diagnosis): MessageBlock[] {
  const steps = all.map(({ detail }) => detail['chain']).find((one) => Array.isArray(one));
  if (!Array.isArray(steps) || steps.length === 0) return [];
  const drawn = steps.map((one, index) => `${index + 1}. ${chainStep(String(one))}`);
  // Its end is what the pod asks for: of a long one the middle is left out.
  const left = drawn.length - MOST_STEPS;
  const rows = left > 0 ? [...drawn.slice(0, MOST_STEPS - 1), `… ${left} more`, ...drawn.slice(-1)] : drawn;
  const [head, ...rest] = [rows.slice(0, 4), rows.slice(4, 8), rows.slice(8)].filter((part) => part.length > 0);
  return [section(`*How it came about*\n${(head ?? []).join('\n')}`), ...rest.map((part) => section(part.join('\n')))];
}

/** A sentence, and a link behind it that is shown whole or not at all. */
function chainStep(text: string): string {
  const [, words = text, link = ''] = /^(.*): (https?:\/\/\S+)$/s.exec(text) ?? [];
  const said = clampEscaped(escaped(words), 300);
  return link === '' || link.length > 400 ? said : `${said}: ${escaped(link)}`;
}

/** The edit that mends the pipeline, tried by the checker; the button opens it as a pull request. */
function diff({ findings: all }: Diagnosis): MessageBlock[] {
  const lines = all.map(({ detail }) => detail['diff']).find((one) => Array.isArray(one));
  if (!Array.isArray(lines) || lines.length === 0) return [];
  return [section(`*The fix, tried by the checker*\n${fence(lines.map(String), 2700)}`)];
}

/** Pull requests that were opened before; an open one stands instead of its button. */
function standing({ remedies }: Diagnosis): MessageBlock[] {
  const rows = remedies.flatMap(({ standing: one }) =>
    one === undefined ? [] : [`• ${clampEscaped(escaped(one.note), 400)} ${escaped(one.url)}`],
  );
  return rows.length === 0 ? [] : [section(`*Proposed before*\n${rows.join('\n')}`)];
}

function tagList(tags: readonly unknown[]): string {
  return tags
    .slice(0, 5)
    .map((tag) => code(String(tag), 128))
    .join(', ');
}

/** The experiment: the way, then credential, token, manifest. Columns stand only in a fence, and only when they are escaped before. */
function registryTable({ host, way, asked }: RegistryReport): MessageBlock {
  const rows = asked.map(({ credential, token, manifest, means }) => [credential, token, manifest, means]);
  const cells = [['credential', 'token', 'manifest', 'means'], ...rows].map((row) => row.map(cell));
  const widths = [0, 1, 2].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const line = wayLine(way, host);
  const small = line === '' ? '' : `\n${clampEscaped(escaped(line), 700)}`;
  return section(`*Asked of ${clampEscaped(escaped(host), 260)}, from here*${small}\n${fence(lines, 1900)}`);
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
    .map((one) => `${one.cause} (${one.because.map((kind) => clampEscaped(escaped(kind), 60)).join(', ')})`);
  return [section(`*Ruled out:* ${rows.join(' · ')}`)];
}

function commands(diagnosis: Diagnosis): MessageBlock[] {
  const look = diagnosis.steps
    .filter((step) => step.command !== '' && (step.status === 'failed' || step.status === 'inconclusive'))
    .map((step) => step.command);
  const act = [
    ...diagnosis.findings.slice(0, MAX_FINDINGS).flatMap((one) => one.commands ?? []),
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

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
