/** The way into this room: a configured cluster becomes a reader and a writer that share their connections. */
import type { CallMeter, ClusterReader } from '../../evidence/ports.ts';
import type { ClusterWriter } from '../../remediation/ports.ts';
import { createClient, metered } from './client.ts';
import { type ClusterLocation, loadKubeConfig } from './kubeconfig.ts';
import { createReader } from './reader.ts';
import { createWriter } from './writer.ts';

export interface ClusterConnection {
  /** The configured name, else the kubeconfig context. */
  readonly name: string;
  /** What the context names; absent: it names none. */
  readonly namespace?: string;
  /** One per diagnosis, so that its calls are counted. */
  reader(meter: CallMeter): ClusterReader;
  readonly writer: ClusterWriter;
  /** Ends the kept connections. */
  close(): Promise<void>;
}

/** Makes no call yet. Throws ConfigError when no such kubeconfig or context exists. `timeoutMs` is for each request. */
export function connectCluster(location: ClusterLocation, timeoutMs = 10_000): ClusterConnection {
  const config = loadKubeConfig(location);
  const context = config.getCurrentContext();
  // The SDK's name for a pod's own service account.
  const name = location.name ?? (context === 'inClusterContext' ? 'in-cluster' : context);
  const client = createClient({ cluster: name, config, timeoutMs });
  const namespace = config.getContextObject(context)?.namespace;
  return {
    name,
    ...(namespace ? { namespace } : {}),
    reader: (meter) => createReader(metered(client, meter)),
    writer: createWriter(client),
    close: async () => client.close(),
  };
}
