/** A proven fault in the image's name comes with the command that changes it, where a change would stay. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { absent, observed, valueOf } from '../../src/evidence/observation.ts';
import { parseReference } from '../../src/image/reference.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  diagnose,
  evidence,
  failure,
  HOST,
  missing,
  tagList,
  waiting,
} from './support.ts';

const wrongTag: Partial<Evidence> = {
  registryAccess: access(attempt(anyone, missing, { challenge: { scheme: 'none' } })),
  tags: tagList('1.4.1'),
  pullFailure: observed(failure('image-not-found')),
};
const owner = valueOf(evidence().workload);

function firstOf(more: Partial<Evidence>) {
  const [finding] = diagnose(evidence({ ...wrongTag, ...more })).findings;
  return { cause: finding?.cause, commands: finding?.commands ?? [] };
}

describe('the command that gives a workload another image', () => {
  it('leaves only the tag open where only the tag is wrong', () => {
    expect(firstOf({})).toEqual({
      cause: 'tag-not-found',
      commands: [`kubectl set image deployment/${owner?.name} ${waiting.name}=${HOST}/team/api:TAG -n staging`],
    });
  });
  it('leaves the whole name open where a variable was not filled in', () => {
    const image = `${HOST}/team/api:\${TAG}`;
    const images = { ...owner?.images, [waiting.name]: image };
    const given = {
      container: observed({ ...waiting, image }),
      reference: observed(parseReference(image)),
      pullFailure: observed(failure('invalid-reference')),
      ...(owner === undefined ? {} : { workload: observed({ ...owner, images }) }),
    };
    expect(firstOf(given)).toEqual({
      cause: 'invalid-reference',
      commands: [`kubectl set image deployment/${owner?.name} ${waiting.name}=IMAGE -n staging`],
    });
  });
  it('changes a pod that nobody owns', () => {
    const { controller: _, ...bare } = aPod;
    expect(firstOf({ pod: observed(bare), workload: absent }).commands).toEqual([
      `kubectl set image pod/${aPod.name} ${waiting.name}=${HOST}/team/api:TAG -n staging`,
    ]);
  });
  it('is not there where somebody else writes the object, its pods keep theirs, or the template has another image by now', () => {
    if (owner === undefined) throw new Error('the evidence has a workload');
    const marked = { ...owner, managedBy: 'argocd.argoproj.io/instance' };
    const moved = { ...owner, images: { [waiting.name]: `${HOST}/team/api:1.4.1` } };
    for (const workload of [marked, { ...owner, kind: 'Job' as const }, moved]) {
      expect(firstOf({ workload: observed(workload) })).toEqual({ cause: 'tag-not-found', commands: [] });
    }
  });
});
