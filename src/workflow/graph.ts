/** The value graph of one file: every read of needs, jobs, steps and env, judged. */
import type { Edge, Judgement } from './edge.ts';
import { judgeEnv } from './env.ts';
import type { Read } from './expression.ts';
import { expressionsIn } from './expression.ts';
import { secretIn } from './masking.ts';
import {
  entryOf,
  type Job,
  jobCalled,
  type Scalar,
  type Slot,
  type Step,
  sameName,
  stepCalled,
  type Workflow,
} from './model.ts';
import { callsElsewhere, type Project } from './project.ts';
import { judgeStepOutput } from './step-output.ts';

const OK: Judgement = { state: 'ok' };
const UNKNOWN: Judgement = { state: 'unknown' };
const MAX_DEPTH = 6;

interface Where {
  readonly project: Project;
  readonly workflow: Workflow;
  readonly job?: Job;
  readonly step?: Step;
  /** The step's own variable whose value is read. */
  readonly variable?: string;
  readonly depth: number;
}

/** Every edge of the file, one for each distinct read of a scalar. */
export function edgesOf(project: Project, workflow: Workflow): Edge[] {
  return workflow.slots.flatMap((slot) => slotEdges(project, workflow, slot));
}

function slotEdges(project: Project, workflow: Workflow, slot: Slot): Edge[] {
  const { job, step } = slot;
  const where: Where = {
    project,
    workflow,
    depth: 0,
    ...(job ? { job } : {}),
    ...(step ? { step } : {}),
    ...(slot.place === 'env' && step ? { variable: slot.key } : {}),
  };
  const seen = new Set<string>();
  return slot.expressions.flatMap((expression) =>
    expression.reads.flatMap((read) => {
      const ref = read.path.join('.');
      if (seen.has(ref) || !['needs', 'jobs', 'steps', 'env'].includes(read.path[0] ?? '')) return [];
      seen.add(ref);
      return [{ slot, expression, read, ref, ...judge(where, read) }];
    }),
  );
}

function judge(where: Where, read: Read): Judgement {
  const [context, name = '*', kind, output = '*'] = read.path;
  if (name === '*' || where.depth > MAX_DEPTH) return UNKNOWN;
  if (context !== 'env' && context !== 'steps' && context !== 'jobs' && context !== 'needs') return OK;
  if (context === 'needs') return judgeNeeds(where, name, kind === 'outputs' ? output : undefined, read.path);
  if (context === 'jobs') return judgeJobs(where, name, kind === 'outputs' ? output : '*');
  if (context === 'steps') return judgeSteps(where, name, kind === 'outputs' ? output : undefined, read.path);
  return judgeVariable(where, name);
}

function judgeVariable({ project, workflow, job, step, variable = '' }: Where, name: string): Judgement {
  return job ? judgeEnv(project, workflow, { job, step, name, isOwn: sameName(variable, name) }) : UNKNOWN;
}

/** `needs.build.tag`: without `outputs` between. */
function isForgotten([, , kind]: readonly string[], others: readonly string[]): boolean {
  return kind !== undefined && kind !== '*' && ![...others, 'outputs'].includes(kind.toLowerCase());
}

function judgeNeeds(where: Where, name: string, output: string | undefined, path: readonly string[]): Judgement {
  const { workflow, job } = where;
  if (!job?.needsKnown || workflow.kind === 'action') return UNKNOWN;
  const producer = jobCalled(workflow, name);
  if (!job.needs.some(({ value }) => sameName(value, name))) {
    if (!producer) return { state: 'broken', rule: 'needs-job-missing', others: workflow.jobs.map(({ id }) => id) };
    return { state: 'broken', rule: 'needs-not-declared', transitive: reaches(workflow, job, producer) };
  }
  if (!producer) return UNKNOWN;
  if (isForgotten(path, ['result']))
    return { state: 'broken', rule: 'output-not-declared', others: [...producer.outputs.keys()], without: true };
  return output === undefined || output === '*' ? UNKNOWN : judgeJobOutput(where, producer, output);
}

