/** The whole demo, running: simulated outside, the production bot over it, and the director. */

import { createMemoryStores, type MemoryStores } from '../adapters/memory/stores.ts';
import { createPagerDuty } from '../adapters/pager/pagerduty.ts';
import { createSpeedClock, type SpeedClock } from '../adapters/simulator/clock.ts';
import { type SimulatedPager, startSimulatedPager } from '../adapters/simulator/pager/pager.ts';
import { startAlertmanager } from '../adapters/simulator/scenarios/alertmanager.ts';
import type { ScenarioId } from '../adapters/simulator/scenarios/scenarios.ts';
import { type Stage, startStage } from '../adapters/simulator/scenarios/stage.ts';
import { createDirectorApp, type DirectorApp } from '../adapters/slack/demo-director.ts';
import { randomId, systemClock } from '../clock.ts';
import { Sealed } from '../sealed.ts';
import { openOutside } from '../wire/outside.ts';
import { type Service, startService } from '../wire/service.ts';
import { wireTelemetry } from '../wire/telemetry.ts';
import { demoConfig } from './config.ts';
import { createDirector, type Director } from './director.ts';
import { fastForward } from './fast-forward.ts';
import { incidentOf, type SimulatedPage, watchPages } from './pages.ts';
import { ALICE, BOT, CHANNEL, DIRECTOR } from './people.ts';
import type { SlackPlace } from './slack-place.ts';

export interface DemoParts {
  readonly place: SlackPlace;
  /** A line for the terminal: what the pager does. */
  readonly say: (line: string) => void;
  /** Starts by itself; undefined: nothing happens before a button is pressed. */
  readonly first?: ScenarioId;
  /** Of the simulated registry; 0: a free one. */
  readonly registryPort: number;
  /** How long something fails before it is an alert, ms; default 3 s. */
  readonly alertAfterMs?: number;
  /** How many seconds of the demo pass in a real one; default 1. */
  readonly pace?: number;
}

export interface Demo {
  readonly stage: Stage;
  readonly director: Director;
  readonly pager: SimulatedPager;
  readonly stores: MemoryStores;
  readonly service: Service;
  /** In order, within seconds. */
  stop(): Promise<void>;
}

/** How often the simulated kubelets try stuck images again, real time; real ones wait up to 5 minutes. */
const RETRY_MS = 5_000;
const FIRST_AFTER_MS = 2_000;

/** Resolves when the bot listens and the director's message stands. What was started before a failure is stopped. */
export async function startDemo(parts: DemoParts): Promise<Demo> {
  const closing: (() => Promise<unknown>)[] = [];
  async function stop(): Promise<void> {
    for (let close = closing.pop(); close; close = closing.pop()) await close().catch(() => undefined);
  }
  try {
    return { ...(await start(parts, closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(parts: DemoParts, closing: (() => Promise<unknown>)[]): Promise<Omit<Demo, 'stop'>> {
  const clock = createSpeedClock(systemClock);
  clock.setSpeed(parts.pace ?? 1);
  const stage = await startStage({ clock, ids: randomId, registryPort: parts.registryPort });
  closing.push(() => stage.close());
  const pager = await startSimulatedPager();
  closing.push(() => pager.close());
  const webhookToken = new Sealed(randomId());
  const config = demoConfig({ ...stage, pagerUrl: pager.url, webhookToken });
  const telemetry = wireTelemetry(config);
  const register = (secret: string): void => telemetry.redactor.register(secret);
  const outside = openOutside(config, { kubeconfigText: stage.cluster.kubeconfig() }, { clock, register });
  closing.push(() => outside.close());
  const stores = createMemoryStores(clock);
  closing.push(() => stores.close());
  const { connection, mode } = parts.place.app(BOT, telemetry.log);
  const service = await startService({
    config,
    stores,
    outside,
    telemetry,
    clock,
    newId: randomId,
    connection,
    slackMode: mode,
    webhooks: true,
    work: true,
    ...(config.pagerduty ? { pager: createPagerDuty(config.pagerduty) } : {}),
  });
  closing.push(() => service.stop());
  const alertmanager = startAlertmanager({
    clock,
    world: stage.cluster.world,
    url: service.url,
    token: webhookToken,
    forMs: parts.alertAfterMs ?? 3_000,
  });
  closing.push(() => alertmanager.stop());
  closing.push(startRetrying(stage));
  const { director, app } = await openDirector(parts, { stage, stores, clock }, telemetry.log);
  closing.push(() => app.stop());
  const watch = watchPages({ pager, tell: (page, news) => tellPage({ parts, stores, app }, page, news) });
  closing.push(() => watch.stop());
  if (parts.first !== undefined) closing.push(startLater(director, parts.first));
  return { stage, director, pager, stores, service };
}

async function openDirector(
  { place }: DemoParts,
  { stage, stores, clock }: { stage: Stage; stores: MemoryStores; clock: SpeedClock },
  log: Parameters<SlackPlace['app']>[1],
): Promise<{ director: Director; app: DirectorApp }> {
  const { connection, mode } = place.app(DIRECTOR, log);
  const onPress = async (id: string): Promise<void> => director.press(id);
  const app = createDirectorApp({ connection, mode, channel: CHANNEL.id, clock: systemClock, onPress });
  const director = createDirector({
    stage,
    forward: async (ms) => fastForward({ clock, idle: () => stores.queue.idle() }, ms),
    ahead: () => clock.now() - systemClock.now(),
    show: async (panel, fresh) => app.show(panel, fresh),
  });
  await app.start();
  await director.open();
  return { director, app };
}

async function tellPage(
  { parts, stores, app }: { parts: DemoParts; stores: MemoryStores; app: DirectorApp },
  page: SimulatedPage,
  news: 'rings' | 'ends',
): Promise<void> {
  const text = news === 'rings' ? `${ALICE.name}'s pager rings: ${page.summary}` : `The page ended: ${page.summary}`;
  parts.say(text);
  const thread = (await stores.incidents.get(incidentOf(page.dedupKey) ?? ''))?.thread;
  await app.say(`:pager: ${text}`, thread?.ts);
}

function startRetrying(stage: Stage): () => Promise<void> {
  return repeat(RETRY_MS, async () => stage.cluster.world.retryPulls());
}

function startLater(director: Director, first: ScenarioId): () => Promise<void> {
  const ending = new AbortController();
  const started = systemClock.sleep(FIRST_AFTER_MS, ending.signal).then(
    async () => director.press(first),
    () => undefined,
  );
  return async () => {
    ending.abort();
    await started;
  };
}

/** Gives how to end it. */
function repeat(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  const ending = new AbortController();
  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await systemClock.sleep(everyMs, ending.signal).catch(() => undefined);
      if (!ending.signal.aborted) await work();
    }
  }
  const running = run();
  return async () => {
    ending.abort();
    await running;
  };
}
