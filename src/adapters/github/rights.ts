/** Whether a write can succeed, as far as this can be known before it is tried. */
import { ask } from './api.ts';
import { abortable } from './deadline.ts';
import { RepositoryAnswer } from './schema.ts';
import { failed, nameOf, refusedFor, type Session, valueIn } from './stop.ts';

/** `needed`: app permissions, `contents:write`. @throws Stop when one is known to be missing, or the repository is not there. */
export async function checkRights(session: Session, needed: readonly string[]): Promise<void> {
  const { parts, question } = session;
  const reply = await ask(parts, question, 'repository', async ({ rest }) =>
    rest.repos.get({ ...question.repository }),
  );
  const repository = valueIn(session, RepositoryAnswer, reply);
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
    return;
  }
  if (repository.permissions?.push === false)
    throw refusedFor(needed[0] ?? 'contents:write', `the owner of GITHUB_TOKEN may not write to ${name}`);
  // Only classic tokens have scopes.
  const scopes = reply.headers['x-oauth-scopes']?.split(/,\s*/);
  if (scopes && needed.includes('workflows:write') && !scopes.includes('workflow'))
    throw refusedFor('workflows:write', 'GITHUB_TOKEN is a classic token without the scope workflow');
}
