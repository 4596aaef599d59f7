import { afterAll } from '@jest/globals';
import { buildJobsContract } from '../../contract/build-jobs.ts';
import type { ClusterBed } from '../../contract/cluster-bed.ts';
import { clusterNetworkContract } from '../../contract/cluster-network.ts';
import { clusterReaderContract } from '../../contract/cluster-reader.ts';
import { clusterWriterContract } from '../../contract/cluster-writer.ts';
import { secretListContract } from '../../contract/secret-list.ts';
import { unreadyPodsContract } from '../../contract/unready-pods.ts';
import { type Envtest, startEnvtest, withEnvtest } from '../../support/envtest.ts';

withEnvtest('cluster contract on a real API server', () => {
  let running: Promise<Envtest> | undefined;
  /** One API server for both suites: each test has a namespace of its own. */
  async function shared(): Promise<ClusterBed> {
    running ??= startEnvtest();
    return { ...(await running), stop: async () => undefined };
  }
  afterAll(async () => {
    const server = await running;
    await server?.stop();
  });
  clusterReaderContract('a real API server', shared);
  clusterNetworkContract('a real API server', shared);
  unreadyPodsContract('a real API server', shared);
  buildJobsContract('a real API server', shared);
  secretListContract('a real API server', shared);
  clusterWriterContract('a real API server', shared);
});
