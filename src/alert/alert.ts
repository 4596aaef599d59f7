/** One notification from a source, normalised. */
export interface Alert {
  /** fingerprint + startsAt: the same series firing again is another alert. */
  readonly id: string;
  readonly source: 'alertmanager' | 'grafana' | 'pagerduty' | 'person';
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt?: number;
  /** Where the alert came from, https or http only. */
  readonly url?: string;
}

/** What an alert is about, read from its labels (contract: cluster namespace pod container deployment statefulset daemonset job_name). */
export interface AlertSubject {
  readonly cluster?: string;
  /** Absent for a cluster-wide alert: it starts a scope. */
  readonly namespace?: string;
  readonly kind?: 'Pod' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';
  readonly name?: string;
  readonly pod?: string;
}
