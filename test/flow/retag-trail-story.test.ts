/** A release that gives a pushed image its next name, and repositories that a label names wrongly. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import { BUILD, buildJob, ended, TAG } from '../support/build-trail.ts';
import { aSha } from '../support/fake-code-host.ts';
import { at, codeHost, FILE, job, log, NAME, REPOSITORY, registry, SHA } from '../support/lost-tag-story.ts';
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

describe('a repository that an inherited label names, with a build that failed in the minute of the roll-out', () => {
  const labelled = (names: readonly string[]) => ({
    ...registry(names),
    origin: async () => observed({ source: `https://github.com/${REPOSITORY}` }),
  });
  const base = aSha('base');
  const rolledOut = at('17:53:00');

  it('does not know the commit of the tag: the run is not this image’s', async () => {
    const host = codeHost({
      runs: [ended('failure', { headSha: base })],
      jobs: { 41: [buildJob('failure')] },
      logs: {},
      commits: [{ sha: base, at: at('17:50:00'), title: 'Base' }],
      files: { [base]: { [FILE]: BUILD } },
    });
    const diagnosis = await look({ image: `${NAME}:f00dfee`, images: labelled(['d00dfee']), host, rolledOut });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(step(diagnosis)?.summary).toContain(
      `commit f00dfee cannot be seen in ${REPOSITORY}: it was not pushed there, is gone, or the image comes from another repository; 1 run of that time is of other commits`,
    );
  });

  it('does not name the image anywhere, where the tag names no commit', async () => {
    const text = BUILD.replaceAll('api-service', 'base');
    const host = (file: string) =>
      codeHost({
        runs: [ended('failure')],
        jobs: { 41: [buildJob('failure')] },
        logs: {},
        files: { [SHA]: { [FILE]: file } },
      });
    const asked = { image: `${NAME}:candidate`, images: labelled(['stable']), rolledOut };
    expect(causes(await look({ ...asked, host: host(text) }))).toEqual(['tag-not-found certain']);
    const named = BUILD.replace('mycompany/api-service:', '$OWNER/$IMAGE_NAME:').replace(
      'jobs:\n',
      'env: { IMAGE_NAME: api-service }\njobs:\n',
    );
    for (const file of [BUILD, named]) {
      const told = causes(await look({ ...asked, host: host(file) }));
      expect(told).toEqual(['tag-not-found certain', 'build-failed likely']);
    }
  });
});
