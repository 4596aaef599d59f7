/** What every ledger must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../../src/incident/incident.ts';
import { API_KEY, anAlert, arrival, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';
import { atOnce, type MakeBed, type StoreBed } from './store-bed.ts';

const RESOLVED: IncidentEvent = { at: 5, type: 'resolved', by: 'U1', reason: 'tag pushed' };
const ACKNOWLEDGED: IncidentEvent = { at: 4, type: 'acknowledged', by: 'U1' };

export function incidentStoreContract(name: string, makeBed: MakeBed): void {
  describe(`the ledger in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });
    const ledger = () => bed.stores.incidents;

    it('opens one incident when fifty alerts of one workload arrive at once, and joins the others', async () => {
      const answers = await atOnce(50, (n) =>
        (n % 2 === 0 ? bed.stores : bed.others).incidents.openOrJoin(arrival(1, `i${n}`, `alert-${n}`)),
      );
      expect(answers.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
      expect(answers.filter(({ kind }) => kind === 'joined')).toHaveLength(49);
      expect(new Set(answers.map(({ incident }) => incident.id)).size).toBe(1);
      const [incident] = await ledger().open(10);
      expect(incident?.version).toBe(50);
      expect(incident?.alerts).toHaveLength(50);
    });

    it('changes nothing when the same alert is delivered again, also fifty times at once', async () => {
      const answers = await atOnce(50, (n) => ledger().openOrJoin(arrival(1, `i${n}`, 'alert-1')));
      expect(answers.map(({ kind }) => kind).sort()).toEqual([...Array(49).fill('known'), 'opened']);
      const [incident] = await ledger().open(10);
      expect(incident?.version).toBe(1);
    });

    it('keeps what was said, word for word', async () => {
      const { incident } = await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      const said: IncidentEvent[] = [
        { at: 2, type: 'thread-opened', thread: { channel: 'C1', ts: '1.2' } },
        { at: 3, type: 'diagnosed', diagnosis: TAG_NOT_FOUND, family: 'image:ghcr.io/org/api-service', quick: true },
        ACKNOWLEDGED,
      ];
      await ledger().append('i1', incident.version, said, 1000);
      expect(await bed.others.incidents.events('i1')).toEqual([triggered(1, anAlert('alert-1')), ...said]);
      const now = await bed.others.incidents.get('i1');
      expect(now).toMatchObject({
        id: 'i1',
        key: API_KEY,
        version: 4,
        status: 'acknowledged',
        thread: { channel: 'C1', ts: '1.2' },
        diagnosis: TAG_NOT_FOUND,
      });
    });

    it('lets one of fifty win who append to the same version, and tells the others how it is now', async () => {
      await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      const answers = await atOnce(50, (n) =>
        (n % 2 === 0 ? bed.stores : bed.others).incidents.append(
          'i1',
          1,
          [{ at: 2, type: 'page-claimed', tier: 'resolve', fence: `worker-${n}` }],
          undefined,
        ),
      );
      expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
      const winner = answers.findIndex(({ kind }) => kind === 'done');
      for (const { incident } of answers) {
        expect(incident.version).toBe(2);
        expect(incident.pages).toMatchObject([{ tier: 'resolve', fence: `worker-${winner}` }]);
      }
    });

    it('refuses a version from before and one from the future', async () => {
      const { incident } = await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      await ledger().append('i1', incident.version, [ACKNOWLEDGED], undefined);
      expect((await ledger().append('i1', 1, [RESOLVED], undefined)).kind).toBe('stale');
      expect((await ledger().append('i1', 3, [RESOLVED], undefined)).kind).toBe('stale');
      expect((await ledger().get('i1'))?.status).toBe('acknowledged');
    });

    it('opens a new incident for the same workload once the old one is resolved', async () => {
      await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      await ledger().append('i1', 1, [RESOLVED], undefined);
      expect((await ledger().openOrJoin(arrival(9, 'i2', 'alert-1'))).kind).toBe('known');
      const again = await ledger().openOrJoin(arrival(9, 'i2', 'alert-2'));
      expect([again.kind, again.incident.id]).toEqual(['opened', 'i2']);
      expect((await ledger().open(10)).map(({ id }) => id)).toEqual(['i2']);
    });

    it('still takes events after the end, and stays closed', async () => {
      await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      await ledger().append('i1', 1, [RESOLVED], undefined);
      const after = await ledger().append('i1', 2, [{ at: 6, type: 'closed' }], undefined);
      expect(after).toMatchObject({ kind: 'done', incident: { status: 'resolved', version: 3 } });
      expect(await ledger().open(10)).toEqual([]);
    });

    it('finds open incidents by their alerts', async () => {
      await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      await ledger().openOrJoin(arrival(2, 'ignored', 'alert-2'));
      expect((await ledger().findByAlert('alert-2')).map(({ id }) => id)).toEqual(['i1']);
      expect(await ledger().findByAlert('alert-3')).toEqual([]);
      await ledger().append('i1', 2, [RESOLVED], undefined);
      expect(await ledger().findByAlert('alert-2')).toEqual([]);
    });

    it('gives a family to one incident until that one ends', async () => {
      await atOnce(5, (n) => ledger().openOrJoin(arrival(1, `i${n}`, `alert-${n}`, `key-${n}`)));
      const owners = await atOnce(5, (n) => ledger().claimFamily('registry:ghcr.io', `i${n}`));
      expect(new Set(owners).size).toBe(1);
      const parent = owners[0] ?? '';
      const child = parent === 'i0' ? 'i1' : 'i0';
      expect(await ledger().claimFamily('registry:quay.io', child)).toBe(child);
      await ledger().append(parent, 1, [RESOLVED], undefined);
      expect(await ledger().claimFamily('registry:ghcr.io', child)).toBe(child);
      expect(await ledger().claimFamily('registry:ghcr.io', parent)).toBe(child);
    });

    it('lists what is due, earliest first, by its own time, until it is moved', async () => {
      const now = await ledger().time();
      for (const [id, inMinutes] of [
        ['late', 30],
        ['second', 20],
        ['first', 5],
      ] as const) {
        await ledger().openOrJoin({ ...arrival(now, id, `alert-${id}`, id), dueAt: now + inMinutes * 60_000 });
      }
      expect(await ledger().due(10)).toEqual([]);
      await bed.advance(21 * 60_000);
      expect(await ledger().due(10)).toEqual(['first', 'second']);
      expect(await ledger().due(1)).toEqual(['first']);
      await ledger().append('first', 1, [{ at: now, type: 'reminded' }], now + 25 * 60_000);
      await ledger().append('second', 1, [RESOLVED], undefined);
      expect(await ledger().due(10)).toEqual([]);
      await bed.advance(5 * 60_000);
      expect(await ledger().due(10)).toEqual(['first']);
      await ledger().append('first', 2, [], undefined);
      expect(await ledger().due(10)).toEqual([]);
    });

    it('holds a new incident due at once when nobody says when', async () => {
      await ledger().openOrJoin(arrival(1, 'i1', 'alert-1'));
      expect(await ledger().due(10)).toEqual(['i1']);
    });

    it('lists open incidents, newest first', async () => {
      for (const n of [1, 2, 3]) await ledger().openOrJoin(arrival(n, `i${n}`, `alert-${n}`, `key-${n}`));
      expect((await ledger().open(2)).map(({ id }) => id)).toEqual(['i3', 'i2']);
      expect(await ledger().open(0)).toEqual([]);
    });

    it('has one time for everyone, which passes', async () => {
      const before = await ledger().time();
      await bed.advance(60_000);
      expect(await bed.others.incidents.time()).toBeGreaterThanOrEqual(before + 60_000);
    });

    it('knows nothing of an incident that never was', async () => {
      expect(await ledger().get('nobody')).toBeUndefined();
      expect(await ledger().events('nobody')).toEqual([]);
      await expect(ledger().append('nobody', 0, [ACKNOWLEDGED], undefined)).rejects.toMatchObject({
        code: 'store-unknown',
      });
    });
  });
}
