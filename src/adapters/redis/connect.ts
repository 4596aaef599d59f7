/** Everything Pullcheck keeps in Redis, from one address. */
import type { CauseMemory } from '../../evidence/cause-memory.ts';
import type { InquiryStore } from '../../incident/inquiry.ts';
import type { JobHandlers, JobWorker, WorkOptions } from '../../incident/job.ts';
import type { ClaimStore, IncidentStore } from '../../incident/ports.ts';
import type { OutboxStore, RateLimiter } from '../../outbox/outbox.ts';
import type { ActionStore } from '../../remediation/action.ts';
import { createActionStore } from './action-store.ts';
import { createAuditLog, type ReadableAuditLog } from './audit-log.ts';
import { createCauseMemory } from './cause-memory.ts';
import { createClaimStore } from './claim-store.ts';
import { type LinkOptions, openLink } from './connection.ts';
import { checkDurability } from './health.ts';
import { createIncidentStore } from './incident-store.ts';
import { createInquiryStore } from './inquiry-store.ts';
import { createOutboxStore } from './outbox-store.ts';
import { createQueue, type RedisQueue } from './queue.ts';
import { createRateLimiter } from './rate-limiter.ts';

export interface RedisStores {
  readonly incidents: IncidentStore;
  readonly claims: ClaimStore;
  readonly causes: CauseMemory;
  readonly outbox: OutboxStore;
  readonly limiter: RateLimiter;
  readonly actions: ActionStore;
  readonly inquiries: InquiryStore;
  readonly audit: ReadableAuditLog;
  readonly queue: RedisQueue;
  /** Starts consuming the queue. */
  work(handlers: JobHandlers, options: WorkOptions): JobWorker;
  /** Warnings about the store's settings, as sentences. Throws StoreError when it does not answer. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Resolves when Redis answers. Throws ConfigError (unreadable address) or StoreError (not there, wrong password). */
export async function connectRedis(url: string, options: LinkOptions = {}): Promise<RedisStores> {
  const link = await openLink(url, options);
  const queue = createQueue(link);
  return {
    incidents: createIncidentStore(link),
    claims: createClaimStore(link),
    causes: createCauseMemory(link),
    outbox: createOutboxStore(link),
    limiter: createRateLimiter(link),
    actions: createActionStore(link),
    inquiries: createInquiryStore(link),
    audit: createAuditLog(link),
    queue,
    work: queue.work,
    check: () => checkDurability(link),
    close: async () => {
      await queue.close();
      await link.close();
    },
  };
}
