/** The one line that people read: cause, how sure, what it means here. */
import type { Confidence } from '../../../diagnosis/check.ts';
import type { Diagnosis } from '../../../diagnosis/diagnosis.ts';
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

/** `tag-not-found (certain, …)` and the summary. */
export function verdict(diagnosis: Diagnosis): MessageBlock {
  const { cause, confidence, summary, alternatives } = diagnosis.verdict;
  const head = cause === 'healthy' || cause === 'undetermined' ? `*${cause}*` : `*${cause}* (${SURE[confidence]})`;
  const open = alternatives.length === 0 ? '' : `\n_Also possible:_ ${alternatives.map((one) => code(one)).join(', ')}`;
  return section(`${head}\n${clampEscaped(escaped(summary), 1500)}${open}`);
}

/** For the notification: short, escaped. */
export function verdictText(diagnosis: Diagnosis): string {
  return clampEscaped(escaped(`${diagnosis.verdict.cause}: ${diagnosis.verdict.summary}`), 300);
}
