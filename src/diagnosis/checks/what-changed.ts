/** What changed? The image before and now, by the owner's revisions. Informs; finds nothing by itself. */
import { formatDuration, formatTime } from '../../clock.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Revision } from '../../evidence/snapshots.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { list, minuteOf, tidy } from '../words.ts';

export const whatChanged = defineCheck({
  id: 'what-changed',
  question: 'What changed?',
  needs: ['revisions', 'workload', 'pullFailure'],
  run({ revisions, workload, pullFailure }): CheckResult {
    if (workload.status === 'absent') return { verdict: 'not-applicable', note: 'no workload owns the pod' };
    if (revisions.status === 'absent') return { verdict: 'not-applicable', note: 'the owner keeps no revisions' };
    if (revisions.status !== 'observed') return couldNotLook({ revisions });
    const failedAt = pullFailure.status === 'observed' ? pullFailure.value.at : undefined;
    const [now, before] = lastTwo(revisions.value);
    if (now === undefined) return { verdict: 'not-applicable', note: 'the owner keeps no revisions' };
    const changes = before === undefined ? [] : imageChanges(before, now);
    return { verdict: 'pass', note: story({ now, before, changes, failedAt }) };
  },
  command({ workload }: Partial<Evidence>) {
    if (workload?.status !== 'observed') return undefined;
    const { kind, name, namespace } = workload.value;
    if (kind === 'Job' || kind === 'CronJob') return undefined;
    return commandLine('kubectl', 'rollout', 'history', `${kind.toLowerCase()}/${name}`, '-n', namespace);
  },
});

/** The current revision and the newest one before it. */
function lastTwo(revisions: readonly Revision[]): [Revision | undefined, Revision | undefined] {
  const now = revisions.find(({ isCurrent }) => isCurrent) ?? revisions[0];
  const before = now === undefined ? undefined : revisions.find(({ revision }) => revision < now.revision);
  return [now, before];
}

function imageChanges(before: Revision, now: Revision): string[] {
  return Object.entries(now.images).flatMap(([container, image]) => {
    const old = before.images[container];
    if (old === image) return [];
    if (old === undefined) return [`added ${container} with ${tidy(image)}`];
    return [`changed ${container} from ${tidy(old)} to ${tidy(image)}`];
  });
}

interface Story {
  readonly now: Revision;
  readonly before: Revision | undefined;
  readonly changes: readonly string[];
  readonly failedAt: number | undefined;
}

function story({ now, before, changes, failedAt }: Story): string {
  if (before === undefined) return `revision ${now.revision} is the only one known${since(now, failedAt)}`;
  const step = `revision ${before.revision} -> ${now.revision}`;
  const ready = before.ready > 0 ? `; ${before.ready} ready on revision ${before.revision}` : '';
  const what = changes.length === 0 ? 'changed no image' : list(changes);
  return `${step} ${what}${since(now, failedAt)}${ready}`;
}

function since(now: Revision, failedAt: number | undefined): string {
  if (now.createdAt === undefined) return '';
  const lag =
    failedAt === undefined || failedAt < now.createdAt
      ? ''
      : `, the newest pull error came ${formatDuration(failedAt - now.createdAt)} later`;
  return `, since ${minuteOf(formatTime(now.createdAt))}${lag}`;
}
