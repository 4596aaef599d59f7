/** What a reviewer reads: the fault, the evidence, why this edit, and that it was tried. */
import type { CheckedFix } from '../../workflow/fix.ts';

export interface BodyFacts {
  readonly fix: Pick<CheckedFix, 'title' | 'why' | 'findings'>;
  /** What happened, one line each. */
  readonly evidence: readonly string[];
  /** The run's page. */
  readonly run: string;
  /** Page of the thread in which it was asked for, where there is one. */
  readonly thread?: string | undefined;
}

/** Markdown. Words of others stand in a fenced block, so that nothing in them is a mention, a link or a command. */
export function pullRequestBody({ fix, evidence, run, thread }: BodyFacts): string {
  const found = fix.findings.map(({ file, exprLine, rule, message }) => `${file}:${exprLine} ${rule}: ${message}`);
  return [
    `A cluster was asked for an image that nobody pushed. The run that did it: ${addressOf(run) ?? 'not known'}`,
    '',
    ...fenced(evidence),
    '',
    'What the checker finds in these files, and no longer finds after this change:',
    '',
    ...fenced(found),
    '',
    'Why this edit:',
    '',
    ...fenced([fix.why]),
    '',
    `${openedBy(thread)} Nothing else was changed: review it like any other change.`,
    '',
  ].join('\n');
}

/**
 * Of a pull request and of its commit: one line in which nothing is a mention, a link or an order to close an issue. File names and what
 * workflows call things are anybody's words.
 */
export function plainTitle(text: string): string {
  const line = plain(text).replaceAll('@', '＠').replaceAll('#', '＃').replaceAll('://', ': //');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** Who opened it, and where that was talked about. */
export function openedBy(thread: string | undefined): string {
  const address = thread === undefined ? undefined : addressOf(thread);
  const link = address === undefined ? '' : ` (${address})`;
  return `Opened by Pullcheck on request of a person in the incident’s thread${link}.`;
}

/** A page's address; undefined where it is more than that. */
function addressOf(link: string): string | undefined {
  const url = URL.parse(link);
  return url !== null && /^https?:$/.test(url.protocol) && !/[\s<>()[\]`]/.test(link) ? link : undefined;
}

/** One line, without characters that nobody sees or that turn what others see around. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** A block of code, one line each, out of which no line can break. */
export function fenced(lines: readonly string[]): readonly string[] {
  return ['```text', ...lines.map((line) => plain(line).replaceAll('`', 'ˋ')), '```'];
}
