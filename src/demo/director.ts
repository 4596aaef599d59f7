/** What the director's buttons do, and what its message says. */
import { SCENARIOS, type ScenarioId } from '../adapters/simulator/scenarios/scenarios.ts';
import type { Stage } from '../adapters/simulator/scenarios/stage.ts';
import type { DirectorPanel } from '../adapters/slack/demo-director.ts';
import { formatDuration } from '../clock.ts';

export interface DirectorParts {
  readonly stage: Pick<Stage, 'play' | 'mendRegistry' | 'pushMissingImage' | 'reset'>;
  /** Moves the demo's clock; resolves when everything that fell due is done. */
  readonly forward: (ms: number) => Promise<void>;
  /** How far the demo's clock is ahead of the world's, ms. */
  readonly ahead: () => number;
  readonly show: (panel: DirectorPanel, fresh: boolean) => Promise<void>;
}

export interface Director {
  /** Draws the message for the first time. */
  open(): Promise<void>;
  /** One press; presses are carried out one after the other. */
  press(id: string): Promise<void>;
}

const FORWARD_MS = 20 * 60_000;

export function createDirector(parts: DirectorParts): Director {
  const { stage } = parts;
  let queue: Promise<void> = Promise.resolve();

  async function draw(news: string, fresh: boolean): Promise<void> {
    await parts.show(panel(news, parts.ahead()), fresh);
  }
  async function play(id: ScenarioId): Promise<void> {
    const scenario = SCENARIOS.find((one) => one.id === id);
    if (!scenario) return;
    const started = await stage.play(id);
    const news = started
      ? `*Playing ${scenario.title}.* ${scenario.story}\nThe alert arrives in a few seconds. ${scenario.hint}`
      : `*${scenario.title}* is under way already: see its thread, or press Reset.`;
    await draw(news, started);
  }

  const acts: Readonly<Record<string, () => Promise<void>>> = {
    forward: async () => {
      await draw('*Fast-forwarding 20 minutes…*', false);
      await parts.forward(FORWARD_MS);
      await draw('*20 minutes later.* Whatever nobody resolved was escalated: see the thread.', false);
    },
    mend: async () => {
      await stage.mendRegistry();
      await draw(
        '*The registry answers again.* The kubelets retry, the alerts end, the incident resolves itself.',
        false,
      );
    },
    push: async () => {
      await stage.pushMissingImage();
      await draw(
        '*CI pushed the missing image.* The kubelets retry, the alert ends, the incident resolves itself.',
        false,
      );
    },
    reset: async () => {
      await stage.reset();
      await draw('*Everything is as at the start.* Open incidents resolve as their alerts end.', true);
    },
  };

  return {
    open: async () => draw('An alert of scenario 1 arrives by itself in a few seconds.', true),
    press(id) {
      const act = acts[id] ?? (async () => play(id as ScenarioId));
      queue = queue.then(act, act).catch(() => undefined);
      return queue;
    },
  };
}

function panel(news: string, aheadMs: number): DirectorPanel {
  const clock = aheadMs < 60_000 ? '' : ` · the demo's clock is ${formatDuration(aheadMs)} ahead`;
  return {
    title: 'Demo director',
    lines: [news],
    rows: [
      SCENARIOS.map(({ id, title }) => ({ id, label: title })),
      [
        { id: 'forward', label: 'Fast-forward 20 min', style: 'primary' },
        { id: 'mend', label: 'Mend registry' },
        { id: 'push', label: 'Push image' },
        { id: 'reset', label: 'Reset' },
      ],
    ],
    note: `Simulated: cluster, registry, GitHub, Alertmanager, pager. Real: the bot${clock}`,
  };
}
