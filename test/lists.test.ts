/** A folder is its list: nothing lies in a plug-in folder without being used, and every id is a file name. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { CAUSES } from '../src/diagnosis/catalogue.ts';
import { PROVEN_CAUSES } from '../src/diagnosis/cause.ts';
import { PULL_ERROR_KINDS } from '../src/image/pull-error.ts';
import { REMEDIES } from '../src/remediation/remedies/index.ts';
import { RunbookFile } from '../src/runbook/schema.ts';

function names(pattern: string): string[] {
  return globSync(pattern)
    .map((file) => basename(file).replace(/\.[a-z]+$/, ''))
    .filter((name) => name !== 'index' && name !== 'schema')
    .sort();
}

const runbooks = globSync('deploy/runbooks/*.yaml').map((file) => ({
  file,
  runbook: RunbookFile.parse(parse(readFileSync(file, 'utf8'))),
}));

describe('the lists', () => {
  it('hold every remedy of the folder, each called like its file, verb first', () => {
    expect(REMEDIES.map(({ id }) => id).sort()).toEqual(names('src/remediation/remedies/*.ts'));
    expect(REMEDIES.filter(({ id }) => !/^[a-z]+(?:-[a-z]+)+$/.test(id))).toEqual([]);
  });

  it('ship runbooks that are called like their files', () => {
    expect(runbooks.length).toBeGreaterThan(0);
    expect(runbooks.map(({ runbook }) => runbook.runbook)).toEqual(runbooks.map(({ file }) => basename(file, '.yaml')));
  });

  it('hold no remedy that no runbook ever offers', () => {
    const offered = new Set(runbooks.flatMap(({ runbook }) => Object.values(runbook.offer).flat()));
    expect(REMEDIES.map(({ id }) => id).filter((id) => !offered.has(id))).toEqual([]);
  });

  it('have one catalogue row for each cause, and no cause twice', () => {
    const causes: readonly string[] = [...PULL_ERROR_KINDS, ...PROVEN_CAUSES];
    expect(new Set(causes).size).toBe(causes.length);
    expect(Object.keys(CAUSES).sort()).toEqual([...causes].sort());
  });

  it('wire every alert source that exists', () => {
    const source = globSync('src/{adapters/http,wire}/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const unused = names('src/alert/sources/*.ts').filter(
      (name) => !source.some((text) => text.includes(`/alert/sources/${name}.ts'`)),
    );
    expect(unused).toEqual([]);
  });

  it('wire every pager that exists', () => {
    const source = globSync('src/wire/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const unused = names('src/adapters/pager/*.ts').filter(
      (name) => !source.some((text) => text.includes(`/adapters/pager/${name}.ts'`)),
    );
    expect(unused).toEqual([]);
  });
});
