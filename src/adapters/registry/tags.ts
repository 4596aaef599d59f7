/**
 * The tag list, page after page along `Link: <…>; rel="next"` (OCI distribution-spec, listing tags). Registries differ in order and
 * page size, so all pages are read, up to the caps; a list that was cut says so.
 */
import type { RegistryCredential, TagAnswer } from '../../evidence/registry-access.ts';
import { failureOf, notARegistry } from './answers.ts';
import { type Asked, ask } from './ask.ts';
import type { RegistryHabits } from './habits.ts';
import { readTags } from './schema.ts';
import type { Answer, Call } from './transport.ts';

/** The most that ECR allows; others clamp it, or say less in their habits. */
const PAGE = 1000;

/** How this registry lists. */
export type TagHabits = Pick<RegistryHabits, 'page' | 'isOldestFirst'>;

type Page =
  | { readonly kind: 'page'; readonly names: readonly string[]; readonly next?: URL; readonly lost: boolean }
  | { readonly kind: 'over'; readonly answer: TagAnswer };

/** All tags of the call's repository. */
export async function listTags(
  call: Call,
  credential: RegistryCredential,
  { page = PAGE, isOldestFirst }: TagHabits = {},
): Promise<TagAnswer> {
  const answer = await readPages(call, credential, page);
  const isCut = answer.kind === 'listed' && answer.truncated;
  return isCut && isOldestFirst ? { ...answer, lacks: 'newest' } : answer;
}

async function readPages(call: Call, credential: RegistryCredential, size: number): Promise<TagAnswer> {
  const names = new Set<string>();
  const seen = new Set<string>();
  let next: URL | undefined = new URL(`/v2/${call.repository}/tags/list?n=${size}`, call.host.endpoint.base);
  for (let page = 0; next !== undefined; page += 1) {
    if (page >= call.limits.tagPages || seen.has(next.href)) return listed(call, names, true);
    seen.add(next.href);
    const read: Page = await readPage(call, credential, next);
    if (read.kind === 'over') return page === 0 ? read.answer : listed(call, names, true);
    const before = names.size;
    for (const name of read.names) if (!call.scrub.leaks(name)) names.add(name);
    if (names.size >= call.limits.tagNames) {
      return listed(call, names, names.size > call.limits.tagNames || read.next !== undefined);
    }
    if (read.lost) return listed(call, names, true);
    // A page that brings nothing new: a registry that does not page and repeats itself, so the list is complete.
    next = names.size === before ? undefined : (read.next ?? guessNext(call, read.names, size));
    if (next === undefined && read.next !== undefined) return listed(call, names, true);
  }
  return listed(call, names, false);
}

function listed(call: Call, names: ReadonlySet<string>, truncated: boolean): TagAnswer {
  return { kind: 'listed', names: [...names].slice(0, call.limits.tagNames), truncated };
}

async function readPage(call: Call, credential: RegistryCredential, url: URL): Promise<Page> {
  const asked: Asked = await ask(call, credential, {
    url,
    method: 'GET',
    what: 'tags',
    headers: { accept: 'application/json' },
  });
  if (asked.kind === 'failed') return over({ kind: 'failed', outcome: asked.outcome });
  const { answer } = asked;
  if (answer.status < 200 || answer.status > 299) {
    const outcome = failureOf(call, answer, 'manifest');
    return over(outcome.kind === 'missing' ? { kind: 'missing' } : { kind: 'failed', outcome });
  }
  const names = answer.cut ? undefined : readTags(answer.body);
  if (!names) return over({ kind: 'failed', outcome: notARegistry(call, answer) });
  call.host.isRegistry = true;
  const link = nextLink(answer);
  const next = link === undefined ? undefined : acceptedLink(call, answer, link);
  return {
    kind: 'page',
    names,
    ...(next === undefined ? {} : { next }),
    lost: link !== undefined && next === undefined,
  };
}

function over(answer: TagAnswer): Page {
  return { kind: 'over', answer };
}

function nextLink(answer: Answer): string | undefined {
  const header = (answer.headers['link'] ?? '').slice(0, 8192);
  return header
    .split(/,(?=\s*<)/)
    .map((part) => /^\s*<([^>]*)>(.*)$/s.exec(part))
    .find((match) => /;\s*rel="?next"?\s*(?:;|$)/i.test(match?.[2] ?? ''))?.[1];
}

/** A next page on another host, or of another repository, is not asked for: the credential stays where it belongs. */
function acceptedLink(call: Call, answer: Answer, link: string): URL | undefined {
  const url = URL.parse(link, answer.url.href);
  const { base } = call.host.endpoint;
  if (!url || url.host !== base.host || url.username !== '' || url.password !== '') return undefined;
  if (url.pathname !== `/v2/${call.repository}/tags/list`) return undefined;
  // Registries behind a TLS proxy write http:// into their own links; host and path are right, the scheme is ours.
  return new URL(`${url.pathname}${url.search}`, base);
}

/** Exactly a full page and no link: some registries page by `last` without saying so. */
function guessNext(call: Call, names: readonly string[], size: number): URL | undefined {
  const last = names.at(-1);
  if (names.length !== size || last === undefined) return undefined;
  const query = new URLSearchParams({ n: String(size), last });
  return new URL(`/v2/${call.repository}/tags/list?${query.toString()}`, call.host.endpoint.base);
}
