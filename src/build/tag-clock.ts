/**
 * Proof without logs: the time in a tag says in which job the tag was made. The pushed tag's minute lies in a step of one job, the
 * missing tag's minute in a step of another. Runners use UTC, so that is tried first; another offset only if both tags agree on it.
 */
import { parseTime } from '../clock.ts';
import type { RunJob, RunStep } from './run.ts';

/** A time that a tag spells: from here (ms, read as UTC) to here, exclusive. */
export interface TagTime {
  /** The characters that spell it. */
  readonly text: string;
  readonly from: number;
  readonly until: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day';
  /** It counts from the epoch or ends in `Z`: no time zone can shift it. */
  readonly isUtc: boolean;
}

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const S = '[-_.]?';
const DATE = `(20\\d\\d)${S}(0[1-9]|1[0-2])${S}(0[1-9]|[12]\\d|3[01])`;
const HOUR = `[-_.tT]?([01]\\d|2[0-3])`;
const SIXTY = '[-_.:]?([0-5]\\d)';
const FORMS: readonly (readonly [TagTime['unit'], RegExp])[] = [
  ['second', new RegExp(`(?<!\\d)${DATE}${HOUR}${SIXTY}${SIXTY}(?:\\.?\\d{3})?([zZ])?(?!\\d)`)],
  ['minute', new RegExp(`(?<!\\d)${DATE}${HOUR}${SIXTY}([zZ])?(?!\\d)`)],
  ['hour', new RegExp(`(?<!\\d)${DATE}${HOUR}([zZ])?(?!\\d)`)],
  ['day', new RegExp(`(?<!\\d)${DATE}(?!\\d)`)],
];
const DAY_FIRST =
  /(?<!\d)([0-3]\d)[-_.]([01]\d)[-_.](20\d\d)(?:[-_.tT]([0-2]\d)[-_.:]?([0-5]\d)(?:[-_.:]?([0-5]\d))?)?(?!\d)/;
const EPOCH = /(?<![0-9a-zA-Z])(1[4-9]\d{8}|20\d{8})(\d{3})?(?![0-9a-zA-Z])/;

/** The time that a tag spells: `%Y%m%d%H%M%S`, `%F-%H-%M`, ISO 8601, `%d-%m-%Y` where the day is above 12, seconds or ms since the epoch. */
export function tagTime(tag: string): TagTime | undefined {
  for (const [unit, form] of FORMS) {
    const found = form.exec(tag);
    if (!found) continue;
    const [text, year = '', month = '', day = '', ...rest] = found;
    const parts = rest.filter((part) => part !== undefined);
    const isUtc = /^z$/i.test(parts.at(-1) ?? '');
    const [hour = '00', minute = '00', second = '00'] = isUtc ? parts.slice(0, -1) : parts;
    const time = spell(text, unit, [year, month, day, hour, minute, second]);
    if (time) return { ...time, isUtc };
  }
  return dayFirst(tag) ?? sinceEpoch(tag);
}

function spell(text: string, unit: TagTime['unit'], parts: readonly string[]): TagTime | undefined {
  const [year, month, day, hour, minute, second] = parts;
  const from = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return from === undefined ? undefined : { text, from, until: from + UNIT_MS[unit], unit, isUtc: false };
}

function dayFirst(tag: string): TagTime | undefined {
  const [text, day = '', month = '', year = '', hour, minute, second] = DAY_FIRST.exec(tag) ?? [];
  if (text === undefined || Number(day) <= 12) return undefined;
  const unit = hour === undefined ? 'day' : second === undefined ? 'minute' : 'second';
  return spell(text, unit, [year, month, day, hour ?? '00', minute ?? '00', second ?? '00']);
}

function sinceEpoch(tag: string): TagTime | undefined {
  const [text, seconds] = EPOCH.exec(tag) ?? [];
  if (text === undefined) return undefined;
  const from = Number(seconds) * 1000;
  return { text, from, until: from + 1000, unit: 'second', isUtc: true };
}

/** The tag with its time taken out: two tags of one formula and one commit are then equal. */
export function withoutTime(tag: string): string {
  const time = tagTime(tag);
  return time === undefined ? tag : tag.replace(time.text, '«time»');
}

/** A job in which a tag can have been made, and the steps that were running at that time. */
export interface MadeIn {
  readonly job: RunJob;
  readonly steps: readonly RunStep[];
}

export interface ClockProof {
  /** What the tags' clock is ahead of UTC. */
  readonly offsetMinutes: number;
  readonly pushed: TagTime;
  readonly asked: TagTime;
  readonly pushedIn: readonly MadeIn[];
  readonly askedIn: readonly MadeIn[];
  /**
   * `different`: no job can have made both. `same`: the only job that can have made one can have made the other. `open`: the clock is
   * too coarse to tell.
   */
  readonly says: 'different' | 'same' | 'open';
}

/** GitHub tells starts and ends to the second. */
const SLACK = 1000;
const HALF_HOUR = 30;

/** undefined: a tag spells no time, or no job ran then under any offset, or under several. */
export function clockProof(asked: string, pushed: string, jobs: readonly RunJob[]): ClockProof | undefined {
  const [its, other] = [tagTime(asked), tagTime(pushed)];
  if (!its || !other) return undefined;
  const utc = fit(its, other, jobs, 0);
  if (utc) return utc;
  if (its.isUtc || other.isUtc) return undefined;
  const offsets = Array.from({ length: 53 }, (_, index) => (index - 24) * HALF_HOUR).filter((offset) => offset !== 0);
  const fits = offsets.flatMap((offset) => fit(its, other, jobs, offset) ?? []);
  return fits.length === 1 ? fits[0] : undefined;
}

/** Jobs that ran, by UTC, at the time that a tag spells; undefined: it spells none. */
export function jobsAt(tag: string, jobs: readonly RunJob[]): readonly MadeIn[] | undefined {
  const time = tagTime(tag);
  return time && madeIn(time, jobs, 0);
}

function fit(asked: TagTime, pushed: TagTime, jobs: readonly RunJob[], offsetMinutes: number): ClockProof | undefined {
  const askedIn = madeIn(asked, jobs, offsetMinutes);
  const pushedIn = madeIn(pushed, jobs, offsetMinutes);
  if (askedIn.length === 0 || pushedIn.length === 0) return undefined;
  const shared = askedIn.some(({ job }) => pushedIn.some((other) => other.job.id === job.id));
  const same = shared && askedIn.length === 1 && pushedIn.length === 1;
  return { offsetMinutes, asked, pushed, askedIn, pushedIn, says: same ? 'same' : shared ? 'open' : 'different' };
}

function madeIn({ from, until }: TagTime, jobs: readonly RunJob[], offsetMinutes: number): MadeIn[] {
  const shift = offsetMinutes * 60_000;
  const overlaps = (one: { readonly startedAt?: number; readonly completedAt?: number }) =>
    one.startedAt !== undefined &&
    one.startedAt - SLACK < until - shift &&
    (one.completedAt ?? Number.POSITIVE_INFINITY) + SLACK >= from - shift;
  return jobs.flatMap((job) => {
    if (!overlaps(job) || job.conclusion === 'skipped') return [];
    const timed = job.steps.filter(({ startedAt, conclusion }) => startedAt !== undefined && conclusion !== 'skipped');
    const steps = timed.filter(overlaps);
    return timed.length > 0 && steps.length === 0 ? [] : [{ job, steps }];
  });
}
