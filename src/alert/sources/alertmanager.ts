/** Alertmanager's webhook body -> alerts. */
import { parseTime } from '../../clock.ts';
import type { Alert } from '../alert.ts';
import { READ_LABELS } from '../subject.ts';
import { AlertmanagerAlert, AlertmanagerPayload } from './schema.ts';

/** An alert that could not be read: which one, and the field. */
interface DroppedAlert {
  readonly index: number;
  readonly field: string;
  readonly reason: string;
}

export type AlertBatch =
  | {
      readonly kind: 'alerts';
      readonly alerts: readonly Alert[];
      /** The list is a prefix of what the sender has. */
      readonly truncated: boolean;
      readonly dropped: readonly DroppedAlert[];
    }
  /** Nothing could be read; `field` is the path of the first thing that is wrong. */
  | { readonly kind: 'malformed'; readonly error: string; readonly field: string };

/** Longest text kept of a label, an annotation or a link. */
const LONGEST_TEXT = 2_048;
const MOST_LABELS = 64;

/** Reads a webhook body that is already parsed JSON. A body of which no alert can be read is malformed. */
export function readAlertmanager(body: unknown): AlertBatch {
  const payload = AlertmanagerPayload.safeParse(body);
  if (!payload.success) {
    const issue = payload.error.issues[0];
    return { kind: 'malformed', error: describe(issue), field: pathOf(issue) };
  }
  const alerts: Alert[] = [];
  const dropped: DroppedAlert[] = [];
  for (const [index, item] of payload.data.alerts.entries()) {
    const read = readAlert(item);
    if (read.kind === 'alert') alerts.push(read.alert);
    else dropped.push({ index, field: read.field, reason: read.reason });
  }
  const first = dropped[0];
  if (alerts.length === 0 && first) {
    return { kind: 'malformed', error: first.reason, field: `alerts[${first.index}].${first.field}` };
  }
  return { kind: 'alerts', alerts, truncated: (payload.data.truncatedAlerts ?? 0) > 0, dropped };
}

type ReadAlert =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'bad'; readonly field: string; readonly reason: string };

function readAlert(item: unknown): ReadAlert {
  const parsed = AlertmanagerAlert.safeParse(item);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'bad', field: pathOf(issue), reason: describe(issue) };
  }
  const { status, fingerprint, generatorURL } = parsed.data;
  const startsAt = parseTime(parsed.data.startsAt);
  if (startsAt === undefined) return { kind: 'bad', field: 'startsAt', reason: 'not an RFC 3339 time' };
  const endsAt = parseTime(parsed.data.endsAt);
  const labels = bounded(parsed.data.labels);
  return {
    kind: 'alert',
    alert: {
      // The fingerprint repeats when the same series fires again, with a new start.
      id: `${fingerprint}:${startsAt}`,
      source: 'alertmanager',
      status,
      name: labels['alertname'] ?? 'unnamed alert',
      labels,
      annotations: bounded(parsed.data.annotations ?? {}),
      startsAt,
      // The zero time of Go means "still open".
      ...(endsAt !== undefined && endsAt > 0 ? { endsAt } : {}),
      ...(isLink(generatorURL) ? { url: generatorURL } : {}),
    },
  };
}

/** What is read of them is never what is cut. */
function bounded(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const rank = (name: string) => (READ_LABELS.has(name) ? 0 : 1);
  return Object.fromEntries(
    Object.entries(texts)
      .toSorted(([left], [right]) => rank(left) - rank(right))
      .slice(0, MOST_LABELS)
      .map(([name, text]) => [name, text.slice(0, LONGEST_TEXT)]),
  );
}

function isLink(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.length <= LONGEST_TEXT && /^https?:\/\//i.test(text) && URL.canParse(text);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function pathOf(issue: Issue | undefined): string {
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return path.replace(/^\./, '') || 'body';
}

function describe(issue: Issue | undefined): string {
  return issue?.message ?? 'cannot be read';
}
