/**
 * Workflows, actions, scripts and Makefiles as repositories have them, each with the one fault that was put into it, or with none. What is
 * expected was written down before the checker saw the file: `manifest.json` names file, rule and line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkFile } from '../../src/workflow/check.ts';

const folder = 'test/workflow/repositories';
const Manifest = z.array(
  z.strictObject({
    file: z.string(),
    expected: z.array(z.strictObject({ rule: z.string(), line: z.number() })),
  }),
);
const files = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe('a file of a repository', () => {
  it.each(files)('$file', ({ file, expected }) => {
    const path = join(folder, file);
    const told = checkFile(path, read(path) ?? '', read).filter((one) => one.file === path);
    const sorted = (all: readonly { rule: string; line: number }[]) =>
      all.map(({ rule, line }) => `${line} ${rule}`).sort();
    // A finding may be told by its own line or by that of the scalar around it.
    const own = told.map(({ rule, line, exprLine }) => ({
      rule,
      line: expected.some((one) => one.rule === rule && one.line === exprLine) ? exprLine : line,
    }));
    expect(sorted(own)).toEqual(sorted(expected));
  });
});
