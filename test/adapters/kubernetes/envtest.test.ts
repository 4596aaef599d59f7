import { clusterReaderContract } from '../../contract/cluster-reader.ts';
import { clusterWriterContract } from '../../contract/cluster-writer.ts';
import { startEnvtest, withEnvtest } from '../../support/envtest.ts';

withEnvtest('cluster contract on a real API server', () => {
  clusterReaderContract('a real API server', async () => startEnvtest());
  clusterWriterContract('a real API server', async () => startEnvtest());
});
