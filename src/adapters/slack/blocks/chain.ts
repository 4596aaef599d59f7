/** How a lost tag came about, from the pushed tag to what the pod asks for, and the edit that mends it. */
import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
import { clampEscaped, escaped, link } from './escape.ts';
import { fence, type MessageBlock, section } from './parts.ts';

/** Of a long chain both ends are drawn: where the tag was made, and what the pod asks for. */
const AT_THE_START = 5;
const AT_THE_END = 3;
const MOST_IN_A_SECTION = 2800;
const LONGEST_LINK = 600;

/** The steps as the finding has them; findings of one account share them. */
export function chainOf({ findings }: Diagnosis): readonly string[] {
  const steps = findings.map(({ detail }) => detail['chain']).find((one) => Array.isArray(one));
  return Array.isArray(steps) ? steps.map(String) : [];
}

/** Numbered sentences, each with a link that is whole or not there. */
export function chain(diagnosis: Diagnosis): MessageBlock[] {
  const steps = chainOf(diagnosis);
  if (steps.length === 0) return [];
  const pages = originOf(diagnosis);
  const drawn = steps.map((step, index) => `${index + 1}. ${chainStep(step, pages)}`);
  const between = drawn.length - AT_THE_START - AT_THE_END;
  // One row that says "1 step between" is no shorter than the step.
  const rows =
    between > 1
      ? [
          ...drawn.slice(0, AT_THE_START),
          `_… ${between} steps between; \`pullcheck pod\` in the terminal shows all_`,
          ...drawn.slice(-AT_THE_END),
        ]
      : drawn;
  const [first = '', ...rest] = packed(rows);
  return [section(`*How it came about*\n${first}`), ...rest.map(section)];
}

/** The edit that mends the pipeline, tried by the checker; the button opens it as a pull request. */
export function diff({ findings }: Diagnosis): MessageBlock[] {
  const lines = findings.map(({ detail }) => detail['diff']).find((one) => Array.isArray(one));
  if (!Array.isArray(lines) || lines.length === 0) return [];
  return [section(`*The fix, tried by the checker*\n${fence(lines.map(String), 2700)}`)];
}

/** Whole rows, as many in a section as fit. */
function packed(rows: readonly string[]): readonly string[] {
  const parts: string[] = [];
  for (const row of rows) {
    const last = parts.at(-1);
    if (last === undefined || last.length + row.length + 1 > MOST_IN_A_SECTION) parts.push(row);
    else parts[parts.length - 1] = `${last}\n${row}`;
  }
  return parts;
}

/** Only pages of the code host that was asked become links: a log can say anything. */
function originOf({ findings }: Diagnosis): string | undefined {
  const run = findings.map(({ detail }) => detail['run']).find((one) => typeof one === 'string');
  return typeof run === 'string' && URL.canParse(run) ? new URL(run).origin : undefined;
}

function chainStep(text: string, pages: string | undefined): string {
  const [, words = text, page = ''] = /^(.*?):? (https?:\/\/\S+)$/s.exec(text) ?? [];
  const isOurs = pages !== undefined && page.startsWith(`${pages}/`) && page.length <= LONGEST_LINK;
  if (!isOurs) return clampEscaped(escaped(text), 300);
  const line = /#L(\d+)$/.exec(page)?.[1];
  return `${clampEscaped(escaped(words), 300)} (${link(page, line === undefined ? 'open' : `line ${line}`)})`;
}
