/** What a person who is paged needs to know, in plain text: one sentence and a few facts. */
import { formatDuration, formatTime } from '../clock.ts';
import { minuteOf } from '../diagnosis/words.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { conditionsOf, downInScope } from './conditions.ts';
import type { Incident } from './incident.ts';
import { describeSubject } from './key.ts';

const MOST_CHILDREN = 10;

/** P1 where a rollout is blocked or several workloads fail, else P2 (also while nothing is known). */
export function severityOf(incident: Incident): 'P1' | 'P2' {
  return incident.severity ?? 'P2';
}

/** The runbook's sentence for this situation, filled in. `registry`: the failing image's host, where known. */
export function escalationSentence(incident: Incident, runbook: Runbook | undefined, registry?: string): string {
  const say =
    ruleFor(incident, runbook) ?? 'Container image pull failure in {namespace}, not resolved: {workload}, {cause}';
  return `${severityOf(incident)}: ${fill(withoutSeverity(say), placeholders(incident, registry))}`;
}

/** Fills `{name}`; nothing else is evaluated, and what is filled in is not filled again. An unknown name stays visible. */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** Short facts, most useful first. */
export function factsOf(incident: Incident, now: number): readonly string[] {
  const facts = [
    `Subject: ${describeSubject(incident.subject)}`,
    `Open for ${formatDuration(now - incident.openedAt)}, since ${minuteOf(formatTime(incident.openedAt))}`,
    ...diagnosisFacts(incident),
    ...scopeFacts(incident),
    ...childFacts(incident),
    incident.acknowledged ? `Acknowledged by ${incident.acknowledged.by}` : 'Nobody has acknowledged it',
  ];
  if (incident.escalationRequested) facts.push(`Escalated by ${incident.escalationRequested.by}`);
  return facts;
}

function diagnosisFacts(incident: Incident): readonly string[] {
  const diagnosis = incident.diagnosis;
  if (!diagnosis) return incident.scope ? [] : ['Not diagnosed yet'];
  const { verdict, lights } = diagnosis;
  const { told } = verdict;
  return [
    `Verdict: ${verdict.cause} (${verdict.confidence}): ${told === undefined ? verdict.summary : `${told.what}.`}`,
    ...(told === undefined ? [] : [`To do: ${told.act}`]),
    `Reference ${lights.reference}, credentials ${lights.credentials}, reachability ${lights.reachability}`,
    ...(diagnosis.findings[0] ? [`Image: ${diagnosis.findings[0].image}`] : []),
    ...diagnosis.gaps.slice(0, 3).map((gap) => `Could not be seen: ${gap}`),
  ];
}

function scopeFacts(incident: Incident): readonly string[] {
  if (!incident.scope) return [];
  const { failing, workloads, namespaces, nodes } = incident.scope.total;
  return [`${failing} pods cannot pull: ${workloads} workloads, ${namespaces} namespaces, ${nodes} nodes`];
}

function childFacts(incident: Incident): readonly string[] {
  const open = incident.children.filter((child) => !child.resolved);
  if (open.length === 0) return [];
  const named = open.slice(0, MOST_CHILDREN).map((child) => describeSubject(child.subject));
  const more = open.length > MOST_CHILDREN ? ` and ${open.length - MOST_CHILDREN} more` : '';
  return [`Same fault: ${named.join(', ')}${more}`];
}

function ruleFor(incident: Incident, runbook: Runbook | undefined): string | undefined {
  const rules = runbook?.escalate ?? [];
  const conditions = [
    ...conditionsOf(incident),
    ...(incident.subject.namespace === undefined ? ['scope-expanding'] : []),
    'unresolved',
  ];
  return conditions.map((when) => rules.find((rule) => rule.when === when)?.say).find((say) => say !== undefined);
}

/** The severity is ours to say; a runbook's fixed `P1:` would contradict it. */
function withoutSeverity(say: string): string {
  return say.replace(/^P[1-5]:\s*/, '');
}

function placeholders(incident: Incident, registry: string | undefined): Readonly<Record<string, string>> {
  const target = incident.diagnosis?.target;
  const workload = target?.workload ?? target ?? incident.subject.target;
  return {
    cluster: incident.subject.cluster,
    namespace: namespacesOf(incident),
    workload: workload ? `${workload.kind.toLowerCase()}/${workload.name}` : 'several workloads',
    image: incident.diagnosis?.findings[0]?.image ?? 'an image that is not known yet',
    registry: registry ?? downInScope(incident) ?? 'a registry that is not known yet',
    cause: incident.diagnosis?.verdict.cause ?? 'not diagnosed yet',
  };
}

function namespacesOf(incident: Incident): string {
  if (incident.subject.namespace === undefined) return 'all namespaces';
  const all = [incident.subject.namespace, ...incident.children.flatMap((child) => child.subject.namespace ?? [])];
  const names = [...new Set(all)];
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
