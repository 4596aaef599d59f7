/** The command that gives a workload another image, where the one that it asks for can never be pulled. Which image is for the person to fill in. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { repositoryName } from '../image/reference.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { commandLine } from './shell.ts';

type View = EvidenceView<'pod' | 'workload' | 'container' | 'reference'>;

/** What is left for the person to write: all of the image's name, or its tag. */
const OPEN: Partial<Record<Cause, 'IMAGE' | 'TAG'>> = {
  'tag-not-found': 'TAG',
  'repository-not-found': 'IMAGE',
  'invalid-reference': 'IMAGE',
};
/** Whose template `kubectl set image` changes. The pods of a Job keep theirs. */
const SETTABLE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob']);

/** Adds it to a proven finding, unless somebody else writes the object or its template has another image by now. */
export function withImageCommand(finding: Finding, evidence: View): Finding {
  const open = OPEN[finding.cause];
  const container = valueOf(evidence.container);
  const object = settable(evidence);
  if (open === undefined || finding.confidence !== 'certain' || container === undefined || object === undefined)
    return finding;
  if (container.role === 'ephemeral') return finding;
  const parsed = valueOf(evidence.reference);
  const image = open === 'TAG' && parsed?.ok ? `${repositoryName(parsed.reference)}:TAG` : 'IMAGE';
  const command = commandLine(
    'kubectl',
    'set',
    'image',
    object.name,
    `${container.name}=${image}`,
    '-n',
    object.namespace,
  );
  return { ...finding, commands: [...(finding.commands ?? []), command] };
}

function settable({
  pod,
  workload,
  container,
}: View): { readonly name: string; readonly namespace: string } | undefined {
  const own = valueOf(pod);
  const owner = valueOf(workload);
  const asked = valueOf(container);
  if (owner === undefined) {
    const isBare = workload.status === 'absent' && own !== undefined && own.controller === undefined;
    return isBare ? { name: `pod/${own.name}`, namespace: own.namespace } : undefined;
  }
  if (!SETTABLE.has(owner.kind) || owner.managedBy !== undefined || owner.gitOps !== undefined) return undefined;
  if (asked === undefined || owner.images[asked.name] !== asked.image) return undefined;
  return { name: `${owner.kind.toLowerCase()}/${owner.name}`, namespace: owner.namespace };
}
