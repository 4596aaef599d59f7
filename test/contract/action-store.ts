/** What every action store must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { anAction } from '../support/incidents.ts';
import { atOnce, type MakeBed, type StoreBed } from './store-bed.ts';

export function actionStoreContract(name: string, makeBed: MakeBed): void {
  describe(`actions in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });
    const actions = () => bed.stores.actions;

    it('gives back what was put', async () => {
      await actions().put(anAction('a1'));
      expect(await bed.others.actions.get('a1')).toEqual(anAction('a1'));
      expect(await actions().get('a2')).toBeUndefined();
    });

    it('lets one of fifty presses claim it', async () => {
      await actions().put(anAction('a1'));
      const moved = await atOnce(50, (n) =>
        (n % 2 === 0 ? bed.stores : bed.others).actions.move('a1', 'offered', {
          ...anAction('a1'),
          state: 'claimed',
          confirmedBy: `U${n}`,
        }),
      );
      expect(moved.filter(Boolean)).toHaveLength(1);
      expect(await actions().get('a1')).toMatchObject({ state: 'claimed', confirmedBy: `U${moved.indexOf(true)}` });
    });

    it('moves nothing that is elsewhere, or that does not exist', async () => {
      await actions().put({ ...anAction('a1'), state: 'done' });
      expect(await actions().move('a1', 'offered', { ...anAction('a1'), state: 'claimed' })).toBe(false);
      expect(await actions().move('a2', 'offered', { ...anAction('a2'), state: 'claimed' })).toBe(false);
      expect(await actions().get('a1')).toMatchObject({ state: 'done' });
    });

    it('remembers the first of two persons, also when a move knew nothing of it', async () => {
      await actions().put(anAction('a1'));
      const first = await atOnce(20, (n) => actions().request('a1', `U${n}`));
      expect(new Set(first).size).toBe(1);
      await actions().move('a1', 'offered', { ...anAction('a1'), state: 'claimed' });
      expect((await actions().get('a1'))?.requestedBy).toBe(first[0]);
      expect(await actions().request('a2', 'U1')).toBeUndefined();
    });
  });
}
