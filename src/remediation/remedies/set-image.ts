/**
 * Another tag of the same commit, for a tag that was never pushed: the build pushed it under another name. Only where the registry lists
 * such a tag of the same pattern, and by its digest where tags may be pushed over there; never where a GitOps controller owns the object,
 * because it would write the old one back.
 */
import { z } from 'zod';
import { valueOf } from '../../evidence/observation.ts';
import type { WorkloadSnapshot } from '../../evidence/snapshots.ts';
import { kubectlName } from '../../target/target.ts';
import { refusalOf } from '../execute/outcome.ts';
import { type Risk, riskSentences, rolloutRisk } from '../execute/rollout-risk.ts';
import { isGitOps } from '../gitops.ts';
import type { RemedyPorts, WriteMode } from '../ports.ts';
import { pinned, pushedTwin } from '../pushed-twin.ts';
import type { Remedy, RemedyOutcome, RemedyPlan } from '../remedy.ts';
import { verifyRecovery } from '../verify-recovery.ts';

const Params = z.strictObject({
  namespace: z.string(),
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name: z.string(),
  container: z.string(),
  role: z.enum(['init', 'main']),
  /** The image when it was diagnosed. */
  from: z.string(),
  to: z.string(),
});
type Params = z.infer<typeof Params>;

export const setImage: Remedy<Params> = {
  id: 'set-image',
  title: 'Run the tag that was pushed',
  risk: 'reversible',
  Params,

  propose({ evidence }) {
    const owner = valueOf(evidence.workload);
    const container = valueOf(evidence.container);
    if (!owner || !container || owner.paused || isGitOps(owner) || container.role === 'ephemeral') return undefined;
    // Recognised by what its Application says, where the mark alone told too little.
    if (valueOf(evidence.gitopsSource) !== undefined) return undefined;
    const { kind, namespace, name } = owner;
    if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
    const twin = pushedTwin(container.image, evidence);
    // A pod of an older revision says nothing about what the template asks for now.
    if (twin === undefined || owner.images[container.name] !== container.image) return undefined;
    const change = { from: container.image, to: pinned(twin, evidence) };
    return { namespace, kind, name, container: container.name, role: container.role, ...change };
  },

  object: (params) => kubectlName(params),

  command: (params) =>
    `kubectl set image ${kubectlName(params)} ${params.container}=${params.to} -n ${params.namespace}`,

  run: (params, ports, mode, signal) => change({ params, ports, signal }, params.to, mode),

  verify: (params, after) => verifyRecovery(after, { image: params.to, proven: ['tag-not-found'], said: [] }),

  undo: (params, ports, signal) => putBack({ params, ports, signal }),
};

interface Run {
  readonly params: Params;
  readonly ports: RemedyPorts;
  readonly signal: AbortSignal;
}

async function change(run: Run, to: string, mode: WriteMode): Promise<RemedyOutcome> {
  const { params, ports, signal } = run;
  const seen = await ports.reader.workload(params, signal);
  if (seen.status !== 'observed') return refusalOf(kubectlName(params), seen);
  const stands = seen.value.images[params.container];
  if (stands === to && mode === 'apply') {
    const plan = { diff: [`  ${kubectlName(params)}: ${params.container} has ${to} already`], consequences: [] };
    return { kind: 'applied', plan, receipts: [] };
  }
  const stop = stands === params.from ? stopFor(seen.value) : 'its image was changed since the diagnosis. Press Re-run';
  if (stop !== undefined) return { kind: 'refused', reason: `${kubectlName(params)}: ${stop}.` };
  const images = { ...seen.value.images, [params.container]: to };
  const risk = await rolloutRisk({ ...seen.value, images }, 'this', ports, signal);
  if (typeof risk === 'string') return { kind: 'refused', reason: risk };
  const written = await write(run, to, seen.value.resourceVersion, mode);
  if (written.kind !== 'done') return refusalOf(kubectlName(params), written);
  const plan = planOf(params, risk, seen.value);
  return mode === 'dry-run' ? { kind: 'planned', plan } : { kind: 'applied', plan, receipts: [written.receipt] };
}

/** Looked at again, because both may have come since. */
function stopFor(workload: WorkloadSnapshot): string | undefined {
  if (workload.paused) return `it is paused: resume it first (kubectl rollout resume ${kubectlName(workload)})`;
  return isGitOps(workload) ? `${workload.managedBy ?? ''} would write the old image back: change it there` : undefined;
}

/** To the image from before, whatever it is worth: only where ours still stands. */
async function putBack(run: Run): Promise<RemedyOutcome> {
  const { params, ports, signal } = run;
  const seen = await ports.reader.workload(params, signal);
  if (seen.status !== 'observed') return refusalOf(kubectlName(params), seen);
  const plan = { diff: [`- ${params.to}`, `+ ${params.from}`], consequences: [] };
  const stands = seen.value.images[params.container];
  if (stands === params.from) return { kind: 'applied', plan, receipts: [] };
  if (stands !== params.to) {
    return { kind: 'refused', reason: `somebody has given ${kubectlName(params)} another image since` };
  }
  const written = await write(run, params.from, seen.value.resourceVersion, 'apply');
  return written.kind === 'done'
    ? { kind: 'applied', plan, receipts: [written.receipt] }
    : refusalOf(kubectlName(params), written);
}

function write({ params, ports, signal }: Run, image: string, resourceVersion: string, mode: WriteMode) {
  const { container, role } = params;
  return ports.writer.setImage(params, { container, role, image }, resourceVersion, mode, signal);
}

function planOf(params: Params, risk: Risk, { managedBy }: WorkloadSnapshot): RemedyPlan {
  return {
    diff: [
      `  ${kubectlName(params)} (namespace ${params.namespace})`,
      `- ${params.container}: ${params.from}`,
      `+ ${params.container}: ${params.to}`,
    ],
    consequences: [
      'A new revision rolls out, in the order and pace of its update strategy. The pipeline that deployed the missing tag stays as it is: mend it too.',
      ...(params.to.includes('@')
        ? ['It is pinned to the digest that its build pushed: the registry lets this tag be pushed over.']
        : []),
      ...(managedBy === undefined
        ? []
        : [`The object is managed by ${managedBy}: its next release writes its own image.`]),
      ...riskSentences(risk),
    ],
  };
}
