/** What a registry tells of a tag, in words. */
import { formatTime } from '../clock.ts';
import type { TagDetail } from '../evidence/tag-details.ts';
import { minuteOf } from './words.ts';

/** `pushed 2026-11-21 17:52 UTC by ci-bot`; undefined where the registry did not tell when. */
export function pushedWords(detail: TagDetail | undefined): string | undefined {
  if (detail?.pushedAt === undefined) return undefined;
  const by = detail.pushedBy === undefined ? '' : ` by ${detail.pushedBy}`;
  return `pushed ${minuteOf(formatTime(detail.pushedAt))}${by}`;
}
