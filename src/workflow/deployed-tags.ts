/** Which tags a workflow deploys, as formulas. */
import { formulaOf, type Scope } from './formula.ts';
import { reaches } from './graph.ts';
import { DEPLOY_COMMAND, deploys, MANIFEST_EDIT, type Pushed, pushes, tagsIn } from './images.ts';
import type { Job, Slot, Step, Workflow } from './model.ts';
import { readScript, withoutComment } from './shell.ts';
import { pieces } from './shell-pieces.ts';

/** A tag that a job deploys: where it is written, as a formula. */
export interface Deployed {
  readonly job: Job;
  readonly slot: Slot;
  /** Of a script, from 0. */
  readonly line?: number;
  /** As written; empty where a variable holds the whole reference. */
  readonly raw: string;
  readonly tag: string;
}

interface Candidate {
  readonly text: string;
  readonly line?: number;
  /** It may be a whole reference: only what follows the colon is the tag. */
  readonly isWhole?: true;
}

const TAG_KEY = /(?:^|[_-])(?:tags?|version|image|sha)$|(?:^|[_-])(?:tag|image)[_-]|^imageTag$|^dockerTag$/i;
/** Inputs of actions that run a script, also on another machine. */
const SCRIPT_KEY = /^(?:script|inline-?script|run|commands?)$/i;
/** Actions that deploy, or fill in a manifest. */
const FILLER = /deploy|gitops|replace-?tokens|envsubst/i;
/** What a deployment's line looks like. */
const SPOKEN = /newTag|image:|\bimage\s*=|set image|image\.tag|set-string|--image[ =]/;
const VALUE = String.raw`((?:\$\{\{[^}]*\}\}|\$\([^)]*\)|[^\s"'\\|/,])+)`;
/** `.image.tag = "…"`, `newTag: …`. */
const SET = new RegExp(String.raw`(?:\bimage\.tag|\.tag|\bnewTag)["']?\s*[:=]\s*\\?["']?${VALUE}`);
/** `image: ${IMAGE}` of what sed writes. */
const WRITTEN = /(?:\bimage|\bnewTag|\btag)\\?["']?\s*:\s*\\?["']?(\$\{\{[^}]*\}\}|\$\{?\w+\}?)\\?["']?\s*$/;
const SED = /\bs([|/#@,!~%])(?:\\.|(?!\1).)*?\1((?:\\.|\$\{\{.*?\}\}|(?!\1).)*?)\1/g;

/** Of jobs that come after a pushing one, and of the steps behind it in the same job. */
export function deployedTags(workflow: Workflow, pushed: readonly Pushed[]): Deployed[] {
  const makers = [...new Set(pushed.map(({ job }) => job))];
  const after = new Set(
    workflow.jobs.filter((job) => deploys(job) && makers.some((maker) => reaches(workflow, job, maker))),
  );
  return workflow.slots.flatMap((slot) => {
    const { job, step } = slot;
    if (!job || !(job.steps.some(pushes) ? isBehindPush(job, step) : after.has(job))) return [];
    const script = scriptOf(slot);
    const scope = { workflow, job, ...(step ? { step } : {}), ...(script === undefined ? {} : { script }) };
    const isOwn = job.steps.some(pushes);
    return candidates(slot, script).map(({ text, isWhole, ...line }) => ({
      job,
      slot,
      ...line,
      raw: isWhole ? '' : text,
      tag: tagOf({ ...scope, followNeeds: false, ...(isOwn ? { followSteps: false } : {}) }, text),
    }));
  });
}

function isBehindPush(job: Job, step: Step | undefined): boolean {
  const first = job.steps.findIndex(pushes);
  return step !== undefined && step.index > first && !pushes(step) && deploysItself(step);
}

function deploysItself({ uses = '', run, inputs }: Step): boolean {
  const texts = [run?.value ?? '', ...[...inputs].flatMap(([key, { value }]) => (SCRIPT_KEY.test(key) ? [value] : []))];
  return (
    FILLER.test(uses) ||
    texts.some((text) => DEPLOY_COMMAND.test(text) || MANIFEST_EDIT.test(text) || /\benvsubst\b/.test(text))
  );
}

/** `needs` stay opaque where they hand the time on: the producer has asked the clock once. */
function tagOf(scope: Scope, text: string): string {
  const own = tagIn(formulaOf(scope, text));
  if (!/\$\{\{\s*needs\./.test(own)) return own;
  const whole = tagIn(formulaOf({ ...scope, followNeeds: true }, text));
  return /^[\w.-]*«(?:long|short(?::\d+)?)»$/.test(whole) ? whole : own;
}

/** The shell text of a slot. */
function scriptOf({ place, key, scalar, step }: Slot): string | undefined {
  const isScript = place === 'with' && SCRIPT_KEY.test(key) && !/^actions\/github-script@/i.test(step?.uses ?? '');
  return place === 'run' || isScript ? scalar.value : undefined;
}

function candidates(slot: Slot, script: string | undefined): Candidate[] {
  const { place, key, scalar } = slot;
  if (script !== undefined) return inScript(script);
  if (place !== 'env' && place !== 'with') return [];
  // What an action fills into a manifest is the image's only where its name says so.
  const isOther = place === 'env' && slot.step?.uses !== undefined && !/image|tag/i.test(key);
  const isTag = TAG_KEY.test(key) && !/^ref$/i.test(key) && !isOther && !(place === 'env' && isCut(slot));
  return isTag ? [{ text: lastPart(scalar.value.trim()) }] : [];
}

/** A variable that the scripts shorten before they use it. */
function isCut({ key, job, step }: Slot): boolean {
  const texts = (step ? [step] : (job?.steps ?? [])).flatMap(({ run, inputs }) => [
    run?.value ?? '',
    ...[...inputs.values()].map(({ value }) => value),
  ]);
  const name = key.replaceAll(/\W/g, '');
  const cut = new RegExp(
    String.raw`\$\{${name}[:%#/,^]|\$\{?${name}\}?["']?\s*\|\s*(?:cut|head)\b|(?:cut|head)\s[^\n]*<<<\s*["']?\$\{?${name}\b`,
  );
  return texts.some((text) => cut.test(text));
}

function inScript(script: string): Candidate[] {
  const { lines } = readScript(script);
  const last = lastIn(lines);
  return lines.flatMap((text, line) => {
    const command = commandAt(lines, line);
    const isSpoken = DEPLOY_COMMAND.test(command) || SPOKEN.test(text);
    const set = SET.exec(text)?.[1]?.replace(/^(?:str)?env\((\w+)\)$/, (_, name: string) => `\${${name}}`);
    const assigned = assignedAt(text, line, last) ?? imageAt(text, line, last);
    const edited = MANIFEST_EDIT.test(command) ? writtenBySed(text) : undefined;
    const plain = edited ?? (isSpoken ? tagsIn(text).map((tag) => ({ text: tag })) : []);
    const others = [set, assigned].flatMap((tag) => (tag === undefined ? [] : [{ text: tag }]));
    return [...plain, ...others].map((one) => ({ ...one, text: withoutComment(one.text), line }));
  });
}

const ASSIGNED = /^\s*(?:export\s+)?(\w+)=/;
/** A variable, and the sign before it. */
const USED = /(?:^|[\s\S])\$(?:\{(\w+)(\}?)|(\w+))/g;

/** Where in a script something stands for the last time, so that no line has to look through all that follow. */
interface Last {
  /** The last line that sets a variable, or makes something longer of it, by its name. */
  readonly changed: ReadonlyMap<string, number>;
  readonly used: ReadonlyMap<string, number>;
  readonly deploys: number;
}

function lastIn(lines: readonly string[]): Last {
  const changed = new Map<string, number>();
  const used = new Map<string, number>();
  lines.forEach((text, line) => {
    const set = ASSIGNED.exec(text)?.[1];
    if (set !== undefined) changed.set(set, line);
    for (const [whole, braced, end, plain] of text.matchAll(USED)) {
      const name = braced ?? plain ?? '';
      // A part of it is cut out by `${NAME%…}`.
      if (end !== '') used.set(name, line);
      if (/^[\w.-]/.test(whole)) changed.set(name, line);
    }
  });
  return { changed, used, deploys: lines.findLastIndex((text) => DEPLOY_COMMAND.test(text)) };
}

/** `TAG=…`, unless it is changed further down, or only a part of the tag. */
function assignedAt(text: string, line: number, { changed }: Last): string | undefined {
  const [, name = '', given] = /^\s*(?:export\s+)?(\w*TAG\w*)=(\S.*)$/.exec(text) ?? [];
  if (given === undefined || (changed.get(name) ?? line) > line) return undefined;
  return pieces(given, 0)[0]?.text ?? given;
}

/** The tag of `IMAGE=registry/name:TAG`, which a command further down deploys. */
function imageAt(text: string, line: number, { used, deploys: last }: Last): string | undefined {
  const [, name = '', value = ''] = /^\s*(?:export\s+)?(\w*IMAGE\w*)=(\S.*)$/i.exec(text) ?? [];
  const isTaken = name !== '' && (used.get(name) ?? line) > line && last > line;
  return isTaken ? tagsIn(pieces(value, 0)[0]?.text ?? value)[0] : undefined;
}

/** Nobody's command has more lines. */
const LONGEST_COMMAND = 100;

/** With what stands before a line break that a backslash hides. */
function commandAt(lines: readonly string[], line: number): string {
  const furthest = Math.max(0, line - LONGEST_COMMAND);
  let first = line;
  while (first > furthest && /\\\s*$/.test(lines[first - 1] ?? '')) first -= 1;
  return lines.slice(first, line + 1).join(' ');
}

/** undefined: no replacement of sed's. */
function writtenBySed(text: string): Candidate[] | undefined {
  const all = [...text.slice(0, 2000).matchAll(SED)].map((match) => match[2] ?? '');
  if (all.length === 0) return undefined;
  return all.flatMap((replacement): Candidate[] => {
    // `'s|A|name:'${TAG}'|'`: the shell's quotes are none of the reference's signs.
    const plain = replacement.replaceAll(/'("?)(\$\{?\w+\}?)\1'/g, '$2');
    const whole = WRITTEN.exec(plain)?.[1];
    return whole === undefined ? tagsIn(plain).map((tag) => ({ text: tag })) : [{ text: whole, isWhole: true }];
  });
}

/** Of a formula that may be a whole reference; a mark may hold a colon, too. */
function tagIn(formula: string): string {
  return /\/.*:((?:[^:«»/\s]|«[^»]*»)+)$/.exec(formula)?.[1] ?? formula;
}

function lastPart(value: string): string {
  return /^(?:[\w.${}/-]|:\d{1,5}\/|\$\{\{[^}]*\}\})+:(.+)$/.exec(value)?.[1] ?? value;
}
