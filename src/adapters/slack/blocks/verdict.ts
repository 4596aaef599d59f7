/** What people read first: cause, how sure, what it is, where, the one thing to do. Each thing once, on a line of its own. */
import type { Confidence } from '../../../diagnosis/check.ts';
import type { Diagnosis, Told } from '../../../diagnosis/diagnosis.ts';
import { clampEscaped, code, escaped } from './escape.ts';
import { type MessageBlock, section } from './parts.ts';

const SURE: Readonly<Record<Confidence, string>> = {
  certain: 'certain, the evidence excludes everything else',
  likely: 'likely, something stays open',
  possible: 'possible, not proven',
};

/** Confidence in words. */
export function confidenceWords(confidence: Confidence): string {
  return SURE[confidence];
}

/** `*tag-not-found* (certain, …)`; what is fine or was not seen has no degree. */
function verdictHead({ verdict: { cause, confidence } }: Diagnosis): string {
  return cause === 'healthy' || cause === 'undetermined' ? `*${cause}*` : `*${cause}* (${SURE[confidence]})`;
}

/** The head and what follows from it. */
export function verdict(diagnosis: Diagnosis): MessageBlock {
  const { summary, alternatives, told } = diagnosis.verdict;
  const open = alternatives.length === 0 ? [] : [`_Also possible:_ ${alternatives.map((one) => code(one)).join(', ')}`];
  const lines = told === undefined ? [clampEscaped(escaped(summary), 1500)] : pieces(told, diagnosis.scope.pods);
  return section([verdictHead(diagnosis), ...lines, ...open].join('\n'));
}

function pieces(told: Told, pods: number): string[] {
  const since = told.since === '' ? [] : [`waiting since ${told.since}`];
  const many = pods > 1 ? [`${pods} pods`] : [];
  const where = [...(told.where === '' ? [] : [told.where]), ...many, ...since].map((one) =>
    clampEscaped(escaped(one), 350),
  );
  return [
    `${clampEscaped(escaped(told.what), 900)}.`,
    ...(where.length === 0 ? [] : [`_Where:_ ${where.join(' · ')}`]),
    `_To do:_ ${bold(told.act)}`,
    ...(told.owner === '' ? [] : [`_Who acts:_ ${escaped(told.owner)}`]),
    ...told.notes.slice(0, 4).map((note) => `_Note:_ ${clampEscaped(escaped(note), 300)}.`),
  ];
}

/** The first sentence is the one thing to do. */
function bold(act: string): string {
  const [, first = act, rest = ''] = /^(.+?[.!?])\s+(?=[A-Z])(.*)$/s.exec(act) ?? [];
  const strong = clampEscaped(escaped(first), 500);
  // A star or a line break inside would end the emphasis early.
  const marked = /[*\n]/.test(strong) ? strong : `*${strong}*`;
  return `${marked}${rest === '' ? '' : ` ${clampEscaped(escaped(rest), 700)}`}`;
}

/** For the notification: short, escaped. */
export function verdictText(diagnosis: Diagnosis): string {
  const { cause, summary, told } = diagnosis.verdict;
  return clampEscaped(escaped(`${cause}: ${told === undefined ? summary : `${told.what}. ${told.act}`}`), 300);
}
