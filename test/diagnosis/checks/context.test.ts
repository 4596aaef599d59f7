/** The checks that inform: what changed, who else, is the reference well formed. */
import { describe, expect, it } from '@jest/globals';
import { absent, observed } from '../../../src/evidence/observation.ts';
import type { FailingPod } from '../../../src/evidence/scope.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { evidence, failure, firstFinding, HOST, IMAGE, NOW, revision, runCheck } from '../support.ts';

describe('what changed', () => {
  const revisions = observed([
    revision(13, '1.4.2-17-54', { isCurrent: true }),
    revision(12, '1.4.2-17-50', { ready: 2 }),
  ]);

  it('names the image before and now, when, and what still runs', () => {
    const given = evidence({ revisions, pullFailure: observed(failure('image-not-found', { at: NOW + 60_000 })) });
    const { note } = runCheck('what-changed', given);
    expect(note).toContain(
      `revision 12 -> 13 changed app from ${HOST}/team/api:1.4.2-17-50 to ${HOST}/team/api:1.4.2-17-54`,
    );
    expect(note).toMatch(
      /since 20\d\d-\d\d-\d\d \d\d:\d\d UTC, the newest pull error came 8m later; 2 ready on revision 12$/,
    );
  });

  it('says that no image changed, or that there is nothing to compare', () => {
    const same = observed([revision(2, 'a', { isCurrent: true }), revision(1, 'a')]);
    expect(runCheck('what-changed', evidence({ revisions: same })).note).toContain('revision 1 -> 2 changed no image');
    const only = observed([revision(1, 'a', { isCurrent: true })]);
    expect(runCheck('what-changed', evidence({ revisions: only })).note).toContain('the only one known');
    expect(runCheck('what-changed', evidence({ workload: absent })).verdict).toBe('not-applicable');
  });

  it('compares with the revision before the current one after a rollback too', () => {
    const back = observed([revision(14, 'new'), revision(13, 'now', { isCurrent: true }), revision(12, 'old')]);
    expect(runCheck('what-changed', evidence({ revisions: back })).note).toContain('revision 12 -> 13');
  });
});

describe('who else is affected', () => {
  const row = (pod: string, more: Partial<FailingPod> = {}): FailingPod => ({
    namespace: 'staging',
    pod,
    node: 'node-1',
    workload: { kind: 'Deployment', name: pod },
    container: 'app',
    image: `${HOST}/team/${pod}:1`,
    registry: HOST,
    reason: 'ErrImagePull',
    kind: 'unauthorized',
    secrets: [],
    ...more,
  });
  const radius = (...failing: FailingPod[]) =>
    runCheck('blast-radius', evidence({ scope: observed({ failing, extent: 'cluster', pods: 10, truncated: false }) }))
      .note;

  it.each([
    ['only this one', radius(row('a')), /^only this one pod in the cluster/],
    [
      'one image',
      radius(row('a', { image: IMAGE }), row('b', { image: IMAGE, node: 'node-2' })),
      /all of them the same image/,
    ],
    [
      'one registry',
      radius(row('a'), row('b', { node: 'node-2' })),
      /2 pods of 2 workloads .* all of them from registry\.example\.com/,
    ],
    ['one node', radius(row('a'), row('b', { registry: 'ghcr.io' })), /all of them on node node-1/],
    ['no one', radius(), /no pod in the cluster/],
  ])('%s', (_story, note, expected) => {
    expect(note).toMatch(expected);
  });

  it('counts a pod with two failing containers once, and says how far it looked', () => {
    const failing = [row('a'), row('a', { container: 'side' })];
    const scope = observed({ failing, extent: 'namespace', pods: 500, truncated: true } as const);
    const { note } = runCheck('blast-radius', evidence({ scope }));
    expect(note).toBe(
      'only this one pod in this namespace (other namespaces could not be listed) fails to pull; the list was cut after 500 pods',
    );
  });
});

describe('is the reference well formed', () => {
  it('gives the full name', () => {
    const result = runCheck('reference-shape', evidence({ reference: observed(parseReference('nginx')) }));
    expect(result).toMatchObject({ verdict: 'pass', note: 'it means docker.io/library/nginx:latest' });
  });

  it.each(['', '/team/api:1', 'api:', 'https://ghcr.io/x', 'ghcr.io/Team/api', 'api:<tag>'])('refuses "%s"', (text) => {
    const result = runCheck('reference-shape', evidence({ reference: observed(parseReference(text)) }));
    expect(firstFinding(result)).toBe('invalid-reference certain');
  });
});
