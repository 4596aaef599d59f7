/** Is `env.NAME` set anywhere that the reader sees? */
import { calledFile } from './calls.ts';
import type { Judgement } from './edge.ts';
import { githubScript } from './github-script.ts';
import { maySet } from './known-env.ts';
import type { Job, Step, Workflow } from './model.ts';
import type { Project } from './project.ts';
import { readScript } from './shell.ts';
import { isSlip } from './slip.ts';

const OK: Judgement = { state: 'ok' };
const UNKNOWN: Judgement = { state: 'unknown' };
/** They set variables of fixed names only, which hold the tool's: `JAVA_HOME`, `pythonLocation`. */
const SETUP = /^actions\/setup-(go|node|java|python|dotnet|ruby)@/;
/** Builds and installs; nobody writes variables for later steps there. */
const HARMLESS =
  /^(?:go (?:build|test|mod|install|vet|version|env)|cargo (?:build|test|install)|mvn|gradle|dotnet|bundle install|poetry install|uv sync|(?:npm|pnpm|yarn) (?:ci|i|install|test))\b/;
/** A script with one of these may set variables, or hand the file on to another that does. */
const MENTIONS = /GITHUB_ENV|set-env|exportVariable|(?:^|[\s;&|(])(?:source|\.|bash|sh)\s+\S*\w\.sh/m;

/** No other action sets a variable of such a name that another job of the file sets, too. */
const IMAGES = /(?:^|_)(?:TAG|IMAGE|VERSION|SHA|DIGEST)(?:_|$)/i;

/** likely: a script that cannot be read through; maybe: somebody else's action. */
type Seen = 'yes' | 'likely' | 'maybe' | 'no';

/** `isOwn`: it is read by the step's own variable of that name, `TAG: ${{ env.TAG }}`, which cannot see itself. */
interface Asked {
  readonly job: Job;
  readonly step: Step | undefined;
  readonly name: string;
  readonly isOwn?: boolean;
}

export function judgeEnv(project: Project, workflow: Workflow, { job, step, name, isOwn }: Asked): Judgement {
  // The caller of an action brings its own variables.
  if (workflow.kind === 'action' || job.uses !== undefined) return UNKNOWN;
  const own = isOwn ? undefined : step?.env;
  const fixed = [workflow.env, job.env, own].some((map) => map && hasName([...map.keys()], name));
  if (fixed) return OK;
  // The runner's own variables are not in this context, but nobody means an image by them.
  if (/^(?:GITHUB|RUNNER|ACTIONS|INPUT)_|^(?:CI|HOME|PATH|USER|PWD|ACT)$/.test(name)) return UNKNOWN;
  const earlier = job.steps.filter(({ index }) => !step || index < step.index);
  const written: string[] = [];
  const answers = earlier.map((one) => setsEnv(project, { job, step: one, name }, written));
  if (answers.includes('yes')) return OK;
  if (answers.includes('likely')) return UNKNOWN;
  const near = written.filter((other) => alike(other, name));
  const mistyped = mistypedOf([workflow.env, job.env, own], name);
  const output = earlier.find((one) => writesOutput(one, name));
  const setter = workflow.jobs.find((other) => other !== job && other.steps.some((one) => writesEnv(one, name)));
  const isPassed = setter !== undefined && IMAGES.test(name);
  const isMeant = near.length > 0 || output !== undefined || mistyped.length === 1 || isPassed;
  if (answers.includes('maybe') && !isMeant) return UNKNOWN;
  const others = [mistyped, near, written].find((names) => names.length > 0) ?? [];
  return { state: 'broken', rule: 'env-undefined', others: [...new Set(others)], ...elsewhereOf(output, setter) };
}

function elsewhereOf(output: Step | undefined, setter: Job | undefined): Pick<Judgement, 'elsewhere' | 'inJob'> {
  if (output !== undefined) return output.id === undefined ? {} : { elsewhere: output.id };
  return setter === undefined ? {} : { inJob: setter.id };
}

/** Variables of the file whose names differ by a sign or a slip. */
function mistypedOf(maps: readonly (ReadonlyMap<string, unknown> | undefined)[], name: string): string[] {
  const names = maps.flatMap((map) => [...(map?.keys() ?? [])]);
  return names.filter((other) => plain(other) === plain(name) || isSlip(plain(other), plain(name)));
}

function writesEnv({ run }: Step, name: string): boolean {
  return run !== undefined && readScript(run.value).writes.some((one) => one.to === 'env' && one.name === name);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The very name, written as an output: it was meant to be read there. */
function writesOutput({ run, id }: Step, name: string): boolean {
  return (
    id !== undefined &&
    run !== undefined &&
    readScript(run.value).writes.some((one) => one.to === 'output' && one.name === name)
  );
}

function setsEnv(
  project: Project,
  { job, step, name }: { job: Job; step: Step; name: string },
  written: string[],
): Seen {
  if (step.uses !== undefined) return actionSetsEnv(project, step, name, written);
  if (!step.run) return 'no';
  const shell = step.shell ?? job.shell ?? 'bash';
  if (!/^(?:bash|sh|pwsh|powershell|cmd)\b/.test(shell)) return step.run.value.includes(name) ? 'yes' : 'likely';
  const script = readScript(step.run.value);
  const names = script.writes.filter(({ to }) => to === 'env').map((write) => write.name);
  written.push(...names);
  if (hasName(names, name)) return 'yes';
  if (script.unreadable.env) return 'yes';
  const unseen = script.calls.some((call) => {
    const called = calledFile(project, call);
    return called === undefined ? !HARMLESS.test(call) : MENTIONS.test(called.text);
  });
  return unseen ? 'likely' : 'no';
}

function actionSetsEnv(project: Project, step: Step, name: string, written: string[]): Seen {
  const uses = step.uses ?? '';
  const used = project.used(uses);
  if (used?.kind === 'action' && (used.jobs[0]?.steps.length ?? 0) > 0) {
    const [job] = used.jobs;
    const answers =
      job?.steps.map((inner) =>
        inner.uses?.startsWith('./') ? 'likely' : setsEnv(project, { job, step: inner, name }, written),
      ) ?? [];
    return (['yes', 'likely', 'maybe'] as const).find((answer) => answers.includes(answer)) ?? 'no';
  }
  const text = [...step.inputs.values()].map(({ value }) => value).join('\n');
  // The name itself, and not where it is read: `env.TAG`, `RELEASE_TAG`.
  if (new RegExp(`(?<![\\w.])${name.replaceAll(/\W/g, '.')}(?!\\w)`).test(text) && /exportVariable|env/i.test(text))
    return 'yes';
  const program = githubScript(step);
  // A module of its own may do it.
  if (program !== undefined && !/exportVariable|GITHUB_ENV|require\(|import\b/.test(program)) return 'no';
  return remoteSetsEnv(uses, name);
}

function remoteSetsEnv(uses: string, name: string): Seen {
  const [, tool] = SETUP.exec(uses) ?? [];
  if (tool !== undefined) return name.toLowerCase().includes(tool) ? 'maybe' : 'no';
  return maySet(uses, name) === false ? 'no' : 'maybe';
}

function hasName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** They share a telling word: `image_tag` and `tag_name`. */
function alike(left: string, right: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .split(/[_-]+/)
      .filter((word) => word.length > 2 && !/^(?:version|name|number|path|url|key|env|dir|file)$/.test(word));
  const mine = new Set(words(left));
  return words(right).some((word) => mine.has(word));
}
