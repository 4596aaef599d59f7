/** Fixes: small, proven, and harmless to everything that they do not touch. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { checkFile } from '../../src/workflow/check.ts';
import { applyEdits } from '../../src/workflow/fix.ts';
import { MAKERS } from '../../src/workflow/fixes/index.ts';
import { checkedFix, fixesFor, proposeFixes, repaired } from '../../src/workflow/propose.ts';

const files = [
  ...new Set(
    globSync([
      'test/workflow/fixtures/**/*.{yml,yaml,sh}',
      'test/workflow/fixtures/**/.github/**/*.{yml,yaml}',
      'test/workflow/fixtures/**/Makefile',
    ]),
  ),
].sort();

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

const nothing = () => undefined;
const file = '.github/workflows/ci.yml';

/** The text after every fix. */
function fixed(text: string): string {
  return repaired([{ file, text }], nothing).find(({ path }) => path === file)?.after ?? text;
}

const producer = [
  '  build:',
  '    outputs: { tag: "${{ steps.t.outputs.tag }}" }',
  '    steps:',
  '      - { id: t, run: echo "tag=1" >> $GITHUB_OUTPUT }',
];
const reader = ['    env:', '      TAG: ${{ needs.build.outputs.tag }} # kept'];

function withNeeds(...lines: readonly string[]): string {
  return ['on: push', 'jobs:', ...producer, '  test: { needs: build }', '  deploy:', ...lines, ...reader, ''].join(
    '\n',
  );
}

describe('every fix of every fixture', () => {
  it.each(files)('%s: mends what it says, and changes nothing besides', (path) => {
    const text = read(path) ?? '';
    for (const fix of fixesFor(path, text, read)) {
      const checked = checkedFix(path, text, read, fix);
      if (!checked) continue;
      expect(checked.findings).toContainEqual(fix.finding);
      for (const { path: changed, before, after } of checked.files) {
        if (/\.ya?ml$/.test(changed)) expect(parseDocument(after).errors).toEqual([]);
        expect(
          outside(
            after,
            before,
            fix.edits.filter((edit) => edit.file === changed),
          ),
        ).toBe(true);
      }
      expect([checked.title, checked.why].join(' ')).not.toMatch(/undefined|\[object/);
    }
  });
});

/** What lies between the edits stands in the result, in order, byte for byte. */
function outside(
  after: string,
  before: string,
  edits: readonly { start: number; end: number; text: string }[],
): boolean {
  let at = 0;
  let from = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    const kept = before.slice(from, start);
    if (after.slice(at, at + kept.length) !== kept || !after.startsWith(text, at + kept.length)) return false;
    at += kept.length + text.length;
    from = end;
  }
  return after.slice(at) === before.slice(from);
}

it.each([...MAKERS.keys()])('mends a case of %s', (rule) => {
  const own = files.filter((path) => path.includes(`/${rule}/`));
  const mended = own.flatMap((path) => proposeFixes(path, read(path) ?? '', read).flatMap(({ findings }) => findings));
  expect(mended.map((one) => one.rule)).toContain(rule);
});

describe('a job that is added to `needs`', () => {
  it.each([
    ['a scalar', ['    needs: test # why'], '    needs: [test, build] # why'],
    ['a quoted scalar', ["    needs: 'test'"], "    needs: ['test', build]"],
    ['a flow list', ['    needs: [ test ]'], '    needs: [ test, build ]'],
    ['an empty flow list', ['    needs: []'], '    needs: [build]'],
    ['a block list', ['    needs:', '      - test # why'], '    needs:\n      - test # why\n      - build\n'],
    ['a block list at the key', ['    needs:', '    - test'], '    needs:\n    - test\n    - build\n'],
    ['a quoted key', ['    "needs": test'], '    "needs": [test, build]'],
    ['no value', ['    needs:'], '    needs: [build]\n'],
    ['no key', ['    # first', '    runs-on: x'], '  deploy:\n    needs: build\n    # first\n    runs-on: x'],
    [
      'no key behind a name',
      ['    name: Deploy # there', '    runs-on: x'],
      '    name: Deploy # there\n    needs: build\n    runs-on: x',
    ],
  ])('from %s', (_name, lines, wanted) => {
    const text = withNeeds(...lines);
    const after = fixed(text);
    expect(after).toContain(wanted);
    expect(checkFile(file, after, nothing)).toEqual([]);
    // Windows line ends stay what they are.
    const windows = text.replaceAll('\n', '\r\n');
    expect(fixed(windows)).toBe(after.replaceAll('\n', '\r\n'));
  });

  it('survives signs of several units before it, a byte order mark and no line break at the end', () => {
    const text = `\ufeff# 🚀 déploiement\n${withNeeds('    needs:', '      - test')}`
      .trimEnd()
      .replace('# kept', '# 🚢');
    expect(fixed(text)).toBe(text.replace('      - test', '      - test\n      - build'));
  });

  it('writes a shared list out where an alias stands, and leaves the anchor alone', () => {
    const text = withNeeds('    needs: *before').replace(
      '  test: { needs: build }',
      '  test: { needs: build }\n  other: { needs: &before [test] }',
    );
    expect(fixed(text)).toContain('needs: &before [test]');
    expect(fixed(text)).toContain('    needs: [test, build]');
    const anchored = withNeeds('    needs: &before [test]');
    expect(fixed(anchored).replace('[test]', '')).not.toContain('&before [test, build]');
  });

  it('is not offered where jobs would wait for each other', () => {
    const text = [
      'on: push',
      'jobs:',
      '  a:',
      '    env: { X: "${{ needs.b.outputs.x }}" }',
      '  b:',
      '    needs: a',
      '    outputs: { x: "1" }',
      '',
    ].join('\n');
    expect(checkFile(file, text, nothing)).toHaveLength(1);
    expect(proposeFixes(file, text, nothing)).toEqual([]);
  });
});

