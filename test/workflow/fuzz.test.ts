/** No input crashes the checker or makes it hang. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { assert, constantFrom, nat, property } from 'fast-check';
import { checkFile } from '../../src/workflow/check.ts';
import { proposeFixes } from '../../src/workflow/propose.ts';
import { ownMs } from '../support/own-time.ts';
import { mutate } from './mutate.ts';

const files = globSync('test/workflow/fixtures/**/.github/workflows/*.yml').sort();

it('survives damaged workflows', () => {
  expect(files.length).toBeGreaterThan(5);
  assert(
    property(constantFrom(...files), nat(), (file, seed) => {
      const text = mutate(readFileSync(file, 'utf8'), seed);
      for (const { line, column, exprLine } of checkFile(file, text, () => undefined))
        expect(Math.min(line, column, exprLine)).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

it('never throws over a fix of a damaged workflow, and each still holds', () => {
  let tried = 0;
  assert(
    property(constantFrom(...files), nat(), (file, seed) => {
      const text = mutate(readFileSync(file, 'utf8'), seed);
      const [fix] = proposeFixes(file, text, () => undefined);
      const after = fix?.files.find(({ path }) => path === file)?.after;
      if (after === undefined) return;
      tried += 1;
      const left = checkFile(file, after, () => undefined).length;
      expect(left).toBeLessThan(checkFile(file, text, () => undefined).length);
    }),
    { numRuns: 300 },
  );
  expect(tried).toBeGreaterThan(20);
});

/** A build that pushes and a deployment behind it, both with these lines in their scripts. */
function pipeline(lines: readonly string[]): string {
  const script = lines.map((line) => `          ${line}\n`).join('');
  return `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: |
${script}          docker push ghcr.io/acme/web:$A
  deploy:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: |
${script}          kubectl set image deployment/web web=ghcr.io/acme/web:$A
`;
}
const many = (count: number, line: (at: number) => string) => Array.from({ length: count }, (_, at) => line(at));
/** Each of five values names the one before it a hundred times. */
const manifold = ['E=x', ...['D', 'C', 'B', 'A'].map((name, at) => `${name}=${`$${'EDCB'[at]}.`.repeat(100)}`)];

it.each([
  ['values made of values', pipeline(manifold)],
  ['lines that all go on', pipeline(many(20_000, (at) => `word${at} \\`))],
  ['tag after tag', pipeline(many(10_000, (at) => `TAG${at}=v1`))],
  ['deployment after deployment', pipeline(many(4000, () => 'kubectl set image deployment/web web=acme/web:latest'))],
  ['exports of what came before', pipeline(many(8000, (at) => `export X_TAG=a-$X_TAG${at}`))],
  [
    'aliases of aliases',
    `jobs: &a\n${Array.from({ length: 60 }, (_, at) => `  j${at}: { x: *a, y: *a }`).join('\n')}\n`,
  ],
  ['deep nesting', `jobs: ${'['.repeat(5000)}`],
  ['an endless line', `jobs:\n  a:\n    steps:\n      - id: x\n        run: echo ${'a=$(b '.repeat(20_000)}\n`],
  ['open expressions', `jobs:\n  a:\n    env:\n      X: ${'${{ '.repeat(20_000)}\n`],
  ['deep expressions', `jobs:\n  a:\n    env:\n      X: \${{ ${'('.repeat(9000)} }}\n`],
  ['tests without an end', 'if [ -z "$TAG" ]; then TAG=$('.repeat(10_000)],
  [
    'needs in a circle',
    'jobs:\n  a: { needs: b, env: { X: "${{ needs.c.outputs.x }}" } }\n  b: { needs: a }\n  c: { needs: a }\n',
  ],
])('survives %s, soon', (_name, text) => {
  const checkAll = () => {
    checkFile('.github/workflows/x.yml', text, () => undefined);
    checkFile('x.sh', text, () => undefined);
    checkFile('Makefile', text, () => undefined);
  };
  expect(ownMs(checkAll, 5000)).toBeLessThan(5000);
});
