/** Work in the queue `pullcheck`. A job only says "look again": what is due is computed from the stored state. */
export type Job =
  /** First quick look at a new incident (<= 5 s), then its thread. id: `look:<incident>:1` */
  | { readonly kind: 'first-look'; readonly incident: string }
  /** Full diagnosis of an incident. id: `diagnose:<incident>:<run>` */
  | { readonly kind: 'diagnose'; readonly incident: string; readonly run: string }
  /** Escalation or resolution may be due. id: `due:<incident>:<version>` */
  | { readonly kind: 'due'; readonly incident: string }
  /** A person asked (slash command, mention). id: `inquire:<inquiry>` */
  | { readonly kind: 'inquire'; readonly inquiry: string }
  /** A confirmed remedy. id: `remediate:<action>` */
  | { readonly kind: 'remediate'; readonly action: string }
  /** Look whether the remedy helped. id: `verify:<action>:<attempt>` */
  | { readonly kind: 'verify'; readonly action: string; readonly attempt: number };

/** Adds jobs. Adding an id that is already known is harmless. */
export interface JobQueue {
  add(job: Job, options: { readonly id: string; readonly delayMs?: number; readonly priority?: number }): Promise<void>;
}

/** What one run of a job may know. `signal` aborts when the job was taken away or the program ends. */
export interface JobRun {
  /** 1 for the first. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** One handler a kind. A retryable PullcheckError makes the job come back later; anything else ends it. */
export type JobHandlers = {
  readonly [K in Job['kind']]: (job: Extract<Job, { readonly kind: K }>, run: JobRun) => Promise<void>;
};

export interface WorkOptions {
  /** Jobs at a time. */
  readonly concurrency: number;
  /** A job ended without success: `final`, or it will be tried again. */
  readonly onFailure?: (job: Job, error: unknown, final: boolean) => void;
}

/** A running consumer of the queue. */
export interface JobWorker {
  /** Takes no new job and waits for the running ones; after `graceMs` their signals abort and other workers get them. */
  close(graceMs: number): Promise<void>;
}
