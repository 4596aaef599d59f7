/** The Slack room with a fake workspace under it, memory stores, and a clock that flows when somebody sleeps. */

import { createMemoryStores, type MemoryStores } from '../../../src/adapters/memory/stores.ts';
import { createSlackApp, type SlackApp } from '../../../src/adapters/slack/app.ts';
import type { BlockLevel } from '../../../src/adapters/slack/levels.ts';
import type { SlackLog } from '../../../src/adapters/slack/log.ts';
import { createSlackVoice, type SlackVoice } from '../../../src/adapters/slack/voice.ts';
import type { Clock } from '../../../src/clock.ts';
import type { SlackUseCases } from '../../../src/flow/use-cases.ts';
import { Sealed } from '../../../src/sealed.ts';
import { settle } from '../../support/clock.ts';
import { createFakeSlack, type FakeSlack } from '../../support/fake-slack/index.ts';

export const ALERTS = 'C0ALERTS0';
export const ANN = 'U0ANN0000';
export const START = 1_767_225_600_000;

/** Sleeping moves the time: nothing waits for real. */
export interface FlowingClock extends Clock {
  pass(ms: number): void;
}

export function createFlowingClock(): FlowingClock {
  let now = START;
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal)
        return new Promise<void>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      await settle();
      now += ms;
      return undefined;
    },
    pass(ms) {
      now += ms;
    },
  };
}

export interface Bed {
  readonly slack: FakeSlack;
  readonly clock: FlowingClock;
  readonly stores: MemoryStores;
  readonly voice: SlackVoice;
  /** Lines that were logged at warn or above. */
  readonly logged: string[];
  /** Another replica: same stores, same workspace, own memory. */
  replica(): SlackVoice;
  app(useCases: Partial<SlackUseCases>): Promise<SlackApp>;
}

export function createBed(options: { readonly blocks?: BlockLevel; readonly token?: string } = {}): Bed {
  const clock = createFlowingClock();
  const slack = createFakeSlack({ clock });
  const stores = createMemoryStores(clock);
  const logged: string[] = [];
  slack.addChannel(ALERTS, [ANN]);
  slack.user(ANN, 'ann');
  let ids = 0;
  const newId = () => `id${String((ids += 1)).padStart(30, '0')}`;
  const log: SlackLog = {
    info: () => undefined,
    warn: (message, fields) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    error: (message, fields) => void logged.push(`${message} ${JSON.stringify(fields)}`),
  };
  const connection = { botToken: new Sealed(options.token ?? slack.token), fetch: slack.fetch, log };
  function replica(): SlackVoice {
    return createSlackVoice({
      connection,
      outbox: stores.outbox,
      limiter: stores.limiter,
      clock,
      newId,
      blocks: options.blocks ?? 'plan',
      channelFor: (namespace) => (namespace === 'nowhere' ? undefined : ALERTS),
      oncall: { users: [ANN], userGroup: 'S0ONCALL0' },
      clocksFor: () => ({ acknowledgeAfterMs: 300_000, resolveAfterMs: 1_200_000 }),
    });
  }
  const voice = replica();
  return {
    slack,
    clock,
    stores,
    voice,
    logged,
    replica,
    async app(useCases) {
      const app = createSlackApp({
        mode: { kind: 'custom', receiver: slack.receiver },
        connection,
        voice,
        useCases: { ...silent, ...useCases },
        claims: stores.claims,
        clock,
        newId,
      });
      await app.start();
      return app;
    },
  };
}

/** Use cases of which a test names those it expects. */
const silent: SlackUseCases = {
  inquire: () => Promise.reject(new Error('inquire was not expected')),
  pressIncident: () => Promise.reject(new Error('pressIncident was not expected')),
  pressInquiry: () => Promise.reject(new Error('pressInquiry was not expected')),
  remedy: {
    preview: () => Promise.reject(new Error('preview was not expected')),
    confirm: () => Promise.reject(new Error('confirm was not expected')),
  },
};
