/**
 * The repositories that a registry holds, where it tells: docker-registry and distribution do (`/v2/_catalog`), to whom they let in. One
 * page, because it is only looked through for what was meant.
 */
import type { RegistryCredential, RepositoryList } from '../../evidence/registry-access.ts';
import { ask } from './ask.ts';
import { readCatalog } from './schema.ts';
import type { Call } from './transport.ts';

const MOST = 1000;

/** undefined: this registry does not tell, or not to this credential. */
export async function listRepositories(
  call: Call,
  credential: RegistryCredential,
): Promise<RepositoryList | undefined> {
  const url = new URL(`/v2/_catalog?n=${MOST}`, call.host.endpoint.base);
  const asked = await ask(call, credential, {
    url,
    method: 'GET',
    what: 'catalog',
    headers: { accept: 'application/json' },
  });
  if (asked.kind === 'failed' || asked.answer.status !== 200 || asked.answer.cut) return undefined;
  const names = readCatalog(asked.answer.body)?.filter((name) => !call.scrub.leaks(name));
  if (names === undefined) return undefined;
  return { names: names.slice(0, MOST), truncated: names.length >= MOST || asked.answer.headers['link'] !== undefined };
}
