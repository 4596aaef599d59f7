/** The runbook's first question as three lines: reference, credentials, reachability; never by colour alone. */
import type { Diagnosis, Light } from '../../../diagnosis/diagnosis.ts';
import { clampEscaped, escaped } from './escape.ts';
import { type MessageBlock, section } from './parts.ts';

const SIGN: Readonly<Record<Light, string>> = {
  good: ':large_green_circle: good',
  bad: ':red_circle: bad',
  unknown: ':white_circle: unknown',
};

export function lights(diagnosis: Diagnosis): MessageBlock {
  const rows = (['reference', 'credentials', 'reachability'] as const).map((name) => {
    const note = clampEscaped(escaped(diagnosis.lightNotes[name]).replace(/\n+/g, ' '), 500);
    return `${SIGN[diagnosis.lights[name]]} · *${name}*${note === '' ? '' : `: ${note}`}`;
  });
  return section(rows.join('\n'));
}
