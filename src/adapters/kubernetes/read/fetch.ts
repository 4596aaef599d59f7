/** The two shapes of reading: one object, or all pages of a list; both give an Observation. */
import { z } from 'zod';
import {
  absent,
  forbidden,
  notCollected,
  type Observation,
  observed,
  unreachable,
} from '../../../evidence/observation.ts';
import type { Answer, KubeClient } from '../client.ts';
import { type Ask, isCustom, isName, permissionOf, type Resource } from '../resources.ts';
import { Page } from '../schema.ts';

const PAGE_SIZE = 500;

/** A failed answer as an observation; 404 is `absent` only where one object was asked for. */
export function failed(ask: Ask, answer: Exclude<Answer, { kind: 'ok' }>): Observation<never> {
  if (answer.kind === 'no-answer') return unreachable(answer.detail);
  if (answer.code === 404 && ask.verb === 'get' && answer.reason === 'NotFound') return absent;
  if (answer.code === 404 && answer.reason === '' && isCustom(ask.resource)) {
    const { plural, group, version } = ask.resource;
    return notCollected(`this cluster has no ${plural}.${group}/${version}`);
  }
  if (answer.code === 403) return forbidden(permissionOf(ask));
  return unreachable(`the API server answered ${answer.code} ${answer.reason}: ${answer.message}`.slice(0, 500));
}

export function strange(ask: Ask, error: z.ZodError): Observation<never> {
  const issue = error.issues[0];
  const where = issue?.path.join('.') ?? '';
  return unreachable(`the API server's ${ask.resource.plural} cannot be understood: ${where}: ${issue?.message ?? ''}`);
}

/** A name that no object can have is absent without a call. */
export async function getOne<S extends z.ZodType>(
  client: KubeClient,
  place: { readonly resource: Resource; readonly namespace?: string; readonly name: string },
  schema: S,
  signal: AbortSignal,
): Promise<Observation<z.infer<S>>> {
  if (!isName(place.name) || (place.namespace !== undefined && !isName(place.namespace))) return absent;
  const ask: Ask = { ...place, verb: 'get' };
  const answer = await client.send(ask, {}, signal);
  if (answer.kind !== 'ok') return failed(ask, answer);
  const parsed = schema.safeParse(answer.body);
  return parsed.success ? observed(parsed.data) : strange(ask, parsed.error);
}

export interface ListQuery {
  readonly resource: Resource;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Most items to take; more: `truncated`. */
  readonly cap: number;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly truncated: boolean;
}

/** Pages of 500 until the end or the cap. A page that expired half-way (410) leaves a prefix, said as `truncated`. */
export async function listAll<S extends z.ZodType>(
  client: KubeClient,
  query: ListQuery,
  schema: S,
  signal: AbortSignal,
): Promise<Observation<Listed<z.infer<S>>>> {
  if (query.namespace !== undefined && !isName(query.namespace)) return observed({ items: [], truncated: false });
  const ask: Ask = {
    resource: query.resource,
    verb: 'list',
    ...(query.namespace === undefined ? {} : { namespace: query.namespace }),
  };
  const items: z.infer<S>[] = [];
  let token = '';
  do {
    const answer = await client.send(ask, { query: pageQuery(query, token) }, signal);
    if (answer.kind === 'refused' && answer.code === 410 && token !== '') return observed({ items, truncated: true });
    if (answer.kind !== 'ok') return failed(ask, answer);
    const page = Page.safeParse(answer.body);
    if (!page.success) return strange(ask, page.error);
    const taken = z.array(schema).safeParse(page.data.items ?? []);
    if (!taken.success) return strange(ask, taken.error);
    items.push(...taken.data);
    token = page.data.metadata?.continue ?? '';
  } while (token !== '' && items.length < query.cap);
  return observed({ items: items.slice(0, query.cap), truncated: token !== '' || items.length > query.cap });
}

/** The same where a prefix would answer wrongly, because what is not in the list is said not to be there. */
export async function listWhole<S extends z.ZodType>(
  client: KubeClient,
  query: ListQuery,
  schema: S,
  signal: AbortSignal,
): Promise<Observation<readonly z.infer<S>[]>> {
  const list = await listAll(client, query, schema, signal);
  if (list.status !== 'observed') return list;
  const { items, truncated } = list.value;
  return truncated
    ? unreachable(`only a part of all ${query.resource.plural} could be listed (${items.length} of them)`)
    : observed(items);
}

/** Of one page; `token` empty: the first. */
export function pageQuery(query: ListQuery, token: string): Record<string, string> {
  return {
    limit: String(PAGE_SIZE),
    ...(query.labelSelector ? { labelSelector: query.labelSelector } : {}),
    ...(query.fieldSelector ? { fieldSelector: query.fieldSelector } : {}),
    ...(token === '' ? {} : { continue: token }),
  };
}
