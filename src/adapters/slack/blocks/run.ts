/** The run message: one card a step, edited in place. Richest level: the `plan` block; below it, sections. */
import type { RunView } from '../../../incident/ports.ts';
import type { StepProgress } from '../../../runbook/runbook.ts';
import { clampEscaped, cleaned, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { context, type Message, type MessageBlock, type PlanView, richText, section, type TaskView } from './parts.ts';

type Status = StepProgress['status'];

/** Slack's cards know no "skipped" and no "inconclusive": both are complete, the words say which. */
const CARD: Readonly<Record<Status, TaskView['status']>> = {
  pending: 'pending',
  running: 'in_progress',
  passed: 'complete',
  failed: 'error',
  inconclusive: 'complete',
  skipped: 'complete',
};

const SIGN: Readonly<Record<Status, string>> = {
  pending: ':white_circle:',
  running: ':hourglass_flowing_sand:',
  passed: ':white_check_mark:',
  failed: ':x:',
  inconclusive: ':grey_question:',
  skipped: ':heavy_minus_sign:',
};

/** At most this many steps are drawn one by one. */
const MAX_STEPS = 30;

export function runPlan(run: RunView): Message {
  const plan: PlanView = {
    type: 'plan',
    title: clampEscaped(cleaned(`${run.title} · ${progress(run)}`), 150),
    tasks: run.steps.slice(0, MAX_STEPS).map(card),
  };
  return fit({ text: headline(run), body: [plan] });
}

export function runSections(run: RunView): Message {
  const body: MessageBlock[] = [section(`*${clampEscaped(escaped(run.title), 200)}* · ${progress(run)}`)];
  const drawn = run.steps.slice(0, MAX_STEPS).filter(({ status }) => status !== 'skipped');
  for (let at = 0; at < drawn.length; at += 5) {
    body.push(
      section(
        drawn
          .slice(at, at + 5)
          .map(line)
          .join('\n'),
      ),
    );
  }
  body.push(...notNeeded(run));
  if (run.steps.length > MAX_STEPS) body.push(context(`${run.steps.length - MAX_STEPS} more steps`));
  return fit({ text: headline(run), body });
}

/** What does not apply here takes one line, not two each. */
function notNeeded({ steps }: RunView): MessageBlock[] {
  const titles = steps.slice(0, MAX_STEPS).filter(({ status }) => status === 'skipped');
  if (titles.length === 0) return [];
  const list = titles.map(({ title }) => clampEscaped(escaped(title).replace(/\s+/g, ' '), 60)).join(' · ');
  return [context(`${SIGN.skipped} _skipped, they do not apply:_ ${list}`)];
}

function card(step: StepProgress): TaskView {
  const outcome =
    step.status === 'inconclusive' || step.status === 'skipped' ? `${step.status}: ${step.summary}` : step.summary;
  return {
    type: 'task_card',
    task_id: words(step.id, 100),
    title: words(step.title, 150),
    status: CARD[step.status],
    ...(step.status === 'pending' || step.status === 'running' ? {} : { output: richText(outcome, 260) }),
  };
}

/** Literal text of a card; Slack refuses an empty one. */
function words(text: string, max: number): string {
  return clampEscaped(cleaned(text).trim(), max) || '-';
}

function line(step: StepProgress): string {
  const title = clampEscaped(escaped(step.title), 150);
  const summary = clampEscaped(escaped(step.summary).replace(/\n+/g, ' '), 350);
  const note = step.status === 'inconclusive' ? ` _(${step.status})_` : '';
  return `${SIGN[step.status]} ${title}${note}${summary === '' ? '' : `\n        ${summary}`}`;
}

function progress(run: RunView): string {
  const done = run.steps.filter((step) => step.status !== 'pending' && step.status !== 'running').length;
  return run.done
    ? `done, ${run.steps.length} steps`
    : `step ${Math.min(done + 1, run.steps.length)} of ${run.steps.length}`;
}

function headline(run: RunView): string {
  return `${clampEscaped(escaped(run.title), 200)}: ${progress(run)}`;
}
