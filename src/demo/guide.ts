/** What the demo prints: what to open, what to try, what of it is not real. */
import { SCENARIOS } from '../adapters/simulator/scenarios/scenarios.ts';
import type { Style } from '../adapters/terminal/style.ts';
import { wrap } from '../adapters/terminal/wrap.ts';

const WIDTH = 78;

const SIMULATED = [
  'Simulated: cluster, registry, kubelets, GitHub, Alertmanager and pager, all on this machine.',
  'Real: the bot, its runbook, verdicts, guards and escalation. Nothing leaves this machine.',
];

/** For the browser. `page`: the address to open. */
export function browserGuide(page: string, style: Style): string {
  const [first, ...others] = SCENARIOS;
  return lines([
    '',
    style.bold(`Open ${page}`),
    'You are Alice, on call, in #incidents. An alert arrives there by itself in a few seconds.',
    '',
    'Try:',
    ...numbered([
      `The alert is "${first?.title ?? ''}". ${first?.hint ?? ''}`,
      ...others.map(({ title, hint }) => `Press "${title}" of the Demo director. ${hint}`),
      'Type /pullcheck pod api-service -n staging, /pullcheck scope -A, /pullcheck help.',
      '"Fast-forward 20 min": nobody answers. "Push image", "Mend registry": the cause goes away. "Reset": from the start.',
    ]),
    '',
    ...SIMULATED.map(style.dim),
    style.dim('The local Slack listens on all addresses of this machine; end it with Ctrl-C.'),
    '',
  ]);
}

export function terminalGuide(style: Style): string {
  return lines([
    '',
    style.bold('The demo, in this terminal'),
    'You are Alice, on call. An alert arrives by itself in a few seconds.',
    '',
    'Type:',
    '  NUMBER             to press that button',
    '  /pullcheck …       to ask the bot: /pullcheck pod api-service -n staging, /pullcheck scope -A',
    '  y or n             to confirm or close an open window',
    '  as bob             to be the second person;  help;  quit',
    '',
    ...SIMULATED.map(style.dim),
    '',
  ]);
}

export function ownClusterGuide(page: string | undefined, cluster: string, namespace: string, style: Style): string {
  return lines([
    '',
    style.bold(page === undefined ? 'Your cluster, in this terminal' : `Open ${page}`),
    `Your own cluster ${style.bold(cluster)}, ${style.bold('read-only')}: Pullcheck looks with your rights and changes nothing. It offers no remedies.`,
    '',
    'Try:',
    `  1. /pullcheck scope -A              everything that cannot pull`,
    `  2. /pullcheck pod NAME -n ${namespace}`,
    '  3. /pullcheck help',
    '',
    style.dim(
      'Read: pods, events, nodes, workloads, service accounts and pull secrets (never shown), and the registries of the images.',
    ),
    ...(page === undefined
      ? []
      : [style.unsure('Whoever can reach that port of this machine can ask too. End it with Ctrl-C.')]),
    '',
  ]);
}

function numbered(all: readonly string[]): readonly string[] {
  return all.map((one, index) => wrap(one, WIDTH, `  ${index + 1}. `));
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
