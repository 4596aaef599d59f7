/** A release that gives a pushed image its next name, and repositories that a label names wrongly. */
import { describe, expect, it } from '@jest/globals';
import { BUILD, buildJob, ended, TAG } from '../support/build-trail.ts';
import { createManualClock } from '../support/clock.ts';
import { aSha } from '../support/fake-code-host.ts';
import { at, codeHost, FILE, JOBS, job, log, NAME, REPOSITORY, registry, SHA } from '../support/lost-tag-story.ts';
import { causes, look, step } from '../support/lost-tag-world.ts';

describe('a job that gives an image its next name', () => {
  const PROMOTE = `name: release
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: docker push mycompany/api-service:\${GITHUB_SHA::7}
  promote:
    needs: build
    runs-on: ubuntu-latest
    env: { VERSION: v1.4.0 }
    steps:
      - run: COMMAND
`;
  const pushed = log(
    '17:52:20',
    'The push refers to repository [docker.io/mycompany/api-service]',
    `${TAG}: digest: sha256:${'1'.repeat(64)} size: 1`,
  );

  it.each([
    'crane copy mycompany/api-service:$SHA mycompany/api-service:$VERSION',
    'crane tag mycompany/api-service:$SHA $VERSION',
    'skopeo --debug copy docker://mycompany/api-service:$SHA docker://mycompany/api-service:$VERSION',
    'docker buildx imagetools create -t mycompany/api-service:$VERSION mycompany/api-service:$SHA',
    'regctl image copy mycompany/api-service:$SHA mycompany/api-service:$VERSION',
    'oras cp mycompany/api-service:$SHA mycompany/api-service:$VERSION',
    'docker tag mycompany/api-service:$SHA mycompany/api-service:$VERSION && docker push mycompany/api-service:$VERSION',
  ])('failed: %s', async (command) => {
    const failed = log(
      '17:53:20',
      `##[group]Run ${command}`,
      command,
      'shell: /usr/bin/bash -e {0}',
      'env:',
      '  VERSION: v1.4.0',
      '##[endgroup]',
      'Error: DENIED: requested access to the resource is denied',
      '##[error]Process completed with exit code 1.',
    );
    const diagnosis = await look({
      image: `${NAME}:v1.4.0`,
      images: registry([TAG, 'v1.3.0']),
      host: codeHost({
        runs: [ended('failure')],
        jobs: {
          41: [
            job(1, 'build', ['17:51:50', '17:52:40']),
            job(2, 'promote', ['17:52:50', '17:53:30'], { conclusion: 'failure' }),
          ],
        },
        logs: { 1: pushed, 2: failed },
        refs: { main: SHA, 'v1.4.0': SHA },
        files: { [SHA]: { [FILE]: PROMOTE.replace('COMMAND', command) } },
      }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-failed', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('job promote');
    expect(diagnosis.verdict.summary).toContain('DENIED: requested access');
  });
});

describe('a repository that a label names and that does not know the commit', () => {
  it('has runs at that time which are not this image’s', async () => {
    const failed = ended('failure', { headSha: aSha('base') });
    const clock = createManualClock(at('18:00:00'));
    const diagnosis = await look({
      image: `${NAME}:f00dfee`,
      images: {
        ...registry(['d00dfee']),
        origin: async () => ({ status: 'observed', value: { source: `https://github.com/${REPOSITORY}` } }),
      },
      host: codeHost({
        runs: [failed],
        jobs: { 41: [buildJob('failure')] },
        files: { [aSha('base')]: { [FILE]: BUILD } },
      }),
      deps: { clock },
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(step(diagnosis)?.summary).toContain(`${REPOSITORY} has no commit f00dfee`);
  });

  it('and none where the tag has only a time, and nothing there names the image', async () => {
    const text = BUILD.replaceAll('api-service', 'base');
    const diagnosis = await look({
      image: `${NAME}:2026-05-24-17-52`,
      images: {
        ...registry(['2026-05-23-09-10']),
        origin: async () => ({ status: 'observed', value: { source: 'https://github.com/mycompany/base' } }),
      },
      host: codeHost({
        runs: [ended('failure')],
        jobs: { 41: JOBS.map((one) => ({ ...one, conclusion: 'failure' as const })) },
        files: { [SHA]: { [FILE]: text } },
      }),
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });
});
