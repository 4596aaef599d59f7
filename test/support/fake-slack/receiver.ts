/** Feeds payloads to Bolt as its receivers do. */
import type { App, Receiver } from '@slack/bolt';
import type { Json } from './types.ts';

/** Hands a payload over; resolves when every listener is done. `acked` is false when none of them acknowledged. */
export type Deliver = (body: Json) => Promise<{ readonly acked: boolean; readonly body: Json }>;

export function createReceiver(): { readonly receiver: Receiver; readonly deliver: Deliver } {
  let app: App | undefined;
  return {
    receiver: {
      init: (bolt) => {
        app = bolt;
      },
      start: async () => undefined,
      stop: async () => undefined,
    },
    deliver: async (body) => {
      if (!app) throw new Error('no Bolt app was given this receiver');
      let acked = false;
      await app.processEvent({
        body: { ...body },
        ack: async () => {
          acked = true;
        },
      });
      return { acked, body };
    },
  };
}
