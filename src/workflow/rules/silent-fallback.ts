/** An empty value is replaced by one that looks right: the wrong image is deployed and nothing is red. */

import type { Edge } from '../edge.ts';
import { expressionsIn } from '../expression.ts';
import { buildsImage, type Fallback, fallbacksIn, isClock, isMoving } from '../fallback.ts';
import { githubScript } from '../github-script.ts';
import { deploys, pushes } from '../images.ts';
import { isMadeUp, isWanted, runsAnyway } from '../made-up.ts';
import { jobCalled, type Slot, type Workflow } from '../model.ts';
import { offsetOf, offsetOfLine } from '../place.ts';
import type { Draft, Rule, TextView, View } from '../rule.ts';
import { TAG_NAME } from '../tag-name.ts';

/** An image reference with a tag that is written out. */
const TAGGED = /[\w)}]:(?:[\w.-]|\$\(shell |\$\((?:git|date)\b|\$[({]?\w)/;

export const silentFallback: Rule = {
  id: 'silent-fallback',
  title: 'An empty value is replaced by a made-up one',
  inWorkflow: (view) => [...inExpressions(view), ...inRuns(view)],
  inText: (view) => fallbacksIn(view.text, view.kind).flatMap((one) => inFile(view, one)),
};

/** Alone, a fallback is a fault only where it makes up something that no build can have pushed. */
function inFile({ kind, text, empty }: TextView, fallback: Fallback): Draft[] {
  const isEmpty = empty.includes(fallback.name);
  const all = names(text, fallback);
  if (!isEmpty && (isPushed(text, all) || !all.some((name) => usedAsTag(text, name)))) return [];
  const madeUp = isClock(fallback.value) || isMoving(fallback.value);
  // A parameter is given by a person, who sees what is deployed.
  const isParameter = /^\$\{\d/.test(fallback.whole);
  const severity = isEmpty ? 'error' : madeUp ? (isParameter ? 'warning' : 'error') : 'info';
  const told = draft(fallback, { offset: fallback.offset, isEmpty, severity, job: null });
  const isStrict = kind === 'makefile' || /^\s*set\s+-[a-z]*u|pipefail|nounset/m.test(text);
  return [isStrict ? told : { ...told, fix: `${told.fix} Begin the script with \`set -euo pipefail\`.` }];
}

/** The text itself builds, and with that variable as far as can be read: then both sides have the same formula. */
function isPushed(text: string, names: readonly string[]): boolean {
  const builds = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .filter(buildsImage);
  const refers = new RegExp(String.raw`\$[({]?(?:${derivedFrom(text, names).join('|')})\b`);
  // Without a tag in sight the build's own may come from anywhere.
  return builds.length > 0 && (builds.some((line) => refers.test(line)) || !builds.every((line) => TAGGED.test(line)));
}

/** With the variables that are made from them: `IMG := acme/x:$(TAG)`. */
function derivedFrom(text: string, names: readonly string[]): string[] {
  const all = new Set(names);
  for (const [, target = '', value = ''] of text.matchAll(
    /^\s*(?:export\s+|local\s+|readonly\s+)?(\w+)\s*[:?]?=(.*)$/gm,
  ))
    if ([...value.matchAll(/\$[({]?(\w+)/g)].some(([, name = '']) => all.has(name))) all.add(target);
  return [...all];
}

/** The variable itself, and the one that the line sets from it: `TAG := $(or $(IMAGE_TAG),latest)`. */
function names(text: string, { name, target = name, offset, whole }: Fallback): string[] {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset + whole.length);
  const [, other] = /^\s*(?:export\s+|local\s+|readonly\s+|const\s+|let\s+)?(\w+)\s*[:?]?=/.exec(line) ?? [];
  return [...new Set([name, target, other ?? name])].filter((one) => /^\w+$/.test(one));
}

function usedAsTag(text: string, name: string): boolean {
  return new RegExp(`:(?:(?:\\$[({]?|\\{)${name}\\b)|(?:[tT]ag|TAG)=["']?(?:\\$[({]?|\\{)${name}\\b`).test(text);
}

function inExpressions({ workflow, edges }: View): Draft[] {
  return edges.flatMap((edge) => {
    const { otherwise, tested } = edge.read;
    if (edge.read.path[0] === 'env' || tested || otherwise === undefined || otherwise === '') return [];
    const isEmpty = edge.state === 'broken';
    if (!isEmpty && !hidesALoss(workflow, edge)) return [];
    const offset = offsetOf(workflow, edge.slot, edge.expression, edge.ref);
    const fallback = { name: edge.ref, value: otherwise, offset };
    return [
      {
        ...draft(fallback, {
          offset,
          isEmpty,
          severity: isEmpty ? 'error' : (ARRIVES[edge.state] ?? 'info'),
          job: edge.slot.job?.id ?? null,
        }),
        scalarAt: edge.slot.scalar.start,
      },
    ];
  });
}

/** How bad a fallback is for a value that arrives, and for one that may. */
const ARRIVES: Readonly<Partial<Record<Edge['state'], Draft['severity']>>> = { ok: 'warning', unknown: 'info' };

/** Nothing skips the producer, and a made-up tag is no other way to make the value: only a loss brings the fallback out. */
function hidesALoss(workflow: Workflow, edge: Edge): boolean {
  const { slot, read, state } = edge;
  const [context, name = '', , output = ''] = read.path;
  const { job } = slot;
  if (context !== 'needs' || !ARRIVES[state] || !job || !deploys(job) || !isMadeUp(workflow, edge)) return false;
  const producer = jobCalled(workflow, name);
  if (!producer || !TAG_NAME.test(output.replaceAll('-', '_')) || slot.place === 'name') return false;
  if (!/always\(|cancelled\(|failure\(/.test(job.condition ?? '')) return producer.condition === undefined;
  return runsAnyway(job) && !isWanted(workflow, edge);
}

function inRuns(view: View): Draft[] {
  return view.workflow.slots.flatMap((slot) => {
    const isProgram = slot.key === 'script' && slot.step !== undefined && githubScript(slot.step) !== undefined;
    if (slot.place !== 'run' && !isProgram) return [];
    return fallbacksIn(slot.scalar.value, 'script').flatMap((one) => {
      const source = sourceOf(view, slot, one.name);
      const severity = source === undefined || slot.job?.steps.some(pushes) ? undefined : severityOf(source, one);
      if (severity === undefined) return [];
      const line = slot.scalar.value.slice(0, one.offset).split('\n').length - 1;
      const offset = offsetOfLine(view.workflow, slot.scalar, line);
      return [
        {
          ...draft(one, { offset, isEmpty: source === 'broken', severity, job: slot.job?.id || null }),
          scalarAt: slot.scalar.start,
        },
      ];
    });
  });
}

function severityOf(source: 'broken' | 'other', { value }: Fallback): Draft['severity'] | undefined {
  if (source === 'broken') return 'error';
  return isClock(value) ? 'warning' : undefined;
}

/** What another job or step gives to that variable; undefined: it is the script's own affair. */
function sourceOf({ workflow, edges }: View, slot: Slot, name: string): 'broken' | 'other' | undefined {
  const { job, step } = slot;
  const setter = step?.env.get(name) ?? job?.env.get(name) ?? workflow.env.get(name);
  const line = new RegExp(`^\\s*(?:export\\s+)?${name}=["']?\\$\\{\\{([^}]*)\\}\\}["']?\\s*$`, 'm').exec(
    slot.scalar.value,
  );
  const mine = edges.filter((edge) => {
    if (setter && edge.slot.scalar.start === setter.start) return true;
    if (edge.slot === slot && edge.expression.text.trim() === name) return true;
    return line?.[1] !== undefined && edge.slot === slot && edge.expression.text === line[1];
  });
  const reads = mine.filter(({ read }) => read.path[0] === 'needs' || read.path[0] === 'steps');
  if (reads.length === 0) return undefined;
  const whole = setter === undefined || expressionsIn(setter.value).length === 1;
  return whole && reads.every(({ state }) => state === 'broken') ? 'broken' : 'other';
}

function draft(
  { name, value }: Pick<Fallback, 'name' | 'value'>,
  {
    offset,
    isEmpty,
    severity,
    job,
  }: { offset: number; isEmpty: boolean; severity: Draft['severity']; job: string | null },
): Draft {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return {
    severity,
    offset,
    job,
    ref: name,
    message: isEmpty
      ? `\`${name}\` arrives empty and becomes \`${shown}\` here: the loss is hidden, and what is deployed was never built under that name.`
      : `An empty \`${name}\` becomes \`${shown}\` here instead of stopping the run.`,
    fix: `Stop when \`${name}\` is empty, and say so.`,
  };
}
