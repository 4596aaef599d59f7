/** What the contract suites of the stores run on. */
import type { Stores } from '../../src/flow/stores.ts';

export interface StoreBed {
  readonly stores: Stores;
  /** The same data seen by another process. */
  readonly others: Stores;
  /** Moves the store's time ahead. */
  readonly advance: (ms: number) => Promise<void>;
}

/** Gives a bed with empty stores; called once before each test. */
export type MakeBed = () => Promise<StoreBed>;

/** `count` times the same question at once. */
export function atOnce<T>(count: number, ask: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}
