/** What the controllers of a real cluster write, seen through the reader: only they number revisions. */

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { podsMadeBy } from '../../../src/evidence/gone-pod.ts';
import type { ClusterReader } from '../../../src/evidence/ports.ts';
import type { Revision, WorkloadSnapshot } from '../../../src/evidence/snapshots.ts';
import type { WorkloadKind } from '../../../src/target/target.ts';
import { newNamespace, noMeter, signal, workloadObject } from '../../contract/cluster-bed.ts';
import { type Envtest, startEnvtest, withEnvtest } from '../../support/envtest.ts';

withEnvtest('cluster with real controllers', () => {
  describe('a cluster with real controllers', () => {
    let bed: Envtest;
    let reader: ClusterReader;
    let namespace: string;

    beforeAll(async () => {
      bed = await startEnvtest({ controllers: true });
      reader = bed.admin.reader(noMeter);
      namespace = await newNamespace(bed);
    }, 60_000);
    afterAll(async () => {
      await bed.stop();
    });

    /** Asks until the controllers have caught up. */
    async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
      for (let tries = 0; tries < 150; tries += 1) {
        const found = await ask();
        if (found !== undefined) return found;
        await delay(100);
      }
      throw new Error('the controllers did not do it');
    }
    async function workload(kind: WorkloadKind): Promise<WorkloadSnapshot> {
      const found = await reader.workload({ namespace, kind, name: 'api' }, signal);
      if (found.status !== 'observed') throw new Error(found.status);
      return found.value;
    }
    async function revisions(kind: WorkloadKind, count: number): Promise<readonly Revision[]> {
      return eventually(async () => {
        const found = await reader.revisions(await workload(kind), signal);
        return found.status === 'observed' && found.value.length === count ? found.value : undefined;
      });
    }
    /** The version that the controllers have stopped writing to. */
    async function restart(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'): Promise<void> {
      await eventually(async () => {
        const live = await workload(kind);
        const at = '2026-01-01T00:00:00Z';
        const result = await bed.admin.writer.restartWorkload(live, live.resourceVersion, at, 'apply', signal);
        return result.kind === 'done' ? true : undefined;
      });
    }

    it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
      'numbers the revisions of a restarted %s',
      async (kind) => {
        const rest = kind === 'StatefulSet' ? { spec: { serviceName: 'api' } } : {};
        await bed.create(workloadObject(kind, namespace, 'api', rest));
        expect(await revisions(kind, 1)).toMatchObject([{ revision: 1, isCurrent: true }]);
        await restart(kind);
        const images = { api: 'registry.example/team/api:v2' };
        expect(await revisions(kind, 2)).toMatchObject([
          { revision: 2, isCurrent: true, images },
          { revision: 1, isCurrent: false, images },
        ]);
      },
    );

    it('says how a Job ended, which pods it had made, and what they looked like', async () => {
      const containers = [{ name: 'app', image: 'registry.example/team/api:nope' }];
      const pod = { restartPolicy: 'Never', imagePullSecrets: [{ name: 'regcred' }], containers };
      const spec = { activeDeadlineSeconds: 1, template: { spec: pod } };
      await bed.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'report', namespace }, spec });
      const job = await eventually(async () => {
        const found = await reader.workload({ namespace, kind: 'Job', name: 'report' }, signal);
        return found.status === 'observed' && found.value.ended !== undefined ? found.value : undefined;
      });
      expect(job.ended).toMatchObject({
        reason: 'DeadlineExceeded',
        message: expect.stringContaining('deadline'),
        template: {
          imagePullSecrets: ['regcred'],
          serviceAccount: 'default',
          controller: { kind: 'Job', name: 'report', uid: job.uid },
          containers: [{ name: 'app', image: 'registry.example/team/api:nope', state: 'unknown' }],
        },
      });
      const events = await reader.events(namespace, job.uid, signal);
      expect(podsMadeBy(events.status === 'observed' ? events.value : [])).toEqual([
        expect.stringMatching(/^report-[a-z0-9]{5}$/),
      ]);
    });

    it('copies the service account secrets into pods, and leads from the pod to its Deployment', async () => {
      const accounts = await eventually(async () => {
        const found = await reader.serviceAccount(namespace, 'default', signal);
        return found.status === 'observed' ? found.value : undefined;
      });
      expect(accounts.imagePullSecrets).toEqual([]);
      const pod = await eventually(async () => {
        const list = await reader.pods({ namespace, selector: 'app=api' }, signal);
        const found = list.status === 'observed' ? list.value.pods : [];
        return found.find(({ controller }) => controller?.kind === 'ReplicaSet');
      });
      expect(pod).toMatchObject({ serviceAccount: 'default', phase: 'Pending', containers: [{ state: 'unknown' }] });
      const { kind = '', name = '' } = pod.controller ?? {};
      const owner = await reader.controllerOf({ namespace, kind, name }, signal);
      expect(owner).toEqual({ status: 'observed', value: { kind: 'Deployment', name: 'api' } });
    });
  });
});
