/** What is being investigated. */

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job' | 'CronJob';

/** The object that owns pods and that a rollout acts on. */
export interface WorkloadRef {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** A diagnosis' subject, as results print it. */
export interface Target {
  /** The cluster's configured name, else the kubeconfig context. */
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: 'Pod' | WorkloadKind | 'Image';
  readonly name: string;
  readonly workload?: WorkloadRef;
}

/** What a person asked for, before anything was looked up: `pod NAME`, `deployment/NAME`. */
export interface TargetRequest {
  /** Absent: a bare name, to be resolved (pod, else workload, else prefix of one workload's pods). */
  readonly kind?: 'Pod' | WorkloadKind;
  readonly name: string;
  readonly namespace: string;
}

const KIND_WORDS: Readonly<Record<string, 'Pod' | WorkloadKind>> = {
  pod: 'Pod',
  pods: 'Pod',
  po: 'Pod',
  deployment: 'Deployment',
  deployments: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  replicaset: 'ReplicaSet',
  replicasets: 'ReplicaSet',
  rs: 'ReplicaSet',
  job: 'Job',
  jobs: 'Job',
  cronjob: 'CronJob',
  cronjobs: 'CronJob',
  cj: 'CronJob',
};

/** `Deployment` for `deploy`, `deployments`, …; undefined for a word that names no kind. */
export function kindFromWord(word: string): 'Pod' | WorkloadKind | undefined {
  return KIND_WORDS[word.toLowerCase()];
}

/** `pod/api-1`, `deployment/api`: the way kubectl writes it. */
export function kubectlName(target: { readonly kind: string; readonly name: string }): string {
  return `${target.kind.toLowerCase()}/${target.name}`;
}
