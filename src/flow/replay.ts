/** `pullcheck replay`: the same checks over what a run saw, without a cluster or a registry. */
import { formatTime } from '../clock.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Recording } from '../diagnosis/recording.ts';
import { recordedCase } from '../evidence/recorded-case.ts';
import { findRunbook, type LookDeps, look } from './look.ts';
import { withheldFor } from './siblings.ts';

/** Nothing is asked and no time passes: durations and calls are 0. Throws UsageError for a runbook that is not here. */
export async function replay(
  deps: Omit<LookDeps, 'credentialHosts'>,
  { target, note, withheld, runbook, cases, credentialHosts, startedAt }: Recording,
): Promise<Diagnosis> {
  const first = await look(
    { ...deps, credentialHosts },
    {
      runbook: findRunbook(deps.runbooks, runbook),
      cases: cases.map(recordedCase),
      target: () => target,
      ...(note === undefined ? {} : { note }),
      now: () => startedAt,
    },
  );
  const looked = withheldFor(first, withheld);
  const calls = { kubernetes: 0, registry: 0, github: 0 };
  return { ...looked, startedAt: formatTime(startedAt), durationMs: 0, calls };
}
