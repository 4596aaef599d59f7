/** Is `env.NAME` set anywhere that the reader sees? */
import { calledFile } from './calls.ts';
import type { Judgement } from './edge.ts';
import type { Job, Step, Workflow } from './model.ts';
import type { Project } from './project.ts';
import { readScript } from './shell.ts';

const OK: Judgement = { state: 'ok' };
const UNKNOWN: Judgement = { state: 'unknown' };
/** Actions that are known to set no variable for later steps. */
const QUIET =
  /^(?:actions\/(?:checkout|cache|upload-artifact|download-artifact|stale|labeler)|docker\/(?:login|setup-buildx|setup-qemu|build-push|metadata)-action|azure\/(?:login|setup-kubectl|setup-helm)|hadolint\/hadolint-action|brpaz\/hadolint-action|aquasecurity\/trivy-action|anchore\/scan-action|plexsystems\/container-structure-test-action|softprops\/action-gh-release|goreleaser\/goreleaser-action)@/;

type Seen = 'yes' | 'maybe' | 'no';

export function judgeEnv(
  project: Project,
  workflow: Workflow,
  { job, step, name }: { readonly job: Job; readonly step: Step | undefined; readonly name: string },
): Judgement {
  // The caller of an action brings its own variables.
  if (workflow.kind === 'action' || job.uses !== undefined) return UNKNOWN;
  const fixed = [workflow.env, job.env, step?.env].some((map) => map && hasName([...map.keys()], name));
  if (fixed) return OK;
  // The runner's own variables are not in this context, but nobody means an image by them.
  if (/^(?:GITHUB|RUNNER|ACTIONS|INPUT)_|^(?:CI|HOME|PATH|USER|PWD|ACT)$/.test(name)) return UNKNOWN;
  const written: string[] = [];
  let seen: Seen = 'no';
  for (const one of job.steps) {
    if (step && one.index >= step.index) continue;
    const answer = setsEnv(project, { job, step: one, name }, written);
    if (answer === 'yes') return OK;
    if (answer === 'maybe') seen = 'maybe';
  }
  const near = written.filter((other) => alike(other, name));
  if (seen === 'maybe' && near.length === 0) return UNKNOWN;
  const others = near.length > 0 ? near : written;
  return { state: 'broken', rule: 'env-undefined', others: [...new Set(others)] };
}

function setsEnv(
  project: Project,
  { job, step, name }: { job: Job; step: Step; name: string },
  written: string[],
): Seen {
  if (step.uses !== undefined) return actionSetsEnv(project, step, name, written);
  if (!step.run) return 'no';
  const shell = step.shell ?? job.shell ?? 'bash';
  if (!/^(?:bash|sh|pwsh|powershell|cmd)\b/.test(shell)) return step.run.value.includes(name) ? 'yes' : 'maybe';
  const script = readScript(step.run.value);
  const names = script.writes.filter(({ to }) => to === 'env').map((write) => write.name);
  written.push(...names);
  if (hasName(names, name)) return 'yes';
  if (script.unreadable.env) return 'yes';
  const unseen = script.calls.some((call) => {
    const called = calledFile(project, call);
    return called === undefined ? /\.\/|\.sh|\.py|make|source/.test(call) : /GITHUB_ENV|set-env/.test(called.text);
  });
  return unseen ? 'maybe' : 'no';
}

function actionSetsEnv(project: Project, step: Step, name: string, written: string[]): Seen {
  const uses = step.uses ?? '';
  const used = project.used(uses);
  if (used?.kind === 'action' && (used.jobs[0]?.steps.length ?? 0) > 0) {
    const [job] = used.jobs;
    const answers =
      job?.steps.map((inner) =>
        inner.uses?.startsWith('./') ? 'maybe' : setsEnv(project, { job, step: inner, name }, written),
      ) ?? [];
    return answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no';
  }
  const text = [...step.inputs.values()].map(({ value }) => value).join('\n');
  if (text.includes(name) && /exportVariable|GITHUB_ENV|env/i.test(text)) return 'yes';
  return QUIET.test(uses) ? 'no' : 'maybe';
}

function hasName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** They share a word: `image_tag` and `tag_name`. */
function alike(left: string, right: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .split(/[_-]+/)
      .filter((word) => word.length > 2);
  const mine = new Set(words(left));
  return words(right).some((word) => mine.has(word));
}
