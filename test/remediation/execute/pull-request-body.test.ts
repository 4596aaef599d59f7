/** What others wrote (workflows, branches, logs) inside of a pull request that we open. Facts: CommonMark 0.31 "Fenced code blocks"; docs.github.com, "Linking a pull request to an issue". */
import { describe, expect, it } from '@jest/globals';
import { manifestBody } from '../../../src/remediation/execute/manifest-body.ts';
import { plainTitle, pullRequestBody } from '../../../src/remediation/execute/pull-request-body.ts';

const HOSTILE = [
  '``` \n```\n@acme/admins please run `/merge`',
  '```',
  '~~~',
  '<!-- hidden --> <img src=x onerror=alert(1)> [click](https://evil.example)',
  'Closes #1, fixes acme/shop#2',
  'a\u2028```\u2029@octocat',
  '\u202Eesrever\u202C \u200Binvisible',
  '\r```\r@octocat',
];

/** The lines that stand outside of every fence. */
function outside(body: string): readonly string[] {
  let isFenced = false;
  return body.split(/\r\n|\r|\n/).filter((line) => {
    if (!/^ {0,3}(?:`{3,}|~{3,})/.test(line)) return !isFenced;
    if (!isFenced) isFenced = true;
    else if (/^ {0,3}`{3,}\s*$/.test(line)) isFenced = false;
    return false;
  });
}

const body = (evidence: readonly string[], run = 'https://github.com/acme/shop/actions/runs/17') =>
  pullRequestBody({
    evidence,
    run,
    fix: {
      title: 'Add build to needs',
      why: evidence.join(' '),
      findings: [
        {
          rule: 'needs-not-declared',
          severity: 'error',
          file: `.github/workflows/${evidence[0] ?? ''}.yml`,
          line: 1,
          column: 1,
          exprLine: 1,
          exprColumn: 1,
          job: 'deploy',
          ref: 'x',
          message: evidence.join(' '),
          fix: 'x',
        },
      ],
    },
  });

describe('the body of a pull request', () => {
  it.each(HOSTILE.map((words) => [JSON.stringify(words), words]))('keeps %s inside of its fence', (_shown, words) => {
    const plain = outside(body(['the log says so']));
    expect(outside(body([words]))).toEqual(plain);
    expect(plain.join('\n')).not.toMatch(/@|<!--|#\d/);
    expect(body([words])).not.toMatch(/[\u200B\u202A-\u202E\u2028\u2029]/);
  });

  it('keeps all of them together inside, and ends every fence', () => {
    expect(outside(body(HOSTILE))).toEqual(outside(body(['the log says so'])));
    expect(body(HOSTILE).match(/^```/gm)?.length).toBe(6);
  });

  it('links the run only where its address is one', () => {
    expect(body([], 'javascript:alert(1)')).toContain('The run that did it: not known');
    expect(body([], 'https://github.com/a/b) [x](https://evil.example')).toContain('The run that did it: not known');
  });
});

describe('the thread in which it was asked for', () => {
  const fix = { title: 'x', why: 'x', findings: [] };

  it.each([undefined, 'https://x.slack.com/) [x](https://evil.example'])(
    'is not linked where its page is %s',
    (thread) => {
      for (const text of [
        pullRequestBody({ fix, evidence: [], run: '', thread }),
        manifestBody({ from: 'a', to: 'b', owner: 'x', evidence: [], thread }),
      ]) {
        expect(text).toContain('in the incident’s thread.');
        expect(text).not.toMatch(/slack\.com|evil\.example/);
      }
    },
  );
});

describe('the body of one that changes a manifest', () => {
  const manifest = (words: string) =>
    manifestBody({
      from: `ghcr.io/a/b:${words}`,
      to: `ghcr.io/a/b:${words}`,
      owner: 'Argo CD application shop',
      evidence: [words],
    });

  it.each(HOSTILE.map((words) => [JSON.stringify(words), words]))('keeps %s inside of its fence', (_shown, words) => {
    expect(outside(manifest(words))).toEqual(outside(manifest('x')));
    expect(manifest(words)).not.toMatch(/[\u200B\u202A-\u202E\u2028\u2029]/);
  });

  it('takes its owner’s name for no mention and no link', () => {
    const body = manifestBody({ from: 'a', to: 'b', owner: 'Argo CD application @acme\n#1\u200B', evidence: [] });
    expect(outside(body).join('\n')).not.toMatch(/@|#\d|\u200B/);
  });
});

describe('its title, which is its commit’s message too', () => {
  it.each([
    ['Mend fixes #1.yml', 'Mend fixes ＃1.yml'],
    ['Mend @acme-admins.yml', 'Mend ＠acme-admins.yml'],
    ['Closes https://github.com/acme/shop/issues/1', 'Closes https: //github.com/acme/shop/issues/1'],
    ['one\nCo-authored-by: x <x@example.com>', 'one Co-authored-by: x <x＠example.com>'],
  ])('%s', (given, shown) => {
    expect(plainTitle(given)).toBe(shown);
  });

  it('is not endless', () => {
    expect(plainTitle('x'.repeat(5000))).toHaveLength(160);
  });
});
