/** Faults that nobody plans for: odd images, odd Secrets, several things at once. Each with what must and what must not be said. */
import type { OddFault } from './odd-fault.ts';
import { IMAGES, REFERENCES } from './odd-image-faults.ts';
import { SECRETS } from './odd-secret-faults.ts';
import { WORKLOADS } from './odd-workload-faults.ts';

export const ODD_FAULTS: readonly OddFault[] = [...SECRETS, ...IMAGES, ...REFERENCES, ...WORKLOADS];
