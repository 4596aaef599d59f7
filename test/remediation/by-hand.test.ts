/** The commands under "By hand" do what the button does: they are run here, with a stand-in for gh. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openFixPullRequest } from '../../src/remediation/remedies/open-fix-pull-request.ts';
import { openGitopsPullRequest } from '../../src/remediation/remedies/open-gitops-pull-request.ts';
import { checkFile } from '../../src/workflow/check.ts';
import { LOST, PATH } from './code-host.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pullcheck-by-hand-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const scripts = {
    // Clones from the folder beside it; a pull request is a line in a file.
    gh: `if [ "$1 $2" = "repo clone" ]; then name=$3; shift 3; [ "$1" = -- ] && shift; exec git clone -q "$@" "${folder}/\${name#*/}.git"; fi\necho "$@" >> "${folder}/gh.log"`,
    pullcheck: `exec "${process.execPath}" --disable-warning=ExperimentalWarning "${resolve('src/cli.ts')}" "$@"`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function env(): NodeJS.ProcessEnv {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@a', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@a' };
  return {
    ...who,
    GIT_CONFIG_GLOBAL: '/dev/null',
    HOME: folder,
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
  };
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: env(), encoding: 'utf8', stdio: 'pipe' });
}

/** A bare repository `acme/NAME` with one file on `main`. */
function repository(name: string, file: string, text: string): string {
  const bare = join(folder, `${name}.git`);
  const work = join(folder, `${name}-first`);
  git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  git(folder, 'clone', '-q', bare, work);
  mkdirSync(dirname(join(work, file)), { recursive: true });
  writeFileSync(join(work, file), text);
  git(work, 'add', '-A');
  git(work, 'commit', '-q', '-m', 'first');
  git(work, 'push', '-q', 'origin', 'HEAD:main');
  return bare;
}

function typed(commands: string): void {
  const done = spawnSync('bash', ['-c', commands], { cwd: folder, env: env(), encoding: 'utf8' });
  expect(`${done.stderr}${done.status}`).toMatch(/0$/);
}

describe('by hand', () => {
  it('the pipeline is mended on a branch, and the checker finds nothing left', () => {
    const bare = repository('shop', PATH, LOST);
    typed(
      openFixPullRequest.command({
        repository: 'acme/shop',
        base: 'main',
        path: PATH,
        files: [],
        rule: 'needs-not-declared',
        ref: 'needs.build.outputs.image-tag',
        evidence: [],
        run: 'https://github.com/acme/shop/actions/runs/1',
      }),
    );
    const mended = git(bare, 'show', `mend-github-workflows-deploy-yml:${PATH}`);
    expect(mended).toContain('needs: [push, build]');
    expect(checkFile(PATH, mended, () => undefined).filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(readFileSync(join(folder, 'gh.log'), 'utf8')).toContain('pr create --fill --base main');
  });

  it('the manifest asks for the pushed tag', () => {
    const file = 'apps/staging/api.yaml';
    const bare = repository('deploy', file, 'spec:\n  image: ghcr.io/acme/api:1.4.2-17-54\n');
    typed(
      openGitopsPullRequest.command({
        repository: 'acme/deploy',
        base: '',
        path: file,
        line: 2,
        from: 'ghcr.io/acme/api:1.4.2-17-54',
        to: 'ghcr.io/acme/api:1.4.2-17-52',
        owner: 'Argo CD application shop',
        evidence: [],
      }),
    );
    expect(git(bare, 'show', `deploy-1-4-2-17-52:${file}`)).toContain('image: ghcr.io/acme/api:1.4.2-17-52\n');
  });
});
