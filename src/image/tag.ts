/** What a tag tells by itself: the commit and the time in it, whether it moves; and which existing tags come nearest to a missing one. */
import { formatDuration, parseTime } from '../clock.ts';
import { editDistance } from './tag-distance.ts';
import { parseVersion, versionDistance } from './tag-version.ts';

export interface NearTag {
  readonly tag: string;
  /** Half a sentence: `same commit a1b2c3d, 2m earlier`. */
  readonly why: string;
}

const MOVING = new Set(
  'latest main master trunk develop dev stable edge nightly canary beta alpha rc next current release prod production staging stage test qa snapshot head default lts'.split(
    ' ',
  ),
);

/** True for names that are pushed again and again: `latest`, `main`, `stable-alpine`, `1`, `1.27`, `v2`. */
export function isMutableTag(tag: string): boolean {
  const [first = ''] = tag.toLowerCase().split(/[-_.]/, 1);
  if (commitOf(tag) !== undefined || timeOf(tag) !== undefined) return false;
  return (MOVING.has(first) && !/\d/.test(tag)) || /^v?\d+(?:\.\d+)?(?:-[a-z]+)?$/i.test(tag);
}

/** The part that looks like a commit: 7 to 40 hexadecimal digits, letters and digits mixed unless announced by `sha-` or full. */
export function commitOf(tag: string): string | undefined {
  const announced = /(?:^|[-_.])(?:sha|commit|git)[-_.]?([0-9a-f]{7,40})(?:$|[-_.])/i.exec(tag)?.[1];
  if (announced !== undefined) return announced.toLowerCase();
  return tag
    .split(/[-_.+]/)
    .map((part) => part.replace(/^g(?=[0-9a-f]{7,40}$)/, ''))
    .find((part) => /^[0-9a-f]{7,40}$/.test(part) && /\d/.test(part) && /[a-f]/.test(part));
}

const STAMPS: readonly RegExp[] = [
  /(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_.tT]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)(?!\d)/,
  /(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_.tT]?(\d\d)[-_.:]?(\d\d)(?!\d)/,
  /(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)/,
];

/** The time in a tag (ms since the epoch, read as UTC): `2026-05-24-17-54`, `20260524175401`, `20260524`, seconds since the epoch. */
export function timeOf(tag: string): number | undefined {
  for (const stamp of STAMPS) {
    const found = stamp.exec(tag);
    if (!found) continue;
    const [, year, month, day, hour = '00', minute = '00', second = '00'] = found;
    const time = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (time !== undefined) return time;
  }
  const seconds = /(?<![0-9a-f])(1[4-9]\d{8}|20\d{8})(?![0-9a-f])/i.exec(tag)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/**
 * The tag that was pushed for the same commit under another name: same commit, same pattern, only its time differs; the nearest one.
 * undefined where there is none, also where the tag names no commit.
 */
export function twinTag(missing: string, existing: readonly string[]): string | undefined {
  const commit = commitOf(missing);
  if (commit === undefined) return undefined;
  const pattern = (tag: string) => tag.replaceAll(commit, 'commit').replace(/\d/g, '0');
  const twins = existing.filter(
    (tag) => tag !== missing && commitOf(tag) === commit && pattern(tag) === pattern(missing),
  );
  return nearestTags(missing, twins, 1)[0]?.tag;
}

interface Ranked extends NearTag {
  /** Smaller is nearer: kind of likeness first, then its own distance. */
  readonly rank: readonly [number, number];
}

/** The existing tags nearest to `missing`, best first: same commit by time, same pattern by time, versions around it, then spelling. */
export function nearestTags(missing: string, existing: readonly string[], limit = 3): readonly NearTag[] {
  const ranked = existing.flatMap((tag): Ranked[] => {
    if (tag === missing) return [];
    const near = byCommit(missing, tag) ?? byTime(missing, tag) ?? byVersion(missing, tag) ?? bySpelling(missing, tag);
    return near ? [near] : [];
  });
  return ranked
    .toSorted((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || (a.tag < b.tag ? -1 : 1))
    .slice(0, limit)
    .map(({ tag, why }) => ({ tag, why }));
}

function byCommit(missing: string, tag: string): Ranked | undefined {
  const commit = commitOf(missing);
  const other = commitOf(tag);
  if (commit === undefined || other === undefined) return undefined;
  if (!commit.startsWith(other) && !other.startsWith(commit)) return undefined;
  const shown = commit.length < other.length ? commit : other;
  const gap = gapOf(missing, tag);
  return {
    tag,
    why: `same commit ${shown}${gap ? `, ${gap.text}` : ''}`,
    rank: [0, gap?.ms ?? Number.MAX_SAFE_INTEGER],
  };
}

/** Same text around two different times. */
function byTime(missing: string, tag: string): Ranked | undefined {
  const gap = gapOf(missing, tag);
  if (!gap || missing.replace(/\d/g, '0') !== tag.replace(/\d/g, '0')) return undefined;
  return { tag, why: gap.text, rank: [1, gap.ms] };
}

function gapOf(missing: string, tag: string): { readonly ms: number; readonly text: string } | undefined {
  const wanted = timeOf(missing);
  const other = timeOf(tag);
  if (wanted === undefined || other === undefined) return undefined;
  const ms = Math.abs(wanted - other);
  return { ms, text: ms === 0 ? 'same time' : `${formatDuration(ms)} ${other < wanted ? 'earlier' : 'later'}` };
}

function byVersion(missing: string, tag: string): Ranked | undefined {
  const wanted = parseVersion(missing);
  const other = parseVersion(tag);
  if (!wanted || !other) return undefined;
  const distance = versionDistance(wanted, other);
  if (distance === undefined) return undefined;
  return { tag, why: distance.why, rank: [2, distance.size] };
}

function bySpelling(missing: string, tag: string): Ranked | undefined {
  const most = Math.max(1, Math.min(4, Math.floor(missing.length / 3)));
  const distance = editDistance(missing, tag, most);
  if (distance === undefined) return undefined;
  return { tag, why: `differs in ${distance} character${distance === 1 ? '' : 's'}`, rank: [3, distance] };
}
