/** A value that a deploying job reads and does not get: by the value graph, by the producer's log, by what the consumer was given. */

import { roleOf } from '../../build/workflow-roles.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Edge } from '../../workflow/edge.ts';
import { type Job, jobCalled, sameName } from '../../workflow/model.ts';
import { offsetOf } from '../../workflow/place.ts';
import type { Fault } from './fault.ts';
import { couldMake } from './made-up.ts';
import { type Pipeline, type PipelineJob, runsOf, type Unit } from './pipeline.ts';
import { type Resolved, resolvedIn } from './resolved.ts';

export interface Loss {
  readonly pipeline: Pipeline;
  readonly unit: Unit;
  readonly edge: Edge;
  /** Job that reads. */
  readonly job: Job;
  readonly consumers: readonly PipelineJob[];
  /** `static`: the files show it; `not-set`, `masked`: only the producer's log does. */
  readonly shownBy: 'static' | 'not-set' | 'masked';
  /** What the checker says of it, where it has a rule for it. */
  readonly fault?: Fault;
  readonly line: number;
  /** One sentence for each log line that proves it. */
  readonly proofs: readonly string[];
}

const TAG_LIKE = /tag|image|version|sha|digest|ref$|release/i;

/** Of jobs that deploy this image. What a log shows to have arrived is no loss, whatever the file looks like. */
export function lossesIn(pipeline: Pipeline, concerns: (job: Job, unit: Unit) => boolean): readonly Loss[] {
  return pipeline.units.flatMap((unit) =>
    unit.edges.flatMap((edge) => {
      const { job } = edge.slot;
      if (job === undefined || !isReader(edge) || !/deploys|both/.test(roleOf(job, unit.project))) return [];
      if (!concerns(job, unit)) return [];
      return lossOf(pipeline, unit, edge, job) ?? [];
    }),
  );
}

function isReader({ slot, read, ref, expression }: Edge): boolean {
  if (read.tested || !['needs', 'steps', 'env'].includes(read.path[0] ?? '')) return false;
  if (slot.place === 'run') return TAG_LIKE.test(ref) || TAG_LIKE.test(lineOf(slot.scalar.value, expression.text));
  return (slot.place === 'env' || slot.place === 'with') && (TAG_LIKE.test(slot.key) || TAG_LIKE.test(ref));
}

/** The line of a script that holds an expression: `--set image.tag=${{ … }}`. */
function lineOf(script: string, expression: string): string {
  return (
    script
      .split('\n')
      .find((line) => line.includes(expression))
      ?.replace(expression, '') ?? ''
  );
}

function lossOf(pipeline: Pipeline, unit: Unit, edge: Edge, job: Job): Loss | undefined {
  const consumers = runsOf(pipeline, unit, job).filter(
    ({ job: { conclusion, startedAt } }) => conclusion !== 'skipped' && startedAt !== undefined,
  );
  if (consumers.length === 0 && pipeline.jobs.length > 0) return undefined;
  const output = outputProof(pipeline, unit, edge);
  const isStatic = edge.state === 'broken' || edge.state === 'masked';
  if (!isStatic && output === undefined) return undefined;
  const given = consumers.map((one) => ({ one, resolved: resolvedOf(one, edge) }));
  const arrived = ({ resolved }: (typeof given)[number]) =>
    resolved.is === 'masked' || (resolved.is === 'value' && !isFallback(edge, resolved, pipeline));
  if (given.some(arrived)) return undefined;
  const empty = given.find(({ resolved }) => resolved.is === 'empty' || resolved.is === 'value');
  const fault = faultOf(pipeline, unit, edge);
  return {
    pipeline,
    unit,
    edge,
    job,
    consumers,
    shownBy: isStatic ? 'static' : (output?.is ?? 'not-set'),
    ...(fault === undefined ? {} : { fault }),
    line: unit.workflow.position(offsetOf(unit.workflow, edge.slot, edge.expression, edge.ref)).line,
    proofs: [
      ...(output === undefined ? [] : [output.sentence]),
      ...(empty === undefined ? [] : [emptySentence(empty.one, edge, empty.resolved)]),
    ],
  };
}

function resolvedOf({ log }: PipelineJob, edge: Edge): Resolved {
  const read = valueOf(log);
  return read === undefined ? { is: 'unseen' } : resolvedIn(read, edge);
}

/** `${{ needs.x.outputs.tag || 'latest' }}` came out as `latest`: the left side was empty. */
function isFallback({ read }: Edge, resolved: Extract<Resolved, { is: 'value' }>, { trace }: Pipeline): boolean {
  const { otherwise = '' } = read;
  return otherwise !== '' && couldMake(otherwise, resolved.value, trace.run.headSha) === 'yes';
}

function emptySentence({ job }: PipelineJob, { slot, ref }: Edge, resolved: Resolved): string {
  const name = slot.place === 'run' ? ref : slot.key;
  if (resolved.is === 'value')
    return `the log of job ${job.name} shows ${name} as ${resolved.value}, which is its fallback`;
  return `the log of job ${job.name} shows ${name} empty`;
}

/** The runner names every output that it sets; one that it does not name was empty, or held a secret. */
function outputProof(
  pipeline: Pipeline,
  unit: Unit,
  { read, rule }: Edge,
): { readonly is: 'not-set' | 'masked'; readonly sentence: string } | undefined {
  const [context, name = '', kind, output = ''] = read.path;
  // Of a job that is not needed it does not matter what it set.
  if (context !== 'needs' || kind !== 'outputs' || output === '' || rule === 'needs-not-declared') return undefined;
  const producer = jobCalled(unit.workflow, name);
  if (producer === undefined) return undefined;
  const made = runsOf(pipeline, unit, producer).filter(({ job }) => job.conclusion !== 'skipped');
  const logs = made.map(({ log }) => valueOf(log));
  if (logs.length === 0 || producer.uses !== undefined) return undefined;
  const masked = logs.some((log) => log?.outputsMasked.some((one) => sameName(one, output)));
  if (masked) {
    return {
      is: 'masked',
      sentence: `the log of job ${producer.id} says that output ${output} was dropped because it may contain a secret`,
    };
  }
  const isUnset = logs.every(
    (log) => log?.outputsSet !== undefined && !log.outputsSet.some((one) => sameName(one, output)),
  );
  if (!isUnset) return undefined;
  return {
    is: 'not-set',
    sentence: `the log of job ${producer.id} ends without setting output ${output}: it was empty`,
  };
}

/** The checker's word on this read, or on the broken one further up, perhaps in the workflow that is called. */
function faultOf({ units }: Pipeline, unit: Unit, edge: Edge): Fault | undefined {
  const own = unit.faults.find(
    ({ rule, ref, job }) => rule === edge.rule && ref === edge.ref && job === edge.slot.job?.id,
  );
  if (own === undefined && edge.state === 'masked') return maskedFault(unit, edge);
  if (own !== undefined || edge.because === undefined) return own;
  const upstream = [unit, ...units].flatMap(({ faults }) => faults);
  return upstream.find(({ ref, severity }) => ref === edge.because && severity !== 'info');
}

/** It lies where the output is declared. */
function maskedFault({ faults, workflow }: Unit, { read }: Edge): Fault | undefined {
  const [context, name = '', , output = ''] = read.path;
  const producer = context === 'needs' ? jobCalled(workflow, name) : undefined;
  return faults.find(
    ({ rule, ref, job }) =>
      rule === 'output-may-be-masked' && job === producer?.id && ref !== null && sameName(ref, `outputs.${output}`),
  );
}
