/** Was a message posted already? Looked for by its key, and never said to be missing where not everything was seen. */
import { describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../../src/adapters/memory/stores.ts';
import { createClients } from '../../../src/adapters/slack/clients.ts';
import { createThrottle } from '../../../src/adapters/slack/limits.ts';
import { findByKey } from '../../../src/adapters/slack/lookup.ts';
import { Sealed } from '../../../src/sealed.ts';
import { createFlowingClock } from './bed.ts';

const nothing = () => undefined;
const keyed = (key: string) => ({
  ts: '1767225600.000200',
  metadata: { event_type: 'pullcheck_msg', event_payload: { key } },
});

/** A channel, or a thread, of so many pages; our message is on page `at`. */
function slackWith(pages: number, at?: number) {
  let asked = 0;
  const clock = createFlowingClock();
  const connection = {
    botToken: new Sealed('xoxb-test'),
    log: { info: nothing, warn: nothing, error: nothing },
    fetch: async () => {
      asked += 1;
      const messages = asked === at ? [keyed('mine')] : [keyed('another')];
      const response_metadata = { next_cursor: asked < pages ? `page-${asked + 1}` : '' };
      return new Response(JSON.stringify({ ok: true, messages, response_metadata }));
    },
  };
  const throttle = createThrottle(createMemoryStores(clock).limiter, clock, 'home');
  const thread = '1767225600.000100';
  return {
    inThread: () => findByKey(createClients(connection).read, throttle, { channel: 'C0', thread, key: 'mine' }),
    inChannel: () => findByKey(createClients(connection).read, throttle, { channel: 'C0', key: 'mine' }),
  };
}

describe('a message that may have been posted', () => {
  it('is found by its key on a later page', async () => {
    expect(await slackWith(3, 2).inThread()).toEqual({ kind: 'found', ts: '1767225600.000200' });
  });

  it('is not there where every page was read', async () => {
    expect(await slackWith(2).inThread()).toEqual({ kind: 'none' });
  });

  it('is not there where it is none of a channel’s newest thousand', async () => {
    expect(await slackWith(9).inChannel()).toEqual({ kind: 'none' });
  });

  it('may be there in a thread that goes on: its replies come oldest first', async () => {
    expect(await slackWith(9, 7).inThread()).toEqual({ kind: 'cannot-look' });
  });
});
