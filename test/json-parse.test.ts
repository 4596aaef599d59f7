/** What comes from outside is read in one kind of file: `schema.ts` beside its reader, where a shape is checked. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('parses JSON only in schema files', () => {
  const readers = globSync('src/**/*.ts').filter((file) => readFileSync(file, 'utf8').includes('JSON.parse('));
  expect(readers.length).toBeGreaterThan(0);
  expect(readers.filter((file) => !/(?:^|[/-])schema\.ts$/.test(file))).toEqual([]);
});

it('takes answers of HTTP apart only there: no response.json() elsewhere', () => {
  const readers = globSync('src/**/*.ts').filter((file) => /\.json\(\)/.test(readFileSync(file, 'utf8')));
  expect(readers.filter((file) => !/(?:^|[/-])schema\.ts$/.test(file))).toEqual([]);
});
