/** Branches and their files, through git's own objects: all files of a change become one commit. */
import { z } from 'zod';
import type { FileChange, PullRequestDraft } from '../../remediation/code-host.ts';
import { textOf } from './content.ts';
import { CompareAnswer, ContentAnswer, GitCommitAnswer, RefAnswer, TreeAnswer } from './schema.ts';
import { changed, failed, lookUp, put, type Session } from './stop.ts';

/** Newest commit of a branch; undefined: there is no such branch. */
export async function headOf(session: Session, branch: string): Promise<string | undefined> {
  const ref = await lookUp(session, 'branch', RefAnswer, async ({ rest }) =>
    rest.git.getRef({ ...session.question.repository, ref: `heads/${branch}` }),
  );
  return ref?.object.sha;
}

/** Text of a file at a commit; undefined: it is not there, or is no text. */
async function readFile(session: Session, path: string, ref: string): Promise<string | undefined> {
  const answer = await lookUp(session, 'file', ContentAnswer, async ({ rest }) =>
    rest.repos.getContent({ ...session.question.repository, path, ref }),
  );
  if (answer === undefined) return undefined;
  const text = textOf(answer);
  if (text.status === 'unreachable') throw failed(text.detail);
  return text.status === 'observed' ? text.value : undefined;
}

/** Paths whose text at `ref` is not what `wanted` says. */
export async function differing(
  session: Session,
  changes: readonly FileChange[],
  ref: string,
  wanted: 'before' | 'after',
): Promise<readonly string[]> {
  const texts = await Promise.all(changes.map(async ({ path }) => readFile(session, path, ref)));
  return changes.filter((change, n) => texts[n] !== change[wanted]).map(({ path }) => path);
}

/** Whether the branch holds our change and nothing else: somebody may have made, or gone on with, a branch of this name. */
export async function holdsOnly(session: Session, draft: PullRequestDraft, head: string): Promise<boolean> {
  const compared = await lookUp(session, 'compare', CompareAnswer, async ({ rest }) =>
    rest.repos.compareCommitsWithBasehead({
      ...session.question.repository,
      basehead: `${draft.base}...${head}`,
      per_page: 100,
    }),
  );
  const ours = draft.changes.map(({ path }) => path).sort();
  const theirs = (compared?.files ?? []).map(({ filename }) => filename).sort();
  if (theirs.length !== ours.length || theirs.some((path, n) => path !== ours[n])) return false;
  return (await differing(session, draft.changes, head, 'after')).length === 0;
}

/** Makes the commit and then the branch that points to it. False: a branch of this name came up meanwhile. */
export async function makeBranch(
  session: Session,
  draft: PullRequestDraft,
  base: string,
  permission: string,
): Promise<boolean> {
  const { repository } = session.question;
  const parent = await lookUp(session, 'commit', GitCommitAnswer, async ({ rest }) =>
    rest.git.getCommit({ ...repository, commit_sha: base }),
  );
  if (parent === undefined) throw changed(`the branch ${draft.base} is gone`);
  const modes = await modesOf(session, draft.changes, parent.tree.sha);
  const tree = await put(session, { what: 'tree', permission, schema: TreeAnswer }, async ({ rest }) =>
    rest.git.createTree({
      ...repository,
      base_tree: parent.tree.sha,
      tree: draft.changes.map(({ path, after }) => ({
        path,
        mode: modes.get(path) === '100755' ? '100755' : '100644',
        type: 'blob',
        content: after,
      })),
    }),
  );
  if ('rejected' in tree) throw failed(`GitHub did not take the files: ${tree.rejected}`);
  const commit = await put(session, { what: 'commit', permission, schema: GitCommitAnswer }, async ({ rest }) =>
    rest.git.createCommit({ ...repository, message: draft.title, tree: tree.sha, parents: [base] }),
  );
  if ('rejected' in commit) throw failed(`GitHub did not take the commit: ${commit.rejected}`);
  const ref = await put(session, { what: 'branch', permission, schema: RefAnswer }, async ({ rest }) =>
    rest.git.createRef({ ...repository, ref: `refs/heads/${draft.branch}`, sha: commit.sha }),
  );
  if (!('rejected' in ref)) return true;
  if (/already exists/i.test(ref.rejected)) return false;
  throw failed(`GitHub did not make the branch ${draft.branch}: ${ref.rejected}`);
}

/** File modes by path: a script must stay executable. A folder is read once. */
async function modesOf(
  session: Session,
  changes: readonly FileChange[],
  root: string,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, Promise<Folder>>();
  async function folder(sha: string): Promise<Folder> {
    const known = folders.get(sha) ?? readFolder(session, sha);
    folders.set(sha, known);
    return known;
  }
  const modes = new Map<string, string>();
  for (const { path } of changes) {
    let sha = root;
    const parts = path.split('/');
    for (const [n, part] of parts.entries()) {
      const entry = (await folder(sha)).get(part);
      const isLast = n === parts.length - 1;
      if (entry?.sha === undefined || (isLast ? entry.type !== 'blob' : entry.type !== 'tree'))
        throw changed(`${path} is not a file any more`);
      if (isLast && entry.mode === '120000') throw failed(`${path} is a symbolic link: change what it points to`);
      sha = entry.sha;
      if (isLast) modes.set(path, entry.mode);
    }
  }
  return modes;
}

type Folder = ReadonlyMap<string, { readonly type: string; readonly mode: string; readonly sha: string | undefined }>;

async function readFolder(session: Session, sha: string): Promise<Folder> {
  const tree = await lookUp(session, 'tree', z.object({ tree: TreeAnswer.shape.tree }), async ({ rest }) =>
    rest.git.getTree({ ...session.question.repository, tree_sha: sha }),
  );
  return new Map(
    (tree?.tree ?? []).map(({ path, type, mode, sha: own }) => [path, { type, mode, sha: own ?? undefined }]),
  );
}
