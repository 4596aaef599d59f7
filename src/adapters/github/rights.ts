/** Whether a write can succeed, as far as this can be known before it is tried. */
import { abortable } from './deadline.ts';
import { RepositoryAnswer } from './schema.ts';
import { failed, lookUp, nameOf, refusedFor, type Session } from './stop.ts';

/** `needed`: app permissions, `contents:write`. @throws Stop when one is known to be missing, or the repository is not there. */
export async function checkRights(session: Session, needed: readonly string[]): Promise<RepositoryAnswer> {
  const { parts, question } = session;
  const repository = await lookUp(session, 'repository', RepositoryAnswer, async ({ rest }) =>
    rest.repos.get({ ...question.repository }),
  );
  const name = nameOf(question);
  if (repository === undefined) throw failed(`${name} does not exist, or the credential may not see it`);
  if (repository.archived === true) throw failed(`${name} is archived: nothing can be written to it`);
  const access = await abortable(
    parts.tokens.accessTo(question.repository, {
      fresh: false,
      count: () => question.meter.count('github', 'token'),
    }),
    question.signal,
  );
  const granted = access === 'absent' ? undefined : access.permissions;
  if (granted !== undefined) {
    const missing = needed.find((permission) => granted[permission.split(':')[0] ?? ''] !== 'write');
    if (missing !== undefined)
      throw refusedFor(missing, `the GitHub App's installation on ${name} does not have ${missing}`);
  } else if (repository.permissions?.push === false) {
    throw refusedFor(needed[0] ?? 'contents:write', `the owner of GITHUB_TOKEN may not write to ${name}`);
  }
  return repository;
}
