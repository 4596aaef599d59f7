/** The key at ingest: alerts about one workload of one cluster are one incident (design: cluster + namespace + workload, else pod). */
import { createHash } from 'node:crypto';
import type { AlertSubject } from '../alert/alert.ts';
import type { IncidentSubject } from './incident.ts';

/** Names as Kubernetes allows them; anything else is hashed, because labels can hold any text of any length. */
const PLAIN = /^[A-Za-z0-9._-]{1,253}$/;

/** `prod/staging/Deployment/api`; `prod/staging/*` for a namespace, `prod/*` for a cluster. Bounded, printable, no spaces. */
export function incidentKey(subject: IncidentSubject): string {
  const parts = [subject.cluster, subject.namespace, subject.target?.kind, subject.target?.name];
  const known = parts.filter((part) => part !== undefined).map(bounded);
  return subject.target ? known.join('/') : [...known, '*'].join('/');
}

/** What an alert's labels say, as an incident's subject. A name without a namespace cannot be looked up: the run is a scope. */
export function subjectOf(alert: AlertSubject, defaultCluster: string): IncidentSubject {
  const cluster = alert.cluster ?? defaultCluster;
  if (alert.namespace === undefined) return { cluster };
  if (alert.kind === undefined || alert.name === undefined) return { cluster, namespace: alert.namespace };
  return { cluster, namespace: alert.namespace, target: { kind: alert.kind, name: alert.name } };
}

/** `deployment/api in staging (cluster prod)`: for sentences. */
export function describeSubject(subject: IncidentSubject): string {
  const where = subject.namespace === undefined ? 'all namespaces' : subject.namespace;
  const what = subject.target ? `${subject.target.kind.toLowerCase()}/${subject.target.name} in ${where}` : where;
  return `${what} (cluster ${subject.cluster})`;
}

function bounded(part: string): string {
  return PLAIN.test(part) ? part : `~${createHash('sha256').update(part).digest('hex').slice(0, 32)}`;
}