/** `jobs.X.outputs.Y` of a called workflow's own outputs. */
function judgeJobs(where: Where, name: string, output: string): Judgement {
  const producer = jobCalled(where.workflow, name);
  if (!producer)
    return { state: 'broken', rule: 'reusable-output-bad-job', others: where.workflow.jobs.map(({ id }) => id) };
  if (output === '*') return UNKNOWN;
  const judged = judgeJobOutput(where, producer, output);
  return judged.rule === 'output-not-declared' ? { ...judged, rule: 'reusable-output-not-declared' } : judged;
}

function judgeJobOutput(where: Where, producer: Job, output: string): Judgement {
  if (producer.uses !== undefined) return judgeCalled(where, producer.uses, output);
  const scalar = entryOf(producer.outputs, output);
  if (!scalar) return { state: 'broken', rule: 'output-not-declared', others: [...producer.outputs.keys()] };
  const judged = upstream({ ...where, job: producer, depth: where.depth + 1 }, scalar);
  const secret = judged.state === 'broken' ? undefined : secretIn(where.workflow, producer, scalar);
  return secret === undefined ? judged : { state: 'masked', because: secret };
}

function judgeCalled(where: Where, uses: string, output: string): Judgement {
  if (callsElsewhere(where.workflow, uses)) return UNKNOWN;
  const called = where.project.used(uses);
  if (called?.kind !== 'workflow') return UNKNOWN;
  const scalar = entryOf(called.outputs, output);
  if (!scalar)
    return { state: 'broken', rule: 'output-not-declared', others: [...called.outputs.keys()], in: called.file };
  return upstream({ project: where.project, workflow: called, depth: where.depth + 1 }, scalar);
}

/** A value made of one broken read alone is empty; the fault is told where it is, not here. */
function upstream(where: Where, scalar: Scalar): Judgement {
  const { step: _own, ...place } = where;
  const expressions = expressionsIn(scalar.value);
  const [only] = expressions;
  if (!only || expressions.length > 1 || only.reads.length === 0) return OK;
  const judged = only.reads.map((read) => ({ read, judgement: judge(place, read) }));
  const masked = judged.length === 1 ? judged.find(({ judgement }) => judgement.state === 'masked') : undefined;
  if (masked) return masked.judgement;
  const broken = judged.find(({ read, judgement }) => judgement.state === 'broken' && !read.tested);
  if (!broken || judged.some(({ judgement }) => judgement.state !== 'broken'))
    return judged.some(({ judgement }) => judgement.state === 'unknown') ? UNKNOWN : OK;
  return { state: 'broken', because: broken.judgement.because ?? broken.read.path.join('.') };
}

function judgeSteps(where: Where, id: string, output: string | undefined, path: readonly string[]): Judgement {
  const { project, workflow, job, step } = where;
  if (!job || job.uses !== undefined) return UNKNOWN;
  const producer = stepCalled(job, id);
  if (!producer) {
    if (job.steps.some((one) => one.id?.includes('${{'))) return UNKNOWN;
    const other = workflow.jobs.find((one) =>
      one.steps.some((their) => their.id !== undefined && sameName(their.id, id)),
    );
    const others = job.steps.flatMap((one) => one.id ?? []);
    return { state: 'broken', rule: 'step-unknown', others, ...(other ? { elsewhere: other.id } : {}) };
  }
  if (step && producer.index > step.index) return { state: 'broken', rule: 'step-unknown', elsewhere: 'later' };
  if (isForgotten(path, ['outcome', 'conclusion']))
    return { state: 'broken', rule: 'output-never-written', others: [], without: true };
  return output === undefined || output === '*' ? UNKNOWN : judgeStepOutput(project, job, producer, output);
}

/** True when a job gets to another over the needs of its needs. */
export function reaches(workflow: Workflow, from: Job, to: Job): boolean {
  const seen = new Set<string>();
  const queue = [from];
  for (let job = queue.pop(); job; job = queue.pop()) {
    for (const { value } of job.needs) {
      const next = jobCalled(workflow, value);
      if (!next || seen.has(next.id)) continue;
      if (next.id === to.id) return true;
      seen.add(next.id);
      queue.push(next);
    }
  }
  return false;
}
