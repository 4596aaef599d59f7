/** Everything the program keeps, as one bundle: in Redis or in this process. */
import type { CauseMemory } from '../evidence/cause-memory.ts';
import type { InquiryStore } from '../incident/inquiry.ts';
import type { JobHandlers, JobQueue, JobWorker, WorkOptions } from '../incident/job.ts';
import type { ClaimStore, IncidentStore } from '../incident/ports.ts';
import type { OutboxStore, RateLimiter } from '../outbox/outbox.ts';
import type { ActionStore, AuditEvent, AuditLog } from '../remediation/action.ts';

export interface Stores {
  readonly incidents: IncidentStore;
  readonly claims: ClaimStore;
  readonly causes: CauseMemory;
  readonly outbox: OutboxStore;
  readonly limiter: RateLimiter;
  readonly actions: ActionStore;
  readonly inquiries: InquiryStore;
  readonly audit: AuditLog & { recent(limit: number): Promise<readonly AuditEvent[]> };
  /** `depth`: jobs by state. */
  readonly queue: JobQueue & { depth(): Promise<Readonly<Record<string, number>>> };
  /** Starts consuming the queue. */
  work(handlers: JobHandlers, options: WorkOptions): JobWorker;
  /** Warnings about the store's settings, as sentences. Throws StoreError when it does not answer. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}
