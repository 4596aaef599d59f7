/** Clusters and registries as configured, opened once and shared. */
import { createCredentialSource } from '../adapters/files/credential-source.ts';
import { type ClusterConnection, connectCluster } from '../adapters/kubernetes/connect.ts';
import { createRegistryReader } from '../adapters/registry/client.ts';
import type { Clock } from '../clock.ts';
import { formatTime } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { UsageError } from '../errors.ts';
import type { CallMeter } from '../evidence/ports.ts';
import type { OpenReaders } from '../flow/scope.ts';
import type { RemedyPorts } from '../remediation/ports.ts';
import { ownCredentials } from './own-credentials.ts';

/** What the command line (or the demo) says instead of the configuration. */
export interface ClusterFlags {
  readonly context?: string;
  readonly kubeconfig?: string;
  /** A kubeconfig itself: the demo's simulated cluster. */
  readonly kubeconfigText?: string;
}

export interface Outside {
  readonly readers: OpenReaders;
  readonly defaultCluster: string;
  /** Of the default cluster's context. */
  readonly namespace: string;
  /** Registry hosts for which a credential source is configured. */
  readonly credentialHosts: readonly string[];
  readonly ownCredential: ReturnType<typeof ownCredentials>;
  remedyPorts(cluster: string): RemedyPorts;
  close(): Promise<void>;
}

const uncounted: CallMeter = { count: () => undefined };

/** Makes no call yet. Throws ConfigError when a kubeconfig or context does not exist. `register` gets every secret read. */
export function openOutside(
  config: Config,
  flags: ClusterFlags,
  deps: { readonly clock: Clock; readonly register: (secret: string) => void },
): Outside {
  const clusters = connectAll(config, flags);
  const registries = config.file.registries.map(({ host, plainHttp, caFile }) => ({
    host,
    ...(plainHttp === undefined ? {} : { plainHttp }),
    ...(caFile === undefined ? {} : { caFile }),
  }));
  const registryFor = (meter: CallMeter) => createRegistryReader({ meter, clock: deps.clock, registries });
  const shared = registryFor(uncounted);
  const [first] = clusters;

  function find(name: string | undefined): ClusterConnection {
    const found = name === undefined ? first : clusters.find((cluster) => cluster.name === name);
    if (found) return found;
    throw new UsageError({
      code: 'no-such-cluster',
      message: `No cluster is called "${name ?? ''}".`,
      hint: `Configured: ${clusters.map((cluster) => cluster.name).join(', ')}.`,
    });
  }

  return {
    readers: (name, meter) => ({ cluster: find(name).reader(meter), registry: registryFor(meter) }),
    defaultCluster: first.name,
    namespace: first.namespace ?? 'default',
    credentialHosts: config.file.credentialSources.map((source) => source.registry),
    ownCredential: ownCredentials(config, deps.register),
    remedyPorts(name) {
      const cluster = find(name);
      const reader = cluster.reader(uncounted);
      const { variable } = config;
      const credentials = createCredentialSource({
        sources: config.file.credentialSources,
        reader,
        variable,
        register: deps.register,
      });
      return { reader, writer: cluster.writer, registry: shared, credentials, now: () => formatTime(deps.clock.now()) };
    },
    async close() {
      await Promise.all([...clusters.map((cluster) => cluster.close()), shared.close()]);
    },
  };
}

function connectAll(config: Config, flags: ClusterFlags): readonly [ClusterConnection, ...ClusterConnection[]] {
  const fromFlags = flags.context !== undefined || flags.kubeconfig !== undefined || flags.kubeconfigText !== undefined;
  const [head, ...tail] = config.file.clusters;
  if (fromFlags || !head) return [connectCluster(fromFlags ? flags : {})];
  return [connectCluster(head), ...tail.map((cluster) => connectCluster(cluster))];
}
