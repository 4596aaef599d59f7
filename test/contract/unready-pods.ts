/** What every cluster must show of its pods that cannot get their image. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/adapters/simulator/cluster/objects.ts';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import { failingPods } from '../../src/evidence/pull-failures.ts';
import { type ClusterBed, noMeter, podObject, signal, stuck, useBed } from './cluster-bed.ts';

export function unreadyPodsContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`pods that cannot get their image on ${name}`, () => {
    const own = useBed(start);
    let bed: ClusterBed;
    let reader: ClusterReader;
    let namespace: string;
    beforeEach(() => {
      ({ bed, reader, namespace } = own);
    });

    it('finds the pods that cannot get their image by their rows, the same as in the whole list', async () => {
      const status = (state: object, ready = false, name = 'api') => ({
        name,
        image: 'x',
        imageID: '',
        ready,
        restartCount: 0,
        state,
      });
      const running = status({ running: { startedAt: '2026-01-01T00:00:00Z' } }, true);
      const pulls = { waiting: { reason: 'ErrImagePull', message: 'no such host' } };
      const two = { containers: ['api', 'side'].map((one) => ({ name: one, image: 'team/api:v2' })) };
      const put = (name: string, containers: object[], spec: KubeObject['spec'] = {}, more: object = {}) =>
        bed.create(
          podObject(namespace, name, {
            spec,
            status: { phase: 'Running', containerStatuses: containers, ...more } as KubeObject['status'],
          }),
        );
      await put('well', [running]);
      await put('crashing', [status({ waiting: { reason: 'CrashLoopBackOff' } })]);
      await put('stuck', [], {}, stuck);
      await put('half', [running, status(pulls, false, 'side')], two);
      await put(
        'done-and-stuck',
        [status({ terminated: { exitCode: 0, reason: 'Completed' } }), status(pulls, false, 'side')],
        two,
      );
      await put('odd-reason', [status({ waiting: { reason: 'illegal base64 data at input byte 4' } })]);
      await put(
        'init',
        [status({ waiting: { reason: 'PodInitializing' } })],
        { initContainers: [{ name: 'first', image: 'x' }] },
        {
          phase: 'Pending',
          initContainerStatuses: [status(pulls, false, 'first')],
        },
      );
      await put('new', [], {}, { phase: 'Pending' });
      const all = await reader.pods({ namespace }, signal);
      const unready = await reader.unreadyPods({ namespace }, signal);
      if (all.status !== 'observed' || unready.status !== 'observed') throw new Error('not read');
      expect(unready.value).toMatchObject({ total: 8, truncated: false });
      expect(unready.value.pods.map(({ name }) => name)).toEqual([
        'done-and-stuck',
        'half',
        'init',
        'odd-reason',
        'stuck',
      ]);
      expect(failingPods(unready.value.pods)).toEqual(failingPods(all.value.pods));
      expect(failingPods(all.value.pods).map(({ pod }) => pod)).toEqual(
        expect.arrayContaining(['done-and-stuck', 'half', 'init', 'stuck']),
      );
      const everywhere = await reader.unreadyPods({}, signal);
      expect(
        everywhere.status === 'observed' && everywhere.value.pods.filter((pod) => pod.namespace === namespace),
      ).toHaveLength(5);
      expect(await reader.unreadyPods({ namespace: '..' }, signal)).toMatchObject({ value: { total: 0, pods: [] } });
    });

    it('reads whole pages for whoever may list pods but not get them', async () => {
      await bed.create(podObject(namespace, 'stuck', { status: stuck }));
      await bed.create(podObject(namespace, 'new'));
      const lister = await bed.restricted([{ apiGroups: [''], resources: ['pods'], verbs: ['list'], namespace }]);
      const limited = lister.reader(noMeter);
      expect(await limited.unreadyPods({ namespace }, signal)).toMatchObject({
        status: 'observed',
        value: { total: 2, pods: [{ name: 'stuck' }] },
      });
      expect(await limited.unreadyPods({}, signal)).toMatchObject({
        status: 'forbidden',
        permission: { verb: 'list', resource: 'pods' },
      });
      await lister.close();
    });
  });
}
