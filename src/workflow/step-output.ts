/** Does a step write that output? Silent (`unknown`) as soon as the writes cannot be read. */
import { calledFile } from './calls.ts';
import type { Judgement } from './edge.ts';
import { githubScript, outputsSet } from './github-script.ts';
import { knownOutputs } from './known-outputs.ts';
import { entryOf, type Job, type Step } from './model.ts';
import type { Project } from './project.ts';
import { readScript, type Script, type Write } from './shell.ts';

const OK: Judgement = { state: 'ok' };
const UNKNOWN: Judgement = { state: 'unknown' };
/** Programs that write no step output of their own. */
const PLAIN = new Set(
  (
    'echo printf cat tee ls cd pwd mkdir rm cp mv ln touch chmod chown test [ [[ if then else elif fi for do done while case esac set unset export ' +
    'local return exit true false sleep date cut tr sed awk grep egrep head tail sort uniq wc xargs find basename dirname realpath readlink ' +
    'jq yq curl wget git docker docker-compose buildah podman skopeo crane kubectl helm kustomize aws az gcloud gsutil gh sha256sum md5sum ' +
    'bash sh source make base64 openssl unzip zip tar gzip apt-get apt sudo brew pip pip3 envsubst diff eval read shift trap wait { } ( ) : declare readonly'
  ).split(' '),
);
/** A wrapped terraform sets these for the step it runs in. */
const WRAPPER = new Set(['stdout', 'stderr', 'exitcode']);

/** `steps.ID.outputs.NAME` where the step is there and has run. */
export function judgeStepOutput(project: Project, job: Job, step: Step, name: string): Judgement {
  const program = githubScript(step);
  if (program !== undefined) return judgeProgram(program, name);
  if (step.uses !== undefined) return judgeAction(project, step.uses, name);
  if (!step.run || WRAPPER.has(name.toLowerCase())) return UNKNOWN;
  const shell = step.shell ?? job.shell ?? 'bash';
  if (!/^(?:bash|sh|pwsh|powershell)\b/.test(shell)) return UNKNOWN;
  const script = withCalled(project, readScript(step.run.value));
  const same = (one: { readonly name: string }) => one.name.toLowerCase() === name.toLowerCase();
  if (script.writes.some((write) => write.to === 'output' && same(write))) return OK;
  if (script.unreadable.output || script.lines.some((line) => line.trim().startsWith('${{'))) return UNKNOWN;
  const toEnv = script.writes.some((write) => write.to === 'env' && same(write));
  const written = [...new Set(script.writes.filter(({ to }) => to === 'output').map((write) => write.name))];
  if (!toEnv && mayWriteElsewhere(project, script, name)) return UNKNOWN;
  if (!toEnv && written.length === 0 && !onlyPlain(script)) return UNKNOWN;
  return { state: 'broken', rule: 'output-never-written', toEnv, others: written };
}

function judgeProgram(program: string, name: string): Judgement {
  const set = outputsSet(program);
  if (set === undefined || name.toLowerCase() === 'result') return UNKNOWN;
  if (set.some((one) => one.toLowerCase() === name.toLowerCase())) return OK;
  return { state: 'broken', rule: 'output-never-written', others: set, in: 'actions/github-script' };
}

/** With what the shell scripts write that it calls, as far as they can be read through; the others stay calls. */
function withCalled(project: Project, script: Script): Script {
  const writes: Write[] = [];
  const calls = script.calls.filter((call) => {
    const called = calledFile(project, call);
    if (!called || !isShell(called)) return true;
    const inner = readScript(called.text);
    const isRead = !inner.unreadable.output && !inner.unreadable.env && inner.calls.length === 0 && onlyPlain(inner);
    if (isRead) writes.push(...inner.writes);
    return !isRead;
  });
  return writes.length === 0 ? script : { ...script, calls, writes: [...script.writes, ...writes] };
}

function isShell({ path, text }: { readonly path: string; readonly text: string }): boolean {
  return /\.(?:ba)?sh$/.test(path) || /^#!.*\b(?:ba|da|z)?sh\b/.test(text);
}

function judgeAction(project: Project, uses: string, name: string): Judgement {
  const known = knownOutputs(uses);
  if (known && !known.includes(name.toLowerCase()))
    return { state: 'broken', rule: 'output-not-declared', others: known, in: uses.replace(/@.*$/, '') };
  const action = project.used(uses);
  if (action?.kind !== 'action' || action.jobs[0]?.steps.length === 0) return UNKNOWN;
  if (entryOf(action.outputs, name) !== undefined) return OK;
  return { state: 'broken', rule: 'output-not-declared', others: [...action.outputs.keys()], in: action.file };
}

/** A called script that does not mention the file at all writes nothing to it; one that cannot be seen may. */
function mayWriteElsewhere(project: Project, script: Script, name: string): boolean {
  return script.calls.some((call) => {
    const called = calledFile(project, call);
    return (
      called === undefined || called.text.includes(name) || /GITHUB_OUTPUT|set-output|set_?output/i.test(called.text)
    );
  });
}

function onlyPlain(script: Script): boolean {
  return script.lines.every((line) => {
    const text = line.trim().replace(/^(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"']*)\s*)+/, '');
    const word = text.split(/[\s;]/)[0] ?? '';
    return word === '' || word.startsWith('#') || word.startsWith('-') || word.startsWith('./') || PLAIN.has(word);
  });
}
