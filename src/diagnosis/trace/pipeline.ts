/** A traced run ready to be judged: its workflow files with their value graphs, and which job of the run is which job of the file. */
import { jobNamed, type Role, roleByName, roleOf } from '../../build/workflow-roles.ts';
import type { JobTrace, RunTrace, SourceFile } from '../../evidence/build-trace.ts';
import { valueOf } from '../../evidence/observation.ts';
import { checkFile } from '../../workflow/check.ts';
import type { Finding as Fault } from '../../workflow/finding.ts';
import { edgesOf } from '../../workflow/graph.ts';
import type { Job } from '../../workflow/model.ts';
import { openProject, remoteWorkflow } from '../../workflow/project.ts';
import { readWorkflow } from '../../workflow/read-workflow.ts';
import type { View } from '../../workflow/rule.ts';

/** One workflow file of a run: the one that ran, or one that it calls. */
export interface Unit extends View {
  readonly source: SourceFile;
  readonly faults: readonly Fault[];
  /** It runs inside of a job of another file. */
  readonly isCalled: boolean;
}

/** A job of the run; `job` is absent where the file has none of that name, or could not be read. */
export interface PipelineJob extends JobTrace {
  readonly unit?: Unit;
  readonly inFile?: Job;
  readonly role: Role;
}

export interface Pipeline {
  readonly trace: RunTrace;
  readonly units: readonly Unit[];
  readonly jobs: readonly PipelineJob[];
}

export function pipelineOf(trace: RunTrace): Pipeline {
  const units = unitsOf(trace);
  const jobs = (valueOf(trace.jobs) ?? []).map((one): PipelineJob => {
    const place = placeOf(units, one.job.name);
    if (place === undefined) return { ...one, role: roleByName(one.job.name) };
    return { ...one, unit: place.unit, inFile: place.job, role: roleOf(place.job, place.unit.project) };
  });
  return { trace, units, jobs };
}

function unitsOf({ workflow, files, run }: RunTrace): Unit[] {
  const main = valueOf(workflow);
  if (main === undefined) return [];
  const read = (path: string) => files.find((file) => file.path === path)?.text;
  // Another repository's workflow stands under its full name.
  const called = files.filter(({ path }) => /(?:^|\/)\.github\/workflows\//.test(path) && path !== run.path);
  return [main, ...called].flatMap((source, index): Unit[] => {
    const parsed = readWorkflow(source.path, source.text);
    if (parsed?.kind !== 'workflow') return [];
    const project = openProject(source.path, read);
    const faults = checkFile(source.path, source.text, read);
    return [{ source, workflow: parsed, project, edges: edgesOf(project, parsed), faults, isCalled: index > 0 }];
  });
}

/** `caller / called` is looked up in the called file first: that is where its steps are. */
function placeOf(units: readonly Unit[], shown: string): { readonly unit: Unit; readonly job: Job } | undefined {
  const inner = shown.includes(' / ') ? shown.slice(shown.indexOf(' / ') + 3) : undefined;
  const callee = inner === undefined ? undefined : calleeOf(units, shown);
  const own = callee && jobNamed(callee.workflow, inner ?? '');
  if (callee !== undefined && own !== undefined) return { unit: callee, job: own };
  for (const unit of units) {
    const name = unit.isCalled ? inner : shown;
    const job = name === undefined ? undefined : jobNamed(unit.workflow, name);
    if (job !== undefined && (inner === undefined || unit.isCalled || !hasInner(units, inner))) return { unit, job };
  }
  return undefined;
}

/** The file that the outer job calls: others may have a job of the same name. */
function calleeOf([main, ...called]: readonly Unit[], shown: string): Unit | undefined {
  const uses = main && jobNamed(main.workflow, shown)?.uses;
  if (uses === undefined) return undefined;
  const path = remoteWorkflow(uses) ?? uses.replace(/^\.\//, '');
  return called.find(({ source }) => source.path === path);
}

function hasInner(units: readonly Unit[], inner: string): boolean {
  return units.some((unit) => unit.isCalled && jobNamed(unit.workflow, inner) !== undefined);
}

/** Jobs of the run that a job of a file became: its matrix legs, or the jobs of the workflow that it calls. */
export function runsOf(pipeline: Pipeline, unit: Unit, job: Job): readonly PipelineJob[] {
  return pipeline.jobs.filter((one) => {
    if (one.inFile === job) return true;
    const [outer = ''] = one.job.name.split(' / ');
    return !unit.isCalled && one.job.name.includes(' / ') && jobNamed(unit.workflow, outer) === job;
  });
}
