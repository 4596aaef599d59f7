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

const STATE: Readonly<Record<ActionState, string>> = {
  offered: 'offered',
  claimed: ':hourglass_flowing_sand: confirmed, about to run',
  running: ':hourglass_flowing_sand: running',
  verifying: ':mag: applied, looking whether it helped',
  done: ':white_check_mark: done',
  'handed-over': ':white_check_mark: done, the rest is for people',
  failed: ':x: failed',
  refused: ':no_entry: refused',
};

/** Drawn with its button while `offered` and no `note` ends it. */
export function actionCard(action: RemedyAction, note?: string): Message {
  const title = clampEscaped(escaped(action.title), 150);
  const risk = RISK[action.risk];
  const where = `${code(kubectlName(action.target), 260)} in ${code(action.target.namespace, 63)}`;
  const isOpen = action.state === 'offered' && note === undefined;
  const lines = [
    `*${title}* · ${where}`,
    ...(action.state === 'offered' ? [] : [STATE[action.state]]),
    ...(note === undefined ? [] : [clampEscaped(escaped(note), 1500)]),
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
