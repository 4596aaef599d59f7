/** What every audit log must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '../../src/remediation/action.ts';
import type { MakeBed, StoreBed } from './store-bed.ts';

export function auditLogContract(name: string, makeBed: MakeBed): void {
  describe(`the audit log in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });

    it('shows every press, the newest first', async () => {
      const events: AuditEvent[] = [
        { at: 1, actor: 'U1', what: 'press', subject: 'rollout-restart deployment/api-service' },
        { at: 2, actor: 'U1', what: 'refused', subject: 'rollout-restart', reason: 'production needs a second person' },
        { at: 3, actor: 'U2', what: 'applied', subject: 'rollout-restart', detail: { pods: 3, gone: ['a'], ok: null } },
      ];
      for (const event of events) await bed.stores.audit.append(event);
      expect(await bed.others.audit.recent(10)).toEqual(events.toReversed());
      expect(await bed.stores.audit.recent(1)).toEqual([events[2]]);
    });
  });
}
