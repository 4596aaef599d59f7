/** What GitHub holds after a button was pressed: pull requests, and every file of a branch. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { run } from './box.ts';
import { type Builds, OWNER } from './builds.ts';

type Github = Pick<Builds, 'github'>;

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: { readonly ref: string };
}

/** Open ones of a repository. */
export async function pulls({ github }: Github, name: string): Promise<readonly Pull[]> {
  return (await github.api('GET', `/repos/${OWNER}/${name}/pulls?state=open`)) as readonly Pull[];
}

export async function endPull({ github }: Github, name: string, number: number, end: 'merge' | 'close'): Promise<void> {
  const page = `/repos/${OWNER}/${name}/pulls/${number}`;
  if (end === 'merge') await github.api('PUT', `${page}/merge`, {});
  else await github.api('PATCH', page, { state: 'closed' });
}

/** Path -> text. */
export async function filesAt({ github }: Github, name: string, ref: string): Promise<ReadonlyMap<string, string>> {
  const root = `/repos/${OWNER}/${name}`;
  const branch = (await github.api('GET', `${root}/branches/${encodeURIComponent(ref)}`)) as {
    commit: { sha: string };
  };
  const { sha } = branch.commit;
  const listed = (await github.api('GET', `${root}/git/trees/${sha}?recursive=1`)) as {
    tree: { path: string; type: string }[];
  };
  const files = new Map<string, string>();
  for (const { path } of listed.tree.filter(({ type }) => type === 'blob')) {
    const { content } = (await github.api('GET', `${root}/contents/${path}?ref=${sha}`)) as { content: string };
    files.set(path, Buffer.from(content, 'base64').toString());
  }
  return files;
}

/** Lays files out in a folder of their own while `work` lasts. */
export async function laidOut<T>(files: ReadonlyMap<string, string>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-branch-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** What the checker says of a pipeline, from where a person would call it: `rule file`, errors and warnings. */
export async function checked(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  return laidOut(files, async (folder) => {
    const { out } = await run('bin/pullcheck.mjs', ['workflow', ...toCheck(folder, files), '-o', 'json']);
    const { findings }: { findings: readonly { rule: string; severity: string; file: string }[] } = JSON.parse(out);
    return findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ rule, file }) => `${rule} ${relative(folder, file)}`);
  });
}

/** The code with which the checker ends: 0 where a pipeline that runs it would go on. */
export async function checkerCode(files: ReadonlyMap<string, string>): Promise<number> {
  return laidOut(
    files,
    async (folder) => (await run('bin/pullcheck.mjs', ['workflow', ...toCheck(folder, files)])).code,
  );
}

function toCheck(folder: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files.keys()].filter((path) => /\.ya?ml$|\.sh$|Makefile$/.test(path)).map((path) => join(folder, path));
}
