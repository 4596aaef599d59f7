/** Every rule on workflows of its own: what is marked `# ! rule severity` is found there, and nothing else anywhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkFile } from '../../src/workflow/check.ts';
import { RULES } from '../../src/workflow/rules/index.ts';

const fixtures = 'test/workflow/fixtures';

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function filesOf(folder: string): string[] {
  const all = globSync([`${folder}/**/*.{yml,yaml,sh}`, `${folder}/.github/**/*.{yml,yaml}`, `${folder}/**/Makefile`]);
  return [...new Set(all)].sort();
}

function marks(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/# ! ([\w-]+) (\w+)/g)].map(([, rule, severity]) => `${index + 1} ${rule} ${severity}`),
    )
    .sort();
}

describe.each(RULES.map(({ id }) => id))('%s', (id) => {
  const files = filesOf(join(fixtures, id));

  it('has a case that it finds', () => {
    const all = files.flatMap((file) => marks(read(file) ?? ''));
    expect(all.some((mark) => mark.includes(` ${id} `))).toBe(true);
  });

  it.each(files)('finds in %s what is marked', (file) => {
    const found = checkFile(file, read(file) ?? '', read).filter((one) => one.file === file);
    expect(found.map((one) => `${one.exprLine} ${one.rule} ${one.severity}`).sort()).toEqual(marks(read(file) ?? ''));
    // Windows line ends change nothing.
    const windows = (path: string) => read(path)?.replaceAll('\n', '\r\n');
    const same = checkFile(file, windows(file) ?? '', windows).filter((one) => one.file === file);
    expect(same.map((one) => `${one.exprLine} ${one.rule} ${one.severity}`)).toEqual(
      found.map((one) => `${one.exprLine} ${one.rule} ${one.severity}`),
    );
    for (const { message, fix } of found) expect([message, fix].join(' ')).not.toMatch(/undefined|\[object/);
  });
});

it('has one file for each rule, called like it', () => {
  const names = globSync('src/workflow/rules/*.ts').map((file) => basename(file, '.ts'));
  expect(RULES.map(({ id }) => id).sort()).toEqual(names.filter((name) => name !== 'index').sort());
});

it('ranks a lost value whose loss is hidden above all, and says where it is hidden', () => {
  const file = join(fixtures, 'needs-not-declared/.github/workflows/release.yml');
  const [first, second] = checkFile(file, read(file) ?? '', read);
  expect(first).toMatchObject({ rule: 'needs-not-declared', job: 'deploy', line: 20 });
  expect(first?.message).toMatch(/scripts\/deploy\.sh:2 hides it/);
  expect(second).toMatchObject({ rule: 'silent-fallback', severity: 'error', exprLine: 2 });
  expect(second?.fix).toContain('set -euo pipefail');
});
