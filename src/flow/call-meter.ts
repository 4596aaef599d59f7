import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { CallMeter } from '../evidence/ports.ts';

/** Counts the requests of one diagnosis. */
export function makeCallMeter(): CallMeter & { readonly calls: () => Diagnosis['calls'] } {
  const counts = { kubernetes: 0, registry: 0, github: 0 };
  return {
    count: (system) => {
      counts[system] += 1;
    },
    calls: () => ({ ...counts }),
  };
}
