/** What a look at the builds costs: bounded in questions and in time, whatever the repository holds, and nothing is asked twice. */
import { describe, expect, it } from '@jest/globals';
import { shareCodeHost } from '../../src/evidence/share-code-host.ts';
import { BEFORE, BUILD, buildJob, COMMIT, ended, IMAGE, SIBLING } from '../support/build-trail.ts';
import { createManualClock } from '../support/clock.ts';
import { codeHost, FILE, NAME, REPOSITORY, registry, SHA } from '../support/lost-tag-story.ts';
import { causes, look } from '../support/lost-tag-world.ts';

/** The registry, and how often it was asked where an image comes from. */
function counting(names: readonly string[]) {
  const base = registry(names);
  let origins = 0;
  return {
    images: {
      ...base,
      origin: async (...args: Parameters<NonNullable<typeof base.origin>>) => {
        origins += 1;
        return (await base.origin?.(...args)) ?? { status: 'absent' as const };
      },
    },
    origins: () => origins,
  };
}

describe('a look at the builds', () => {
  it('asks no neighbour where configuration and tag tell repository, workflow and commit', async () => {
    const sources = [{ image: NAME, repository: REPOSITORY, workflow: 'deploy.yml' }];
    const host = codeHost({
      runs: [ended('failure'), BEFORE],
      jobs: { 41: [buildJob('failure')] },
      logs: {},
      files: { [SHA]: { [FILE]: BUILD } },
    });
    const known = counting([SIBLING]);
    const diagnosis = await look({ host, image: IMAGE, images: known.images, deps: { sources } });
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    expect(known.origins()).toBe(0);
    const unknown = counting([SIBLING]);
    await look({ host, image: IMAGE, images: unknown.images });
    expect(unknown.origins()).toBe(1);
  });

  it('asks the code host at most twenty questions for the usual fault, none of them twice', async () => {
    const host = codeHost();
    await look({ host });
    expect(host.calls.length).toBeLessThanOrEqual(20);
    expect(new Set(host.calls).size).toBe(host.calls.length);
  });

  it('stays bounded where a commit has hundreds of runs, each with its own scripts', async () => {
    const text = (n: number) =>
      `on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n${Array.from({ length: 40 }, (_, k) => `      - run: ./scripts/${n}-${k}.sh && docker push mycompany/api-service:x\n`).join('')}`;
    const runs = Array.from({ length: 200 }, (_, n) =>
      ended('failure', { id: 100 + n, path: `.github/workflows/build-${n}.yml` }),
    );
    const files = { [SHA]: Object.fromEntries(runs.map(({ path }, n) => [path, text(n)])) };
    const jobs = Object.fromEntries(runs.map(({ id }) => [id, [{ ...buildJob('failure'), id }]]));
    const host = codeHost({ runs, jobs, logs: {}, files });
    await look({ host, image: IMAGE, images: registry([SIBLING]) });
    expect(host.calls.length).toBeLessThanOrEqual(120);
  });

  it('stops after its most questions, and says so', async () => {
    const { signal } = new AbortController();
    const host = codeHost();
    const shared = shareCodeHost(host, async (_key, ask) => ask(signal), createManualClock(COMMIT.at), signal);
    for (let n = 0; n < 120; n += 1) await shared.file(REPOSITORY, `f${n}`, SHA, signal);
    expect(await shared.file(REPOSITORY, FILE, SHA, signal)).toEqual({
      status: 'unreachable',
      detail: 'the code host: 120 questions are the most for one diagnosis',
    });
    expect(host.calls).toHaveLength(120);
  });
});
