/**
 * What a workflow file uses, at the commit that ran: called workflows, composite actions, scripts, Makefiles. A workflow of another
 * repository is read only where GitHub itself says that the run used it, and at the commit that it says: a file may name anything.
 */
import type { WorkflowRun } from '../build/run.ts';
import { type Role, roleOf } from '../build/workflow-roles.ts';
import { calledFile } from '../workflow/calls.ts';
import { checkFile } from '../workflow/check.ts';
import type { Job } from '../workflow/model.ts';
import { openProject } from '../workflow/project.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import { readScript } from '../workflow/shell.ts';
import type { SourceFile } from './build-trace.ts';
import type { CodeHost } from './code-host.ts';
import { describeGap } from './observation.ts';

/** Questions for files that a workflow uses; a Makefile may have three names. */
const MOST_FILES = 10;
const MOST_ASKED = 16;
const DEPTH = 2;
const REMOTE = /^([\w.-]+\/[\w.-]+)\/(\.github\/workflows\/[\w.-]+\.ya?ml)$/;

type Read = (path: string) => string | undefined;

export interface UsedFiles {
  readonly files: readonly SourceFile[];
  /** What could not be read, one short sentence each. */
  readonly unread: readonly string[];
}

export type Follow = (source: SourceFile, run: WorkflowRun) => Promise<UsedFiles>;

/** Two steps deep, at most 10 files and 16 questions for each workflow. */
export function followFiles(host: CodeHost, signal: AbortSignal): Follow {
  return async (source, run) => {
    const known = new Map<string, SourceFile | undefined>();
    const unread = new Set<string>(actionsOnTheWay(source));
    let asked = 0;
    for (let depth = 0; depth < DEPTH; depth += 1) {
      const wanted = new Set<string>();
      touchAll(source, (path) => {
        if (!known.has(path)) wanted.add(path);
        return known.get(path)?.text;
      });
      const fresh = [...wanted].slice(0, MOST_ASKED - asked);
      asked += fresh.length;
      await Promise.all(
        fresh.map(async (path) => {
          const place = placeOf(path, source, run);
          if (place === undefined)
            unread.add(`${path} could not be seen: the run does not tell at which commit it was used`);
          const text = place && (await host.file(place.repository, place.path, place.sha, signal));
          const found = text?.status === 'observed' ? text.value : undefined;
          if (place?.isRemote && text && text.status !== 'observed') {
            const why = text.status === 'absent' ? 'it is gone, or the token may not see it' : describeGap('it', text);
            unread.add(`${path} could not be seen: ${why}`);
          }
          known.set(
            path,
            found === undefined || !place
              ? undefined
              : { repository: place.repository, sha: place.sha, path, text: found },
          );
        }),
      );
      if (fresh.length === 0) break;
    }
    return { files: [...known.values()].flatMap((file) => file ?? []).slice(0, MOST_FILES), unread: [...unread] };
  };
}

interface Place {
  readonly repository: string;
  readonly path: string;
  readonly sha: string;
  readonly isRemote: boolean;
}

/** undefined: of another repository, and the run does not say that it used it. */
function placeOf(path: string, source: SourceFile, { referenced }: WorkflowRun): Place | undefined {
  const [, repository, own] = REMOTE.exec(path) ?? [];
  const full = repository === undefined ? `${source.repository}/${path}` : path;
  const sha = referenced.find((one) => one.path.toLowerCase() === full.toLowerCase())?.sha;
  if (repository === undefined || own === undefined) {
    return { repository: source.repository, path, sha: sha ?? source.sha, isRemote: false };
  }
  return sha === undefined ? undefined : { repository, path: own, sha, isRemote: true };
}

function touchAll(source: SourceFile, read: Read): void {
  checkFile(source.path, source.text, read);
  rolesIn(source, read);
  readCalled(source, read);
}

/** Scripts and Makefiles of jobs that deploy, then of the others: a fallback may hide in any of them. */
function readCalled(source: SourceFile, read: Read): void {
  const workflow = readWorkflow(source.path, source.text);
  if (workflow === undefined) return;
  const project = openProject(source.path, read);
  const isDeploy = (job: Job) => Number(/deploys|both/.test(roleOf(job, project)));
  const touch = (job: Job): void => {
    for (const { run, uses } of job.steps) {
      const action = uses?.startsWith('./') ? project.used(uses) : undefined;
      if (action?.kind === 'action') action.jobs.forEach(touch);
      for (const call of run === undefined ? [] : readScript(run.value).calls) calledFile(project, call);
    }
  };
  for (const job of workflow.jobs.toSorted((a, b) => isDeploy(b) - isDeploy(a))) {
    touch(job);
    // Its steps run in the caller's workspace, whoever's file it is.
    const called = job.uses === undefined ? undefined : project.used(job.uses);
    called?.jobs.forEach(touch);
  }
}

/** The same owner's actions that are handed a value of another job or step: a fallback may hide there, and nobody looks into them. */
function actionsOnTheWay(source: SourceFile): readonly string[] {
  const workflow = readWorkflow(source.path, source.text);
  const [owner = ''] = source.repository.split('/');
  const slots = workflow?.slots ?? [];
  const used = slots.flatMap(({ place, step, expressions }) => {
    const uses = step?.uses;
    if (place !== 'with' || uses === undefined || !uses.startsWith(`${owner}/`)) return [];
    const isHanded = expressions.some(({ reads }) =>
      reads.some(({ path }) => path[0] === 'needs' || path[0] === 'steps'),
    );
    return isHanded ? [`the action ${uses} was not read`] : [];
  });
  return [...new Set(used)].slice(0, 3);
}

/** The roles of a workflow's jobs; asks for the files that they call. */
export function rolesIn(source: SourceFile, read: (path: string) => string | undefined): readonly Role[] {
  const workflow = readWorkflow(source.path, source.text);
  const project = openProject(source.path, read);
  return workflow?.jobs.map((job) => roleOf(job, project)) ?? [];
}
