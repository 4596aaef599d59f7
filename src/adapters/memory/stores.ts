/** Everything Pullcheck keeps, in this process: nothing survives it. */
import type { Clock } from '../../clock.ts';
import { CAUSE_KEPT_MS, type CauseMemory, type RememberedCause } from '../../evidence/cause-memory.ts';
import type { Inquiry, InquiryStore } from '../../incident/inquiry.ts';
import type { JobHandlers, JobWorker, WorkOptions } from '../../incident/job.ts';
import type { ClaimStore, IncidentStore } from '../../incident/ports.ts';
import { type Bucket, blockBucket, takeToken } from '../../outbox/bucket.ts';
import { claimLease, type Lease, type Settlement, settleLease } from '../../outbox/lease.ts';
import type { OutboxStore, RateLimiter } from '../../outbox/outbox.ts';
import type { ActionStore, AuditEvent, AuditLog, RemedyAction } from '../../remediation/action.ts';
import { createIncidentStore } from './incident-store.ts';
import { createQueue, type MemoryQueue } from './queue.ts';

const INQUIRY_KEPT_MS = 24 * 3600 * 1000;
const AUDIT_KEPT = 100_000;

export interface MemoryStores {
  readonly incidents: IncidentStore;
  readonly claims: ClaimStore;
  readonly causes: CauseMemory;
  readonly outbox: OutboxStore;
  readonly limiter: RateLimiter;
  readonly actions: ActionStore;
  readonly inquiries: InquiryStore;
  readonly audit: AuditLog & { recent(limit: number): Promise<readonly AuditEvent[]> };
  readonly queue: MemoryQueue;
  work(handlers: JobHandlers, options: WorkOptions): JobWorker;
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function createMemoryStores(clock: Clock): MemoryStores {
  const queue = createQueue(clock);
  return {
    incidents: createIncidentStore(clock),
    claims: createClaimStore(clock),
    causes: createCauseMemory(clock),
    outbox: createOutboxStore(clock),
    limiter: createRateLimiter(clock),
    actions: createActionStore(),
    inquiries: createInquiryStore(clock),
    audit: createAuditLog(),
    queue,
    work: queue.work,
    check: async () => [],
    close: async () => queue.close(),
  };
}

function createClaimStore(clock: Clock): ClaimStore {
  const taken = new Map<string, number>();
  return {
    claim: async (key, ttlMs) => {
      if ((taken.get(key) ?? 0) > clock.now()) return false;
      taken.set(key, clock.now() + ttlMs);
      return true;
    },
    release: async (key) => {
      taken.delete(key);
    },
  };
}

function createCauseMemory(clock: Clock): CauseMemory {
  const causes = new Map<string, { readonly image: string; readonly cause: RememberedCause; readonly until: number }>();
  /** Oldest first, as written last. */
  function sweep(): void {
    for (const [key, { until }] of causes) {
      if (until > clock.now()) return;
      causes.delete(key);
    }
  }
  const keyOf = (podUid: string, container: string) => `${podUid}/${container}`;
  return {
    remember: async ({ podUid, container, image }, cause) => {
      const key = keyOf(podUid, container);
      causes.delete(key);
      causes.set(key, { image, cause: structuredClone(cause), until: clock.now() + CAUSE_KEPT_MS });
      sweep();
    },
    recall: async ({ podUid, container, image }) => {
      sweep();
      const found = causes.get(keyOf(podUid, container));
      return found?.image === image ? found.cause : undefined;
    },
  };
}

function createOutboxStore(clock: Clock): OutboxStore {
  const leases = new Map<string, Lease>();

  function settle(key: string, fence: string, how: Settlement): boolean {
    const lease = settleLease(leases.get(key), fence, how);
    if (lease) leases.set(key, lease);
    return lease !== undefined;
  }

  return {
    claim: async (key, fence, leaseMs) => {
      const { claim, lease } = claimLease(leases.get(key), { key, fence, leaseMs }, clock.now());
      if (lease) leases.set(key, lease);
      return claim;
    },
    sent: async (key, fence, at) => settle(key, fence, { state: 'sent', ...at }),
    release: async (key, fence) => {
      settle(key, fence, { state: 'planned' });
    },
    unknown: async (key, fence) => {
      settle(key, fence, { state: 'unknown' });
    },
    find: async (key) => {
      const lease = leases.get(key);
      if (!lease) return undefined;
      const { maybe: _ours, ...record } = lease;
      return record;
    },
  };
}

function createRateLimiter(clock: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take: async (name, limit, priority) => {
      const { waitMs, bucket } = takeToken(buckets.get(name), limit, priority, clock.now());
      buckets.set(name, bucket);
      return waitMs;
    },
    block: async (name, ms) => {
      buckets.set(name, blockBucket(buckets.get(name), ms, clock.now()));
    },
  };
}

function createActionStore(): ActionStore {
  const actions = new Map<string, RemedyAction>();
  /** The first person stays, whatever a later record says. */
  function keep(action: RemedyAction): void {
    const requestedBy = action.requestedBy ?? actions.get(action.id)?.requestedBy;
    actions.set(action.id, structuredClone({ ...action, ...(requestedBy ? { requestedBy } : {}) }));
  }
  return {
    put: async (action) => keep(action),
    get: async (id) => actions.get(id),
    move: async (id, from, to) => {
      if (actions.get(id)?.state !== from) return false;
      keep({ ...to, id });
      return true;
    },
    request: async (id, by) => {
      const action = actions.get(id);
      if (!action) return undefined;
      if (!action.requestedBy) keep({ ...action, requestedBy: by });
      return action.requestedBy ?? by;
    },
  };
}

function createInquiryStore(clock: Clock): InquiryStore {
  const inquiries = new Map<string, { readonly inquiry: Inquiry; readonly until: number }>();
  return {
    put: async (inquiry) => {
      inquiries.set(inquiry.id, { inquiry: structuredClone(inquiry), until: clock.now() + INQUIRY_KEPT_MS });
    },
    get: async (id) => {
      const found = inquiries.get(id);
      return found && found.until > clock.now() ? found.inquiry : undefined;
    },
  };
}

function createAuditLog(): MemoryStores['audit'] {
  const events: AuditEvent[] = [];
  return {
    append: async (event) => {
      events.push(structuredClone(event));
      if (events.length > AUDIT_KEPT) events.shift();
    },
    recent: async (limit) => events.slice(-limit).reverse(),
  };
}
