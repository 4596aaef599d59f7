/** Opens a pull request once: a second press finds the first one's, and a branch that is not ours is left alone. */
import type { PullRequestDraft, PullRequestResult } from '../../remediation/code-host.ts';
import type { WriteMode } from '../../remediation/ports.ts';
import { differing, headOf, holdsOnly, makeBranch } from './branch.ts';
import { NoAnswer } from './failure.ts';
import { isPath, isRef } from './names.ts';
import { openFirst, pullsFrom } from './pulls.ts';
import { checkRights } from './rights.ts';
import { PullAnswer, PullsAnswer } from './schema.ts';
import { changed, failed, lookUp, put, type Session, Stop } from './stop.ts';

const MOST_FILES = 20;

/** @throws Stop, NoAnswer, NotInstalled, and the caller's reason. */
export async function openPullRequest(
  session: Session,
  draft: PullRequestDraft,
  mode: WriteMode,
): Promise<PullRequestResult> {
  checkDraft(draft);
  const permission = draft.changes.some(({ path }) => path.startsWith('.github/workflows/'))
    ? 'workflows:write'
    : 'contents:write';
  await checkRights(session, [...new Set(['contents:write', 'pull_requests:write', permission])]);
  const base = await headOf(session, draft.base);
  if (base === undefined)
    throw new Stop({ kind: 'changed', reason: `there is no branch ${draft.base} any more`, base: 'missing' });
  const head = await headOf(session, draft.branch);
  if (head !== undefined) return await continueBranch(session, draft, head, mode);
  const stale = await differing(session, draft.changes, base, 'before');
  if (stale.length > 0) throw changed(`${stale.join(', ')} on ${draft.base} is not what was checked any more`);
  if (mode === 'dry-run') return { kind: 'planned' };
  const isOurs = await makeBranch(session, draft, base, permission);
  const made = await headOf(session, draft.branch);
  if (made === undefined) throw failed(`GitHub made the branch ${draft.branch}, and does not show it`);
  return isOurs ? await propose(session, draft, made) : await continueBranch(session, draft, made, mode);
}

function checkDraft({ base, branch, changes }: PullRequestDraft): void {
  if (!isRef(base) || !isRef(branch) || base === branch)
    throw failed('a pull request needs two branches with proper names');
  if (changes.length === 0 || changes.length > MOST_FILES) throw failed(`a change has 1 to ${MOST_FILES} files`);
  const odd = changes.find(({ path }) => !isPath(path));
  if (odd) throw failed('a change names a path that no repository can have');
}

/** The branch is there: from an earlier press, or somebody else's. */
async function continueBranch(
  session: Session,
  draft: PullRequestDraft,
  head: string,
  mode: WriteMode,
): Promise<PullRequestResult> {
  const [pull] = await pullsOf(session, draft);
  if (pull?.merged_at && pull.state !== 'open')
    throw changed(`${pull.html_url} was merged, and its branch ${draft.branch} is still there: delete it first`);
  if (!(await holdsOnly(session, draft, head)))
    throw changed(`the branch ${draft.branch} exists and holds something else${pull ? `: ${pull.html_url}` : ''}`);
  if (pull?.state === 'open') return { kind: 'opened', number: pull.number, url: pull.html_url, existed: true };
  // Whoever asks again must have known of it: a retry must not open what a person has closed.
  if (pull && pull.number !== draft.despite)
    throw changed(`the pull request for it was closed already: ${pull.html_url}`);
  return mode === 'dry-run' ? { kind: 'planned' } : await propose(session, draft, head);
}

/** Newest first. */
async function pullsOf(session: Session, draft: PullRequestDraft): Promise<readonly PullAnswer[]> {
  const { repository } = session.question;
  const found = await lookUp(session, 'pull-requests', PullsAnswer, async ({ rest }) =>
    rest.pulls.list(pullsFrom(repository, draft.branch, draft.base)),
  );
  return openFirst(found ?? [], draft.branch).filter(({ base }) => base.ref === draft.base);
}

async function propose(session: Session, draft: PullRequestDraft, head: string): Promise<PullRequestResult> {
  const pull = await createPull(session, draft);
  if (pull.head.sha !== head || !(await holdsOnly(session, draft, head)))
    throw failed(`${pull.html_url} was opened, but does not hold exactly the change: look at it before it is merged`);
  return { kind: 'opened', number: pull.number, url: pull.html_url, existed: false };
}

/** When no answer came, or GitHub says that there is one, it is looked for: it must never be opened twice. */
async function createPull(session: Session, draft: PullRequestDraft): Promise<PullAnswer> {
  const made = await tryCreate(session, draft);
  if (!('rejected' in made)) return made;
  const pull = (await pullsOf(session, draft)).find(({ state }) => state === 'open');
  if (pull) return pull;
  throw failed(`GitHub made the branch ${draft.branch}, but no pull request: ${made.rejected}`);
}

async function tryCreate(
  session: Session,
  draft: PullRequestDraft,
): Promise<PullAnswer | { readonly rejected: string }> {
  const { title, branch, base, body } = draft;
  try {
    return await put(
      session,
      { what: 'pull-request', permission: 'pull_requests:write', schema: PullAnswer },
      async ({ rest }) =>
        rest.pulls.create({
          ...session.question.repository,
          title,
          head: branch,
          base,
          body,
          maintainer_can_modify: true,
        }),
    );
  } catch (error) {
    if (error instanceof NoAnswer) return { rejected: error.message };
    throw error;
  }
}
