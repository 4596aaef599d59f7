/** Finds the kubeconfig (or the pod's own service account) of one configured cluster, with errors a person can act on. */
import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { ConfigError, errorLine } from '../../errors.ts';

/** One row of `clusters` in pullcheck.yaml, or what the command line said. All absent: kubectl's own default, else in-cluster. */
export interface ClusterLocation {
  /** Shown in results; absent: the context's name. */
  readonly name?: string | undefined;
  readonly context?: string | undefined;
  /** Path of a kubeconfig file. */
  readonly kubeconfig?: string | undefined;
  readonly inCluster?: boolean | undefined;
  /** A kubeconfig itself, instead of a file: the demo's simulated cluster. */
  readonly kubeconfigText?: string | undefined;
}

function notUsable(message: string, hint: string): ConfigError {
  return new ConfigError({ code: 'kubeconfig-invalid', message, hint });
}

/** Throws ConfigError when no such file or context exists; a missing context lists those that do. */
export function loadKubeConfig(location: ClusterLocation): KubeConfig {
  const config = new KubeConfig();
  load(config, location);
  const context = location.context ?? config.currentContext;
  chooseContext(config, context, location);
  // The SDK refuses plain http unless TLS verification is off; without TLS there is nothing to verify (`kubectl proxy`).
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  return config;
}

function load(config: KubeConfig, location: ClusterLocation): void {
  if (location.inCluster) {
    config.loadFromCluster();
    if (config.getCurrentCluster()?.server.includes('undefined')) {
      throw notUsable(
        'inCluster is set, but this process does not run in a pod (no Kubernetes service address in its environment)',
        'Remove inCluster, or name a context.',
      );
    }
    return;
  }
  const path = location.kubeconfig;
  if (path !== undefined && !existsSync(path)) {
    throw notUsable(`kubeconfig ${path} does not exist`, 'Check --kubeconfig or KUBECONFIG.');
  }
  try {
    if (location.kubeconfigText !== undefined) config.loadFromString(location.kubeconfigText);
    else if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    // A parser's message may quote the file, and the file holds credentials: only a system error is repeated.
    const said = error instanceof Error && 'syscall' in error ? `: ${errorLine(error)}` : '';
    throw notUsable(`kubeconfig ${path ?? ''} cannot be read${said}`.replace('  ', ' '), 'Try: kubectl config view');
  }
  // What the SDK makes up when it finds neither a file nor a service account.
  const byDefault = path === undefined && location.kubeconfigText === undefined;
  if (byDefault && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw notUsable(
      'no kubeconfig was found, and this process does not run in a pod',
      'Set KUBECONFIG, or give --kubeconfig FILE.',
    );
  }
}

function chooseContext(config: KubeConfig, context: string | undefined, location: ClusterLocation): void {
  const known = config.contexts.map(({ name }) => name);
  const list = known.length === 0 ? 'it holds no context' : `it holds: ${known.join(', ')}`;
  const file = location.kubeconfig ?? 'the kubeconfig';
  if (!context) throw notUsable(`${file} names no current context; ${list}`, 'Give --context NAME.');
  const found = config.getContextObject(context);
  if (!found) throw notUsable(`${file} has no context "${context}"; ${list}`, 'Give --context NAME.');
  config.setCurrentContext(context);
  if (!config.getCurrentCluster()) {
    throw notUsable(
      `context "${context}" names the cluster "${found.cluster}", which ${file} does not define`,
      'Repair it.',
    );
  }
}
