import { describe, expect, it } from '@jest/globals';
import { hasCrashed } from '../../src/evidence/crashes.ts';
import { aRunningContainer } from '../support/snapshots.ts';

const MINUTE = 60_000;

/** Ready while it runs: it has no readiness probe. */
function afterRestarts(restartCount: number, runningMs: number | undefined, exitCode: number | undefined = 1) {
  return aRunningContainer({
    ready: true,
    restartCount,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(runningMs === undefined ? {} : { runningMs }),
  });
}

describe('a container that runs after restarts', () => {
  it.each([
    ['seconds after its fifth failure: it is between two crashes', 5, 3_000, 1, true],
    ['nine minutes after its second failure: the kubelet still counts its back-off', 2, 9 * MINUTE, 137, true],
    ['seconds after its first failure: it may go on failing', 1, 20_000, 1, true],
    ['minutes after its only failure: that was bad luck', 1, 2 * MINUTE, 1, false],
    ['longer than the kubelet counts', 12, 11 * MINUTE, 1, false],
    ['after a run that ended well', 3, 3_000, 0, false],
  ])('%s', (...[, restarts, runningMs, exitCode, crashed]) => {
    expect(hasCrashed(afterRestarts(restarts, runningMs, exitCode))).toBe(crashed);
  });

  it('is left alone where nobody knows for how long it runs', () => {
    expect(hasCrashed(afterRestarts(5, undefined))).toBe(false);
  });
});
