/** Jobs of this cluster that push to the repository of the missing image. */
import type { Builder, JobContainer } from '../build/build-job.ts';
import type { CrashLog } from './crashes.ts';
import type { Observation } from './observation.ts';

/** A Job as the API server tells it. */
export interface JobSnapshot {
  readonly name: string;
  readonly namespace: string;
  readonly createdAt?: number;
  /** When it completed or failed. */
  readonly endedAt?: number;
  readonly state: 'running' | 'suspended' | 'succeeded' | 'failed';
  /** Of the Failed condition: `BackoffLimitExceeded`, `DeadlineExceeded`. */
  readonly reason?: string;
  readonly containers: readonly JobContainer[];
}

export interface JobList {
  readonly jobs: readonly JobSnapshot[];
  /** true: there are more than our cap; the newest may be among those that were not seen. */
  readonly truncated: boolean;
}

export interface BuildJob {
  readonly name: string;
  readonly namespace: string;
  readonly builder: Builder;
  readonly createdAt?: number;
  readonly endedAt?: number;
  readonly state: JobSnapshot['state'];
  readonly reason?: string;
  /** As its command line has it. */
  readonly destination: string;
  /** `exact`: the very image; `repository`: another tag of it. */
  readonly match: 'exact' | 'repository';
  /** false: the same path at another address, which may be another name of the same registry. */
  readonly sameRegistry: boolean;
}

export interface BuildJobs {
  /** Newest first, those of the very image before the others; at most 5. */
  readonly jobs: readonly BuildJob[];
  /** `cluster`, or only the namespace when listing all was forbidden. */
  readonly extent: 'cluster' | 'namespace';
  readonly truncated: boolean;
  /** The last words of the first one's failed pod; not-collected where it did not fail. */
  readonly log: Observation<CrashLog>;
}
