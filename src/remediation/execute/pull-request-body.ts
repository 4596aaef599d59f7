/** What a reviewer reads: the fault, the evidence, why this edit, and that it was tried. */
import type { CheckedFix } from '../../workflow/fix.ts';

export interface BodyFacts {
  readonly fix: Pick<CheckedFix, 'title' | 'why' | 'findings'>;
  /** What happened, one line each. */
  readonly evidence: readonly string[];
  /** The run's page. */
  readonly run: string;
}

/** Markdown. Words of others stand in a fenced block, so that nothing in them is a mention, a link or a command. */
export function pullRequestBody({ fix, evidence, run }: BodyFacts): string {
  const found = fix.findings.map(({ file, exprLine, rule, message }) => `${file}:${exprLine} ${rule}: ${message}`);
  return [
    `A cluster was asked for an image that nobody pushed. The run that did it: ${run}`,
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
    'Opened by Pullcheck on request of a person in the incident’s thread. Nothing else was changed: review it like any other change.',
    '',
  ].join('\n');
}

function fenced(lines: readonly string[]): readonly string[] {
  return ['```text', ...lines.map((line) => line.replaceAll('`', 'ˋ').replaceAll(/[\r\n]+/g, ' ')), '```'];
}
