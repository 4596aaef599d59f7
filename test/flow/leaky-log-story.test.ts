/** Secrets that a job printed although nobody masked them: they reach neither the thread, nor a case file, nor what a store keeps. */
import { expect, it } from '@jest/globals';
import { writeCase } from '../../src/adapters/files/case-file.ts';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import { BUILD, buildJob, ended, SIBLING, TAG } from '../support/build-trail.ts';
import { leaksOf } from '../support/leaks.ts';
import { BUILD_LOG, codeHost, FILE, job, log, NAME, registry, SHA, WORKFLOW } from '../support/lost-tag-story.ts';
import { open } from '../support/lost-tag-world.ts';

/** Made up for this test, in the forms in which they come. */
const CANARIES = [
  'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  'dckr_pat_Abcdefghijklmnop0123456789',
  'hunter2-canary-word',
  'AKIAABCDEFGHIJKLMNOP',
  'eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5',
  'wJalrXUtnFEMI0K7MDENGbPxRfiCYEXAMPLEKEY0',
] as const;
const [TOKEN, HUB, PASSWORD, KEY_ID, JWT, KEY] = CANARIES;

const SPOKEN = [
  `docker login -u bot --password ${PASSWORD}`,
  `error: GET https://bot:${PASSWORD}@registry.example/v2/ denied`,
  `Authorization: Bearer ${JWT}`,
  `{"auths":{"x":{"auth":"${Buffer.from(`bot:${PASSWORD}`).toString('base64')}"}}}`,
  `token=${TOKEN} is not allowed to push`,
  `AWS_SECRET_ACCESS_KEY=${KEY} failed for ${KEY_ID}`,
  `unauthorized: ${HUB} has expired`,
  `error: signed link https://store.example/x?X-Amz-Signature=${KEY} failed`,
];

const LEAKY = [
  log(
    '17:54:05',
    `##[group]Run deploy --token ${TOKEN}`,
    ...SPOKEN,
    'shell: /usr/bin/bash -e {0}',
    'env:',
    '  IMAGE_TAG: ',
    `  REGISTRY_PASSWORD: ${PASSWORD}`,
    `  HUB: ${HUB}`,
    `  AWS: ${KEY}`,
    '##[endgroup]',
    ...SPOKEN,
    '##[error]Process completed with exit code 1.',
    ...SPOKEN.map((line) => `##[error]${line}`),
  ),
].join('\n');

async function everything(world: ReturnType<typeof open>): Promise<string> {
  const seen: Recording[] = [];
  const diagnosis = await world.look((recording) => seen.push(recording));
  const [recording] = seen;
  if (recording === undefined) throw new Error('nothing was recorded');
  return [
    JSON.stringify(diagnosis),
    renderDiagnosis(diagnosis, createStyle(false)),
    JSON.stringify(findings(diagnosis)),
    writeCase(recording, 'test'),
  ].join('\n');
}

it('a deployment that lost its tag', async () => {
  const text = await everything(open({ host: codeHost({ logs: { 1: BUILD_LOG, 3: LEAKY } }) }));
  expect(text).toContain('ci-output-lost');
  expect(leaksOf(CANARIES)(text)).toEqual([]);
});

it('a build that failed: its words are told without them', async () => {
  const host = codeHost({ runs: [ended('failure')], jobs: { 41: [buildJob('failure')] }, logs: { 1: LEAKY } });
  const text = await everything(open({ host, image: `${NAME}:${TAG}`, images: registry([SIBLING]) }));
  expect(text).toContain('build-failed');
  expect(text).toContain('is not allowed to push');
  expect(leaksOf(CANARIES)(text)).toEqual([]);
});

it('a default that holds one, in a fallback that made the tag up', async () => {
  const made = 'export IMAGE_TAG=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)';
  const text = WORKFLOW.replace(made, `export IMAGE_TAG=a1b2c3d-$(date +%F-%H-%M)\${X:+?token=${TOKEN}}`);
  const host = codeHost({ files: { [SHA]: { [FILE]: text } } });
  const seen = await everything(open({ host }));
  expect(seen).toContain('ci-silent-fallback');
  expect(leaksOf(CANARIES)(seen)).toEqual([]);
});

it('a condition that holds one, on the build that it skipped', async () => {
  const text = BUILD.replace('  build:\n', `  build:\n    if: github.token == 'token=${TOKEN}'\n`);
  const skipped = job(1, 'build', ['17:51:50', '17:51:50'], { conclusion: 'skipped', steps: [] });
  const host = codeHost({
    runs: [ended('skipped')],
    jobs: { 41: [skipped] },
    logs: {},
    files: { [SHA]: { [FILE]: text } },
  });
  const seen = await everything(open({ host, image: `${NAME}:${TAG}`, images: registry([SIBLING]) }));
  expect(seen).toContain('build-never-ran');
  expect(leaksOf(CANARIES)(seen)).toEqual([]);
});
