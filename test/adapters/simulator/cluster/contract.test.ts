import { connectCluster } from '../../../../src/adapters/kubernetes/connect.ts';
import { startSimulatedCluster } from '../../../../src/adapters/simulator/cluster/simulate.ts';
import { randomId, systemClock } from '../../../../src/clock.ts';
import { buildJobsContract } from '../../../contract/build-jobs.ts';
import type { ClusterBed } from '../../../contract/cluster-bed.ts';
import { clusterNetworkContract } from '../../../contract/cluster-network.ts';
import { clusterReaderContract } from '../../../contract/cluster-reader.ts';
import { clusterWriterContract } from '../../../contract/cluster-writer.ts';
import { gitOpsContract } from '../../../contract/gitops.ts';
import { secretListContract } from '../../../contract/secret-list.ts';
import { unreadyPodsContract } from '../../../contract/unready-pods.ts';

async function start(): Promise<ClusterBed> {
  const cluster = await startSimulatedCluster({ clock: systemClock, ids: randomId, pull: () => ({ ok: true }) });
  const admin = connectCluster({ kubeconfigText: cluster.kubeconfig() });
  return {
    admin,
    restricted: async (rules) =>
      connectCluster({ kubeconfigText: cluster.kubeconfig({ name: `limited-${randomId()}`, rules }) }),
    create: async (object) => cluster.world.put(object),
    async stop() {
      await admin.close();
      await cluster.close();
    },
  };
}

clusterReaderContract('the simulated cluster', start);

clusterNetworkContract('the simulated cluster', start);
unreadyPodsContract('the simulated cluster', start);
buildJobsContract('the simulated cluster', start);
gitOpsContract('the simulated cluster', start);
secretListContract('the simulated cluster', start);
clusterWriterContract('the simulated cluster', start);
