/** The runbook's first question as three lines: reference, credentials, reachability; never by colour alone. */
import type { Diagnosis, Light } from '../../../diagnosis/diagnosis.ts';
import { clampEscaped, escaped } from './escape.ts';
import { type MessageBlock, section } from './parts.ts';

const SIGN: Readonly<Record<Light, string>> = {
  good: ':large_green_circle: good',
  bad: ':red_circle: bad',
  unknown: ':white_circle: unknown',
};

/** One sentence each, and none that the verdict says already; the steps below have the rest. */
export function lights({ lights: shown, lightNotes, verdict: { summary } }: Diagnosis): MessageBlock {
  const rows = (['reference', 'credentials', 'reachability'] as const).map((name) => {
    const first = firstSentence(lightNotes[name].replace(/\s+/g, ' ').trim());
    const short = first.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');
    const note = first === '' || summary.includes(first) ? '' : `: ${clampEscaped(escaped(short), 250)}`;
    return `${SIGN[shown[name]]} · *${name}*${note}`;
  });
  return section(rows.join('\n'));
}

/** Without its stop. A stop inside a name or a number has no blank and no capital behind it. */
function firstSentence(text: string): string {
  return (/^(.+?)\.(?:\s+[A-Z]|\s*$)/s.exec(text)?.[1] ?? text).trim();
}