it('mends a lost value together with the fallback that hides it, in both files', () => {
  const path = 'test/workflow/fixtures/needs-not-declared/.github/workflows/release.yml';
  const [first] = proposeFixes(path, read(path) ?? '', read);
  expect([...new Set(first?.findings.map(({ rule }) => rule))].sort()).toEqual([
    'needs-not-declared',
    'silent-fallback',
  ]);
  expect(first?.files.map((one) => one.path)).toEqual([
    path,
    'test/workflow/fixtures/needs-not-declared/scripts/deploy.sh',
  ]);
  expect(first?.diff).toMatch(/^\+.*::error::IMAGE_TAG is empty/m);
});

it('gives each of several fallbacks of one variable its own diff', () => {
  const words = ['api', 'web'];
  const steps = words.map((word) => `      - run: helm upgrade ${word} ./c --set image.tag="\${TAG:-$(date +%s)}"\n`);
  const text = `${withNeeds('    needs: build')}    steps:\n${steps.join('')}`;
  const fixes = proposeFixes(file, text, nothing);
  expect(fixes.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([
    ['silent-fallback'],
    ['silent-fallback'],
  ]);
  for (const [index, word] of words.entries())
    expect(fixes[index]?.diff).toMatch(new RegExp(`^-.* upgrade ${word}`, 'm'));
  expect(checkFile(file, fixed(text), nothing)).toEqual([]);
});

it('puts the job that is read in the place of one that is not there', () => {
  const text = withNeeds('    needs: checks').replace('  test: { needs: build }\n', '');
  expect(fixed(text)).toContain('    needs: build\n');
});

it('does not take a version for a tag', () => {
  const text = withNeeds('    needs: build')
    .replace('.outputs.tag }} # kept', '.outputs.image_version }}')
    .replace('{ tag:', '{ image_tag:');
  expect(checkFile(file, text, nothing).map(({ rule }) => rule)).toEqual(['output-not-declared']);
  expect(proposeFixes(file, text, nothing)).toEqual([]);
});

describe('edits', () => {
  it('are laid in from the front, equal ones once', () => {
    const edit = { start: 1, end: 2, text: 'X' };
    expect(applyEdits('abc', [{ start: 3, end: 3, text: '!' }, edit, edit])).toBe('aXc!');
  });

  it('are refused when they overlap or lie outside', () => {
    expect(
      applyEdits('abc', [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ]),
    ).toBeUndefined();
    expect(applyEdits('abc', [{ start: 2, end: 9, text: '' }])).toBeUndefined();
  });
});

it('does not stop the build of a Makefile for a tag that only its deployment needs', () => {
  const path = 'Makefile';
  const deploy =
    'ifeq ($(IMAGE_TAG),)\nIMAGE_TAG := latest\nendif\ndeploy:\n\thelm upgrade x c --set image.tag=$(IMAGE_TAG)\n';
  const build = 'image:\n\tdocker build -t acme/x:$(COMMIT) .\n\tdocker push acme/x:$(COMMIT)\n';
  expect(checkFile(path, deploy + build, nothing).map(({ rule }) => rule)).toEqual(['silent-fallback']);
  expect(proposeFixes(path, deploy + build, nothing)).toEqual([]);
  expect(proposeFixes(path, deploy, nothing)).toHaveLength(1);
});
