/** A missing image that is somewhere else: each place is named with who asked, and nothing is named that was not found. */
import { describe, expect, it } from '@jest/globals';
import type { Elsewhere } from '../../src/evidence/elsewhere.ts';
import { observed } from '../../src/evidence/observation.ts';
import { parseReference } from '../../src/image/reference.ts';
import {
  access,
  anyone,
  attempt,
  denied,
  evidence,
  HOST,
  missing,
  noName,
  podLogin,
  revision,
  runCheck,
  tagList,
  wrongLogin,
} from './support.ts';

const nobody = attempt(anyone, missing, { challenge: { scheme: 'none' } });
const nothing: Elsewhere = { revisions: [], registries: [] };

function findingWith(seen: Elsewhere, more: Parameters<typeof evidence>[0] = {}) {
  const given = evidence({
    registryAccess: access(nobody),
    tags: tagList('17-52'),
    elsewhere: observed(seen),
    ...more,
  });
  const result = runCheck('tag-exists', given);
  if (result.verdict !== 'fail') throw new Error(`${result.verdict}: ${result.note}`);
  return result.findings[0];
}

describe('a missing tag', () => {
  const before = { image: `${HOST}/team/api:17-52`, asked: 'secret/regcred', revision: 12 };

  it('comes with the earlier revision that still pulls', () => {
    const found = findingWith({ ...nothing, revisions: [{ ...before, answer: 'found' }] });
    expect(found).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(found.summary).toContain(
      `Revision 12 ran ${HOST}/team/api:17-52, which still pulls (asked as secret/regcred).`,
    );
    expect(found.detail['elsewhere']).toEqual([`revision 12: ${HOST}/team/api:17-52`]);
    expect(found.because).toContain('elsewhere');
  });

  it('does not call an earlier revision alive by the tag list once it was asked for and is gone', () => {
    const revisions = observed([revision(13, '1.4.2-17-54', { isCurrent: true }), revision(12, '17-52')]);
    const found = findingWith({ ...nothing, revisions: [{ ...before, answer: 'missing' }] }, { revisions });
    expect(found.summary).toContain('which is not there any more either');
    expect(found.summary).not.toContain('still');
    expect(found.detail['elsewhere']).toBeUndefined();
  });

  it.each(['denied', 'unauthorized', 'network', 'rate-limited'] as const)(
    'says nothing of an earlier revision whose registry answered %s',
    (answer) => {
      expect(findingWith({ ...nothing, revisions: [{ ...before, answer }] }).summary).not.toContain('Revision');
    },
  );

  it('names the other registry that has it, and not those that have not', () => {
    const registries = [
      { image: 'ghcr.io/team/api:1.4.2-17-54', asked: 'secret/there', answer: 'found' as const },
      { image: 'quay.io/team/api:1.4.2-17-54', asked: 'secret/quay', answer: 'missing' as const },
    ];
    const found = findingWith({ ...nothing, registries });
    expect(found.summary).toContain('It exists at ghcr.io/team/api:1.4.2-17-54 (asked with secret/there).');
    expect(JSON.stringify(found)).not.toContain('quay.io');
  });
});

it('a missing repository is named elsewhere too', () => {
  const registries = [{ image: 'ghcr.io/team/api:1', asked: 'secret/there', answer: 'found' as const }];
  const registryAccess = access(attempt(anyone, noName, { challenge: { scheme: 'none' } }));
  const found = findingWith({ ...nothing, registries }, { registryAccess, tags: observed({ kind: 'missing' }) });
  expect(found.cause).toBe('repository-not-found');
  expect(found.summary).toContain('It exists at ghcr.io/team/api:1');
});

describe('an image that a registry hides or lacks', () => {
  const registryAccess = access(
    attempt(anyone, wrongLogin, { hides: 'missing-or-forbidden' }),
    attempt(podLogin, denied, { hides: 'missing-or-forbidden' }),
  );

  it('stays open, and is named where it is', () => {
    const registries = [{ image: 'ghcr.io/team/api:1', asked: 'secret/there', answer: 'found' as const }];
    const found = findingWith({ ...nothing, registries }, { registryAccess });
    expect(found).toMatchObject({ cause: 'not-found-or-unauthorized', confidence: 'likely' });
    expect(found.summary).toMatch(/missing, or hidden from these credentials.* It exists at ghcr\.io\/team\/api:1/);
  });

  it('is not decided where nobody has it', () => {
    const given = evidence({ registryAccess, elsewhere: observed(nothing) });
    expect(runCheck('tag-exists', given).verdict).toBe('inconclusive');
  });
});

it('a digest that is gone comes with what the tag beside it means now', () => {
  const text = `${HOST}/team/api:1.4@sha256:${'f'.repeat(64)}`;
  const tag = {
    image: `${HOST}/team/api:1.4`,
    asked: 'anonymous',
    answer: 'found' as const,
    digest: `sha256:${'b'.repeat(64)}`,
  };
  const found = findingWith({ ...nothing, tag }, { reference: observed(parseReference(text)) });
  expect(found.cause).toBe('digest-not-found');
  expect(found.summary).toContain(`The tag 1.4 beside it exists and means sha256:${'b'.repeat(64)} now.`);
});

describe('a missing tag whose neighbours the registry tells of', () => {
  const pushedAt = Date.parse('2026-11-21T17:52:10Z');
  const tags = observed({ kind: 'listed' as const, names: ['1.4.2-17-52', '1.4.1'], truncated: false });

  it('names when the nearest was pushed, and by whom', () => {
    const told = { kind: 'told' as const, source: 'its API', tags: [{ tag: '1.4.2-17-52', pushedAt, pushedBy: 'ci' }] };
    const found = findingWith(nothing, { tags, tagDetails: observed(told) });
    expect(found.summary).toMatch(
      /Nearest: 1\.4\.2-17-52 \(.*, pushed 2026-11-21 17:52 UTC by ci\) and 1\.4\.1 \([^)]*\)\./,
    );
    expect(found.detail['nearestPushed']).toEqual(['pushed 2026-11-21 17:52 UTC by ci']);
    expect(found.because).toContain('tagDetails');
  });

  it('says nothing of pushes where it was not told', () => {
    const found = findingWith(nothing, { tags, tagDetails: observed({ kind: 'untold', reason: 'none' }) });
    expect(found.summary).not.toContain('pushed');
    expect(found.because).not.toContain('tagDetails');
  });

  it('says that the list was cut, and what the cut took', () => {
    const cut = { kind: 'listed' as const, names: ['1.4.2-17-52'], truncated: true };
    expect(findingWith(nothing, { tags: observed(cut) }).summary).toContain(
      'Only 1 of its tags were read: a nearer one',
    );
    const oldest = findingWith(nothing, { tags: observed({ ...cut, lacks: 'newest' as const }) });
    expect(oldest.summary).toContain('lists the newest last');
  });
});

it.each(['undefined', 'null', 'None', '__TAG__', 'IMAGE_TAG', 'change-me'])(
  'a missing tag %s reads like an unset variable',
  (tag) => {
    const reference = observed(parseReference(`${HOST}/team/api:${tag}`));
    expect(findingWith(nothing, { reference }).summary).toContain('reads like a variable that had no value');
    expect(findingWith(nothing).summary).not.toContain('reads like');
  },
);
