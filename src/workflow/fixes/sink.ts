/** output-never-written, where the value goes to GITHUB_ENV. */

import type { Edge } from '../edge.ts';
import type { Change } from '../fix.ts';
import { edgeOf, inFile, type MakeRemedies } from '../fix-view.ts';
import { type Job, type Step, sameName, stepCalled } from '../model.ts';
import { offsetOfLine } from '../place.ts';
import { readScript } from '../shell.ts';
import { lineEnd } from '../yaml-edit.ts';

const SINK = />>(\s*)(\\?["']?)(\$\{?GITHUB_ENV\}?)\2/;

export const sink: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const written = edge?.toEnv && edge.slot.job ? writtenIn(edge.slot.job, edge) : undefined;
  if (!written) return [];
  const { name, step, run, line: at } = written;
  const start = offsetOfLine(view.workflow, run, at);
  const line = view.text.slice(start, lineEnd(view.text, start));
  const isRead = readsVariable(written.job, step, name);
  const change = isRead ? both(line, start) : instead(line, start);
  if (!change) return [];
  const also = isRead ? ', which read it here as well' : '';
  return [
    {
      title: `Write \`${name}\` to GITHUB_OUTPUT${isRead ? ', too' : ''}`,
      why: `Outputs are read from GITHUB_OUTPUT; GITHUB_ENV sets variables of later steps of the same job${also}.`,
      edits: inFile(view.file, [change]),
    },
  ];
};

function writtenIn(job: Job, { read: { path } }: Edge) {
  const [, id = '', , name = ''] = path;
  const step = stepCalled(job, id);
  if (!step?.run) return undefined;
  const write = readScript(step.run.value).writes.find((one) => one.to === 'env' && sameName(one.name, name));
  return write && { job, step, run: step.run, name: write.name, line: write.line };
}

function instead(line: string, start: number): Change | undefined {
  const at = line.search(/\bGITHUB_ENV\b/i);
  const isOnce = at >= 0 && (line.match(/\bGITHUB_ENV\b/gi) ?? []).length === 1;
  return isOnce ? { start: start + at, end: start + at + 'GITHUB_ENV'.length, text: 'GITHUB_OUTPUT' } : undefined;
}

function both(line: string, start: number): Change | undefined {
  const match = SINK.exec(line);
  if (!match) return undefined;
  const [whole, , quote = '', target = ''] = match;
  const output = target.replace('GITHUB_ENV', 'GITHUB_OUTPUT');
  const text = `| tee -a ${quote}${target}${quote} >> ${quote}${output}${quote}`;
  return { start: start + match.index, end: start + match.index + whole.length, text };
}

/** A later step of the job reads the variable: taking it away would lose that value instead. */
function readsVariable(job: Job, writer: Step, name: string): boolean {
  const pattern = new RegExp(`(?<![\\w.])(?:env\\.|\\$\\{?|\\$env:)${name}\\b`, 'i');
  return job.steps.some((step) => {
    if (step.index <= writer.index) return false;
    const texts = [
      step.run?.value,
      step.condition,
      ...[...step.env.values(), ...step.inputs.values()].map(({ value }) => value),
    ];
    return texts.some((text) => text !== undefined && (pattern.test(text) || calls(text)));
  });
}

/** A program of its own may read its environment, unseen. */
function calls(text: string): boolean {
  return readScript(text).calls.length > 0;
}
