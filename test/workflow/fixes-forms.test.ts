/**
 * A fix holds in every form that a file may have: Windows line ends, no line break at the end, comments at every line, flow style, tabs in
 * scripts. The edited text parses, its finding is gone, none is new, and what the edit does not touch stays as it was.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { checkFile } from '../../src/workflow/check.ts';
import type { Finding } from '../../src/workflow/finding.ts';
import { proposeFixes } from '../../src/workflow/propose.ts';

const files = globSync([
  'test/workflow/repositories/**/.github/**/*.{yml,yaml}',
  'test/workflow/repositories/**/{*.sh,Makefile}',
]).sort();

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

const isYaml = (path: string) => /\.ya?ml$/.test(path);

/** Behind every line that is a key with a plain value of its own, outside of scripts. */
function commented(text: string): string {
  let block = -1;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (block >= 0 && (indent > block || indent < 0)) return line;
      block = /[|>][-+\d]*\s*$/.test(line) ? indent : -1;
      return block < 0 && /^\s*(?:- )?[\w-]+: [^"'[{|>#&*]+$/.test(line) ? `${line} # why: see the wiki` : line;
    })
    .join('\n');
}

function flow(text: string): string {
  const document = parseDocument(text);
  return document.errors.length > 0 ? text : document.toString({ collectionStyle: 'flow', lineWidth: 0 });
}

const FORMS: readonly (readonly [string, (text: string, path: string) => string])[] = [
  ['as it is', (text) => text],
  ['with Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
  ['without a line break at its end', (text) => text.trimEnd()],
  ['with comments', (text, path) => (isYaml(path) ? commented(text) : text)],
  ['in flow style', (text, path) => (isYaml(path) ? flow(text) : text)],
  ['with tabs in its scripts', (text, path) => (isYaml(path) ? text : text.replaceAll(/^ {2,}/gm, '\t'))],
];

function keys(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, file, job, ref }) => JSON.stringify([rule, file, job, ref])).sort();
}

describe.each(FORMS)('a file %s', (name, form) => {
  const story = (path: string) => {
    const text = read(path);
    return text === undefined ? undefined : form(text, path);
  };

  it('is mended in one place only', () => {
    let tried = 0;
    for (const path of files) {
      const text = story(path) ?? '';
      const before = keys(checkFile(path, text, story));
      for (const fix of proposeFixes(path, text, story)) {
        tried += 1;
        const own = fix.files.find((one) => one.path === path);
        const edited = (other: string) => fix.files.find((one) => one.path === other)?.after ?? story(other);
        const after = keys(checkFile(path, edited(path) ?? '', edited));
        const left = [...before];
        for (const key of after) {
          // None is new.
          expect(left).toContain(key);
          left.splice(left.indexOf(key), 1);
        }
        expect(left.length).toBeGreaterThan(0);
        for (const { path: other, after: now } of fix.files)
          if (isYaml(other)) expect(parseDocument(now).errors).toEqual([]);
        if (own && name !== 'in flow style') {
          // Lines that are gone are few, and line ends are of one kind.
          const kept = new Set(own.after.split('\n'));
          expect(own.before.split('\n').filter((line) => !kept.has(line)).length).toBeLessThan(12);
          if (name === 'with Windows line ends') expect(own.after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          const comments = (whole: string) => whole.split('# why: see the wiki').length;
          expect(comments(own.after)).toBe(comments(own.before));
        }
      }
    }
    expect(tried).toBeGreaterThan(40);
  });
});
