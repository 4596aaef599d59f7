/** What the clock proves, in words. */
import type { MadeIn } from '../../build/tag-clock.ts';
import { minute, type Studied } from './question.ts';

/** The jobs in which both tags were made, where the clock tells them apart. */
export interface ClockFact {
  readonly pushedJob: string;
  readonly pushedMinute: string;
  readonly askedJob: string;
  readonly askedMinute: string;
  readonly askedIds: readonly number[];
  readonly sentence: string;
}

/** undefined: the clock is open, or says nothing. */
export function clockFact({ clock, instead, asked }: Studied): ClockFact | undefined {
  if (clock?.says !== 'different' || instead === undefined) return undefined;
  const pushed = clock.pushedIn[0];
  const made = clock.askedIn[0];
  if (pushed === undefined || made === undefined) return undefined;
  const [pushedMinute, askedMinute] = [shown(clock.pushed), shown(clock.asked)];
  const offset = clock.offsetMinutes === 0 ? '' : ` (the tags’ clock is ${clock.offsetMinutes} minutes off UTC)`;
  return {
    pushedJob: pushed.job.name,
    pushedMinute,
    askedJob: names(clock.askedIn),
    askedMinute,
    askedIds: clock.askedIn.map(({ job }) => job.id),
    sentence: `${pushedMinute} in ${instead.tag} lies in ${place(pushed)}, ${askedMinute} in ${asked} in ${place(made)}${offset}`,
  };
}

function shown({ from, unit }: { readonly from: number; readonly unit: string }): string {
  return unit === 'day' ? new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC' }).format(from) : minute(from);
}

function names(made: readonly MadeIn[]): string {
  return [...new Set(made.map(({ job }) => job.name))].join(' or ');
}

function place({ job, steps }: MadeIn): string {
  const [step] = steps;
  return steps.length === 1 && step !== undefined ? `job ${job.name}, step ${step.name}` : `job ${job.name}`;
}
