/** What every cluster must show of Jobs, so that those that build images can be told. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import { type ClusterBed, signal, useBed } from './cluster-bed.ts';

export function buildJobsContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`Jobs on ${name}`, () => {
    const own = useBed(start);
    let bed: ClusterBed;
    let reader: ClusterReader;
    let namespace: string;
    beforeEach(() => {
      ({ bed, reader, namespace } = own);
    });

    it('tells what is on their command lines, with the container’s own variables filled in', async () => {
      const job = (called: string, spec: object, container: object) => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: called, namespace },
        spec: {
          ...spec,
          template: {
            metadata: { labels: { app: called } },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'kaniko', image: 'gcr.io/kaniko-project/executor', ...container }],
            },
          },
        },
      });
      const env = [
        { name: 'TAG', value: '1.4.2' },
        { name: 'HIDDEN', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } },
      ];
      const args = ['--destination=r.example/api:$(TAG)', '--label=$(HIDDEN)'];
      await bed.create(job('build-api', {}, { args, env }));
      await bed.create(job('build-later', { suspend: true }, { command: ['/kaniko/executor'] }));
      const listed = await reader.jobs({ namespace }, signal);
      const jobs = listed.status === 'observed' ? listed.value.jobs : [];
      expect(jobs.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
        {
          name: 'build-api',
          namespace,
          state: 'running',
          containers: [
            {
              image: 'gcr.io/kaniko-project/executor',
              words: ['--destination=r.example/api:1.4.2', '--label=$(HIDDEN)'],
            },
          ],
        },
        { name: 'build-later', state: 'suspended', containers: [{ words: ['/kaniko/executor'] }] },
      ]);
      const everywhere = await reader.jobs({}, signal);
      expect(everywhere.status === 'observed' && everywhere.value.jobs.length >= 2).toBe(true);
    });
  });
}
