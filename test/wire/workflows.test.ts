/** The command's fixes on real files: shown, written, and never at the cost of a byte. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { renderChanges, renderWorkflow } from '../../src/adapters/terminal/render-workflow.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import { checkWorkflows } from '../../src/wire/workflows.ts';

const style = createStyle(false);
let place = '';
let workflow = '';
let script = '';

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'workflow-'));
  cpSync('test/workflow/fixtures/needs-not-declared', place, { recursive: true });
  workflow = join(place, '.github/workflows/release.yml');
  script = join(place, 'scripts/deploy.sh');
});

afterEach(() => {
  rmSync(place, { recursive: true });
});

it('shows under the first finding what its fix changes, once', () => {
  const text = renderWorkflow(checkWorkflows([workflow]), style);
  expect(text.match(/\+ {4}needs: \[push, build\]/g)).toHaveLength(1);
  expect(text).toContain('::error::IMAGE_TAG is empty');
});

it('prints a diff that git applies', () => {
  const before = readFileSync(workflow, 'utf8');
  const diff = renderChanges(checkWorkflows([workflow], { changes: true }));
  expect(readFileSync(workflow, 'utf8')).toBe(before);
  const relative = diff.replaceAll(`${place.slice(1)}/`, '');
  execFileSync('git', ['apply', '-'], { cwd: place, input: `${relative}\n` });
  expect(checkWorkflows([workflow]).findings).toEqual([]);
});

it('writes the fixes of all files when told to, and says what is left', () => {
  const report = checkWorkflows([workflow, script], { write: true });
  expect(report.findings).toEqual([]);
  expect(report.changes?.map(({ file, written }) => [file, written])).toEqual([
    [workflow, true],
    [script, true],
  ]);
  expect(renderWorkflow(report, style)).toContain(`fixed ${script}`);
});

it('writes nothing where the bytes of one file are no UTF-8', () => {
  writeFileSync(script, Buffer.concat([readFileSync(script), Buffer.from([0x23, 0xff, 0x0a])]));
  const before = readFileSync(script);
  expect(() => checkWorkflows([workflow], { write: true })).toThrow(/not UTF-8/);
  expect(readFileSync(script)).toEqual(before);
  expect(readFileSync(workflow, 'utf8')).toContain('needs: push');
});

it('mends only what concerns the job', () => {
  const two = join(place, '.github/workflows/two.yml');
  mkdirSync(join(place, '.github/workflows'), { recursive: true });
  const job = (name: string) => `  ${name}:\n    needs: test\n    env: { TAG: "\${{ needs.build.outputs.tag }}" }\n`;
  writeFileSync(
    two,
    `on: push\njobs:\n  build: { outputs: { tag: "1" } }\n  test: { needs: build }\n${job('one')}${job('other')}`,
  );
  const report = checkWorkflows([two], { job: 'one', write: true });
  expect(report.findings).toEqual([]);
  expect(readFileSync(two, 'utf8').match(/needs: \[test, build\]/g)).toHaveLength(1);
  expect(() => checkWorkflows([two], { job: 'none' })).toThrow(/no job none/);
});
