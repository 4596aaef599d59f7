/** One offered remedy as a message of its own, so that it can be redrawn from the action alone: offered, claimed, done, refused. */
import type { ActionState, RemedyAction } from '../../../remediation/action.ts';
import { kubectlName } from '../../../target/target.ts';
import { REMEDY_ACTION } from '../ids.ts';
import { clampEscaped, code, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { button, buttons, context, type Message, section } from './parts.ts';

type Risk = RemedyAction['risk'];

const RISK: Readonly<Record<Risk, { readonly words: string; readonly style?: 'primary' | 'danger' }>> = {
  reversible: { words: 'can be undone', style: 'primary' },
  disruptive: { words: 'restarts something', style: 'danger' },
  'secret-bearing': { words: 'writes a credential', style: 'danger' },
};

const STATE: Readonly<Record<ActionState, { readonly sign: string; readonly words: string }>> = {
  offered: { sign: '', words: 'offered' },
  claimed: { sign: ':hourglass_flowing_sand:', words: 'confirmed, about to run' },
  running: { sign: ':hourglass_flowing_sand:', words: 'running' },
  verifying: { sign: ':mag:', words: 'applied, looking whether it helped' },
  done: { sign: ':white_check_mark:', words: 'done' },
  'handed-over': { sign: ':white_check_mark:', words: 'done, the rest is for people' },
  failed: { sign: ':x:', words: 'failed' },
  refused: { sign: ':no_entry:', words: 'refused' },
};

/** Drawn with its button while `offered` and no `note` ends it. */
export function actionCard(action: RemedyAction, note?: string): Message {
  const title = clampEscaped(escaped(action.title), 150);
  const risk = RISK[action.risk];
  const where = `${code(kubectlName(action.target), 260)} in ${code(action.target.namespace, 63)}`;
  const isOpen = action.state === 'offered' && note === undefined;
  // The note says more than the state: not both.
  const { sign, words } = STATE[action.state];
  const said = note === undefined ? words : clampEscaped(escaped(note), 1500);
  const lines = [
    `*${title}* · ${where}`,
    ...(note === undefined && action.state === 'offered' ? [] : [`${sign} ${said}`.trim()]),
  ];
  const press = button({ action: REMEDY_ACTION, label: `${action.title}…`, value: action.id, ...style(risk.style) });
  return fit({
    text: `${title}: ${note === undefined ? action.state : clampEscaped(escaped(note), 500)}`,
    body: [section(lines.join('\n'))],
    tail: isOpen
      ? [
          buttons(`remedy-${action.id}`, [press]),
          context(`${risk.words}; you see what changes before anything is done`),
        ]
      : [],
  });
}

function style(value: 'primary' | 'danger' | undefined): { readonly style?: 'primary' | 'danger' } {
  return value === undefined ? {} : { style: value };
}
