/** A missing tag, and what the workload ran before: only what the registry still lists is named. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import type { Revision } from '../../src/evidence/snapshots.ts';
import { access, anyone, attempt, evidence, HOST, IMAGE, runCheck, tagList } from './support.ts';

const missing = access(
  attempt(
    anyone,
    { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
    { challenge: { scheme: 'none' } },
  ),
);

function revision(number: number, image: string): Revision {
  return { revision: number, name: `api-${number}`, images: { app: image }, ready: 0, isCurrent: image === IMAGE };
}

function findingWith(revisions: readonly Revision[], ...tags: readonly string[]) {
  const result = runCheck(
    'tag-exists',
    evidence({ registryAccess: missing, tags: tagList(...tags), revisions: observed(revisions) }),
  );
  if (result.verdict !== 'fail') throw new Error(result.verdict);
  return result.findings[0];
}

describe('a missing tag', () => {
  const now = revision(13, IMAGE);

  it('comes with the newest earlier revision that the registry still has', () => {
    const found = findingWith(
      [now, revision(11, `${HOST}/team/api:17-51`), revision(12, `${HOST}/team/api:17-52`)],
      '17-51',
      '17-52',
    );
    expect(found.cause).toBe('tag-not-found');
    expect(found.summary).toContain(`Revision 12 ran ${HOST}/team/api:17-52, which the registry still has.`);
    expect(found.detail['elsewhere']).toEqual([`revision 12: ${HOST}/team/api:17-52`]);
    expect(found.because).toContain('revisions');
  });

  it.each([
    ['a tag that is gone as well', `${HOST}/team/api:17-50`],
    ['another repository', `${HOST}/team/web:17-52`],
    ['another registry', 'ghcr.io/team/api:17-52'],
    ['a digest', `${HOST}/team/api@sha256:${'a'.repeat(64)}`],
    ['no image', '${IMAGE}'],
  ])('names nothing for %s', (_name, image) => {
    const found = findingWith([now, revision(12, image)], '17-52');
    expect(found.summary).not.toContain('Revision');
    expect(found.detail['elsewhere']).toBeUndefined();
  });
});
