/** What a job's log says of its failure. Shape of the builder's output: docker/buildx, plain progress. */
import { expect, it } from '@jest/globals';
import { readJobLog } from '../../src/build/job-log.ts';
import { errorWords } from '../../src/build/log-errors.ts';

/** Lines of one job, a second apart; a line that begins with `|` has no time stamp, as the runner continues a value. */
function log(...lines: readonly string[]): string {
  return lines
    .map((line, index) =>
      line.startsWith('|') ? line.slice(1) : `2026-05-24T17:52:${String(index).padStart(2, '0')}.1234567Z ${line}`,
    )
    .join('\n');
}

it('gives the program’s last words where the error is only an exit code', () => {
  const text = log('one', 'two', 'npm ERR! missing script: build', '##[error]Process completed with exit code 1.');
  expect(readJobLog(text).errors).toEqual([
    'one',
    'two',
    'npm ERR! missing script: build',
    'Process completed with exit code 1.',
  ]);
});

it('gives the program’s words before the line of a builder that only counts', () => {
  const failed = 'process "/bin/sh -c npm ci" did not complete successfully: exit code: 1';
  const text = log(
    '#9 [4/6] RUN npm ci',
    '#9 1.204 npm error code E404',
    `#9 ERROR: ${failed}`,
    '------',
    ' > [4/6] RUN npm ci:',
    '1.204 npm error code E404',
    '1.207 npm error 404 Not Found - GET https://packages.example/@acme%2fui - no such package',
    '1.208 npm error',
    '1.209 npm error A complete log of this run can be found in: /root/.npm/_logs/x.log',
    '------',
    'Dockerfile:7',
    '--------------------',
    '   6 |     COPY package.json .',
    '   7 | >>> RUN npm ci',
    '--------------------',
    `ERROR: failed to build: failed to solve: ${failed}`,
    `##[error]buildx failed with: ERROR: failed to build: failed to solve: ${failed}`,
  );
  const { errors } = readJobLog(text);
  expect(errors).toEqual([
    'npm error code E404',
    'npm error 404 Not Found - GET https://packages.example/@acme%2fui - no such package',
    `buildx failed with: ERROR: failed to build: failed to solve: ${failed}`,
  ]);
  expect(errorWords(errors)).toBe(errors.join('; '));
});
