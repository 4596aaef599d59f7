/** Runs a runbook's steps over one or more cases: all start at once, each is decided when the evidence of its check is there. */
import type { Check, CheckResult } from '../diagnosis/check.ts';
import type { StepReport } from '../diagnosis/diagnosis.ts';
import { errorLine } from '../errors.ts';
import type { CaseEvidence } from '../evidence/collect.ts';
import type { Runbook, RunbookStep, StepProgress } from './runbook.ts';

/** A step's answer for one case. */
interface StepResult {
  readonly step: string;
  readonly check: Check;
  readonly result: CheckResult;
}

interface CaseResult {
  readonly evidence: CaseEvidence;
  /** In the runbook's order. */
  readonly results: readonly StepResult[];
}

export interface RunbookRun {
  /** In the runbook's order. */
  readonly steps: readonly StepReport[];
  /** In the order of the cases given. */
  readonly cases: readonly CaseResult[];
}

export interface RunInput {
  readonly runbook: Runbook;
  readonly checks: readonly Check[];
  readonly cases: readonly CaseEvidence[];
  readonly now: () => number;
  /** Called with all steps each time that one moves. */
  readonly onProgress?: (steps: readonly StepProgress[]) => void;
}

/** Rejects only when the caller gave up. A check that throws is inconclusive and stops nobody. */
export async function runRunbook(input: RunInput): Promise<RunbookRun> {
  const startedAt = input.now();
  const shown: StepProgress[] = input.runbook.steps.map(({ id, ask }) => ({
    id,
    title: ask,
    status: 'pending',
    summary: '',
    command: '',
  }));
  const show = () => input.onProgress?.([...shown]);
  show();
  const running = input.runbook.steps.map(async (step, index) => {
    const check = findCheck(input.checks, step);
    move(shown, index, { status: 'running' });
    const answers = await Promise.all(input.cases.map((one) => answer(check, one)));
    const { status, summary, command } = combine(answers);
    move(shown, index, { status, summary, command });
    show();
    const report: StepReport = {
      id: step.id,
      title: step.ask,
      status,
      summary,
      command,
      durationMs: input.now() - startedAt,
    };
    return { report, check, answers };
  });
  show();
  const done = await Promise.all(running);
  return {
    // With everything known, a command can name more than when its step was decided.
    steps: done.map(({ report, check, answers }) => ({ ...report, ...combine(retype(check, answers)) })),
    cases: input.cases.map((evidence, at) => ({
      evidence,
      results: done.flatMap(({ report, check, answers }) => {
        const given = answers[at];
        return given ? [{ step: report.id, check, result: given.result }] : [];
      }),
    })),
  };
}

interface Answer {
  readonly evidence: CaseEvidence;
  readonly result: CheckResult;
  readonly command: string;
}

async function answer(check: Check, one: CaseEvidence): Promise<Answer> {
  const evidence = await one.view(check.needs);
  try {
    return { evidence: one, result: check.run(evidence), command: typed(check, one) };
  } catch (error) {
    const note = `this check failed on unexpected data (${errorLine(error)})`;
    return { evidence: one, result: { verdict: 'inconclusive', note, missing: check.needs }, command: '' };
  }
}

function retype(check: Check, answers: readonly Answer[]): readonly Answer[] {
  return answers.map((one) => ({ ...one, command: typed(check, one.evidence) }));
}

function typed(check: Check, one: CaseEvidence): string {
  try {
    return check.command(one.known()) ?? '';
  } catch {
    return '';
  }
}

const STATUS = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive', 'not-applicable': 'skipped' } as const;
/** A problem in one container is the step's answer; "could not look" never hides behind another container's "fine". */
const WORST_FIRST = ['failed', 'inconclusive', 'passed', 'skipped'] as const;

function combine(answers: readonly Answer[]): Pick<StepReport, 'status' | 'summary' | 'command'> {
  const status = WORST_FIRST.find((rank) => answers.some(({ result }) => STATUS[result.verdict] === rank)) ?? 'skipped';
  const telling = answers.filter(({ result }) => STATUS[result.verdict] === status);
  const notes = [...new Set(telling.map(({ result }) => result.note))];
  const summary =
    notes.length > 1
      ? telling.map(({ evidence, result }) => `${evidence.subject.container}: ${result.note}`).join('; ')
      : (notes[0] ?? '');
  return { status, summary, command: telling.find(({ command }) => command !== '')?.command ?? '' };
}

function findCheck(checks: readonly Check[], step: RunbookStep): Check {
  const check = checks.find(({ id }) => id === step.check);
  // The loader refuses unknown checks; a runbook built in code is the programmer's.
  if (check === undefined) throw new Error(`runbook step ${step.id} asks for the unknown check ${step.check}`);
  return check;
}

function move(shown: StepProgress[], index: number, change: Partial<StepProgress>): void {
  const before = shown[index];
  if (before) shown[index] = { ...before, ...change };
}
