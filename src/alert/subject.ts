/** Labels -> what the alert is about. Label values come from anyone who can create a pod: only real Kubernetes names pass. */
import type { AlertSubject } from './alert.ts';

/** Most telling first: an alert about a Deployment's pod is about the Deployment. */
const NAMED_BY = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['job_name', 'Job'],
  ['pod', 'Pod'],
] as const;

/** The labels that anything is read from: whoever cuts a long list keeps these. */
export const READ_LABELS: ReadonlySet<string> = new Set([
  'alertname',
  'reason',
  'cluster',
  'namespace',
  ...NAMED_BY.map(([label]) => label),
]);

/** RFC 1123 subdomain, as the API server requires of names. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A cluster may be named by an ARN or a kubeconfig context. */
const CLUSTER = /^[A-Za-z0-9_.:/@-]{1,253}$/;

/** Reads the contract's labels; a value that cannot be a name is as good as absent. */
export function subjectFromLabels(labels: Readonly<Record<string, string>>): AlertSubject {
  const cluster = valid(labels['cluster'], CLUSTER);
  const namespace = valid(labels['namespace'], NAME);
  const pod = valid(labels['pod'], NAME);
  const named = NAMED_BY.map(([label, kind]) => ({ kind, name: valid(labels[label], NAME) })).find(
    (candidate) => candidate.name !== undefined,
  );
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(named?.name === undefined ? {} : { kind: named.kind, name: named.name }),
    ...(pod === undefined ? {} : { pod }),
  };
}

function valid(value: string | undefined, pattern: RegExp): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}
