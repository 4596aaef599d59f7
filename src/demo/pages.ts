/** Tells what the simulated pager does: who was woken, and when the page ended. */
import type { SimulatedPager } from '../adapters/simulator/pager/pager.ts';
import { type Clock, systemClock } from '../clock.ts';

/** One page, as the simulated pager keeps it. */
export type SimulatedPage = ReturnType<SimulatedPager['pages']>[number];

export interface PageWatch {
  stop(): Promise<void>;
}

export interface PageWatchParts {
  readonly pager: Pick<SimulatedPager, 'pages'>;
  /** A new page, or a page that ended. */
  readonly tell: (page: SimulatedPage, news: 'rings' | 'ends') => Promise<void>;
  readonly real?: Clock;
}

const LOOK_EVERY_MS = 250;

export function watchPages({ pager, tell, real = systemClock }: PageWatchParts): PageWatch {
  const ending = new AbortController();
  let rung = 0;
  const ended = new Set<number>();

  async function look(): Promise<void> {
    const pages = pager.pages();
    for (; rung < pages.length; rung += 1) {
      const page = pages[rung];
      if (page) await tell(page, 'rings');
    }
    for (const [index, page] of pages.entries()) {
      if (page.state !== 'resolved' || ended.has(index)) continue;
      ended.add(index);
      await tell(page, 'ends');
    }
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await look().catch(() => undefined);
      await real.sleep(LOOK_EVERY_MS, ending.signal).catch(() => undefined);
    }
  }
  const running = run();
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}

/** The incident of a page's dedup key; undefined: the key is not one of ours. */
export function incidentOf(dedupKey: string): string | undefined {
  return /^pullcheck:([^:]+):/.exec(dedupKey)?.[1];
}
