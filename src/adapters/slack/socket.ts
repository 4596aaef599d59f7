/** Socket Mode with our own reconnecting: the SDK waits 5 s deaf at every refresh and lets a failed re-open crash the process. */
import { type App, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import type { Sealed } from '../../sealed.ts';
import { errorOf, failureOf } from './errors.ts';
import { boltLogger, type SlackLog } from './log.ts';

export interface SocketParts {
  readonly appToken: Sealed;
  /** Makes a fresh object at each call: the socket client writes into the one it gets. */
  readonly clientOptions: () => WebClientOptions;
  /** Sockets in this process (Slack gives each payload to one of them; at most 10 per app over all replicas). */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: SlackLog;
}

export interface SocketReceiver extends Receiver {
  /** Sockets that are up. */
  connected(): number;
  /** Since when none is up, ms; undefined while one is. */
  downSince(): number | undefined;
}

const MAX_WAIT_MS = 30_000;

export function createSocketReceiver(parts: SocketParts): SocketReceiver {
  const stopping = new AbortController();
  let up = 0;
  let downSince: number | undefined = parts.clock.now();
  const sockets = Array.from({ length: parts.connections }, () => openable(parts));

  function count(change: 1 | -1): void {
    up += change;
    downSince = up > 0 ? undefined : parts.clock.now();
  }

  /** Connects; resolves when the socket is up, then keeps it up in the background. */
  async function keep(socket: SocketModeReceiver): Promise<void> {
    const closed = closing(socket);
    await socket.start();
    count(1);
    void again(socket, closed);
  }

  async function again(socket: SocketModeReceiver, closed: Promise<void>): Promise<void> {
    await closed;
    count(-1);
    await reopen(socket);
  }

  async function reopen(socket: SocketModeReceiver): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        await keep(socket);
        return;
      } catch (error) {
        parts.log.error('slack socket not connected', {
          detail: errorOf(failureOf(error, 'apps.connections.open')).message,
        });
        await parts.clock.sleep(Math.min(1000 * 2 ** failures, MAX_WAIT_MS), stopping.signal).catch(() => undefined);
      }
    }
  }

  return {
    init(app: App) {
      for (const socket of sockets) socket.init(app);
    },
    async start() {
      for (const socket of sockets) {
        try {
          await keep(socket);
        } catch (error) {
          if (up === 0) throw error;
          // One is up and hears everything; the others follow.
          void reopen(socket);
        }
      }
    },
    async stop() {
      stopping.abort(new Error('stopping'));
      await Promise.all(sockets.map((socket) => socket.stop()));
    },
    connected: () => up,
    downSince: () => downSince,
  };
}

function openable(parts: SocketParts): SocketModeReceiver {
  const socket = new SocketModeReceiver({
    appToken: parts.appToken.reveal(),
    autoReconnectEnabled: false,
    logger: boltLogger(parts.log),
    installerOptions: { clientOptions: { ...parts.clientOptions(), retryConfig: { retries: 1 }, timeout: 10_000 } },
  });
  return socket;
}

function closing(socket: SocketModeReceiver): Promise<void> {
  return new Promise((resolve) => {
    socket.client.once('disconnected', () => resolve());
  });
}
