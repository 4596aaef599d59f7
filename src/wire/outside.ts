/** Clusters, registries and the code host as configured, opened once and shared. */
import { delimiter } from 'node:path';
import { createCredentialSource } from '../adapters/files/credential-source.ts';
import { type ClusterConnection, connectCluster } from '../adapters/kubernetes/connect.ts';
import { createRegistryReader } from '../adapters/registry/client.ts';
import { createEcr } from '../adapters/registry/ecr.ts';
import type { Clock } from '../clock.ts';
import { formatTime } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { UsageError } from '../errors.ts';
import { describeGap } from '../evidence/observation.ts';
import type { CallMeter } from '../evidence/ports.ts';
import type { OpenReaders } from '../flow/scope.ts';
import type { RemedyPorts } from '../remediation/ports.ts';
import { openGithub } from './github.ts';
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
  /** One sentence for each cluster that cannot be asked now. */
  unreachable(signal: AbortSignal): Promise<readonly string[]>;
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
  const ecr = createEcr();
  // Amazon's own API is asked only where somebody has said that Pullcheck has credentials for it.
  const asksEcr = config.file.credentialSources.some(({ from }) => 'ecr' in from);
  const registryFor = (meter: CallMeter) =>
    createRegistryReader({ meter, clock: deps.clock, registries, ...(asksEcr ? { ecr } : {}) });
  const shared = registryFor(uncounted);
  const github = openGithub(config, deps);
  const [first] = clusters;

  function find(name: string | undefined): ClusterConnection {
    const found = name === undefined ? first : clusters.find((cluster) => cluster.name === name);
    if (found) return found;
    throw new UsageError({
      code: 'no-such-cluster',
      message: `No cluster is called "${name ?? ''}".`,
      hint: `Known: ${clusters.map((cluster) => cluster.name).join(', ')}. Alerts name it in their label "cluster"; give yours that name under clusters in pullcheck.yaml.`,
    });
  }

  return {
    readers: (name, meter) => {
      const registry = registryFor(meter);
      return {
        cluster: find(name).reader(meter),
        registry,
        ...(github ? { codeHost: github.reader(meter) } : {}),
        close: async () => registry.close(),
      };
    },
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
        ecrLogin: (registry, region, signal) => ecr.login({ registry, region }, signal),
        register: deps.register,
      });
      return {
        reader,
        writer: cluster.writer,
        registry: shared,
        credentials,
        now: () => formatTime(deps.clock.now()),
        ...(github ? { codeHost: { reader: github.reader(uncounted), writer: github.writer } } : {}),
      };
    },
    async unreachable(signal) {
      // Every namespace has this account, and the diagnosis reads it anyway: no right more is needed.
      const seen = await Promise.all(
        clusters.map(async (one) => ({
          name: one.name,
          account: await one.reader(uncounted).serviceAccount('default', 'default', signal),
        })),
      );
      return seen.flatMap(({ name, account }) =>
        account.status === 'unreachable' ? [describeGap(`cluster ${name}`, account)] : [],
      );
    },
    async close() {
      await Promise.all([...clusters.map((cluster) => cluster.close()), shared.close(), github?.close()]);
    },
  };
}

/** `KUBECONFIG` as one file is named in errors; a list of files is merged by the SDK, as kubectl does. */
function connectAll(config: Config, flags: ClusterFlags): readonly [ClusterConnection, ...ClusterConnection[]] {
  const { kubeconfig } = config;
  const usual = kubeconfig === undefined || kubeconfig.includes(delimiter) ? {} : { kubeconfig };
  if (flags.kubeconfigText !== undefined || flags.kubeconfig !== undefined) return [connectCluster(flags)];
  if (flags.context !== undefined) return [connectCluster({ ...usual, ...flags })];
  const [head, ...tail] = config.file.clusters;
  if (!head) return [connectCluster(usual)];
  const connect = (cluster: typeof head) =>
    connectCluster(cluster.kubeconfig === undefined ? { ...usual, ...cluster } : cluster);
  return [connect(head), ...tail.map(connect)];
}
