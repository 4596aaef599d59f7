/**
 * Pods that may wait for an image, out of very many: the printed rows first, whole pods only where a row is in doubt. A page of
 * whole pods costs the server and us about four times as much as its rows.
 */
import { z } from 'zod';
import { makeGate } from '../../../evidence/collect-gate.ts';
import { type Observation, observed } from '../../../evidence/observation.ts';
import type { UnreadyList } from '../../../evidence/ports.ts';
import type { PodSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { type Ask, isName, PODS } from '../resources.ts';
import { Page, Pod } from '../schema.ts';
import { optional } from './common.ts';
import { failed, type ListQuery, pageQuery, strange } from './fetch.ts';
import { doubtful, type PodName, TablePage } from './pod-row.ts';
import { MAX_PODS, podSnapshot, readPod } from './pods.ts';

/** A server, or a proxy before it, that prints no tables sends the list. */
const ROWS = 'application/json;as=Table;v=v1;g=meta.k8s.io, application/json';
/** More doubtful rows on a page than this, and the page is read whole: that many single reads take longer. */
const MANY = 120;
const PARALLEL_READS = 8;

type Pods = Observation<readonly PodSnapshot[]>;

/** Pages are dropped as they are read: what is held is the pods in doubt. */
export async function listUnready(
  client: KubeClient,
  query: { readonly namespace?: string },
  signal: AbortSignal,
): Promise<Observation<UnreadyList>> {
  const { namespace } = query;
  if (namespace !== undefined && !isName(namespace)) return observed({ pods: [], total: 0, truncated: false });
  const ask: Ask = { resource: PODS, verb: 'list', ...optional('namespace', namespace) };
  const list: ListQuery = { resource: PODS, cap: MAX_PODS };
  const look = secondLook(client, ask, list, signal);
  const looks: Promise<Pods>[] = [];
  let total = 0;
  let token = '';
  let truncated = false;
  do {
    const answer = await client.send(ask, { query: pageQuery(list, token), accept: ROWS }, signal);
    if (answer.kind === 'refused' && answer.code === 410 && token !== '') {
      truncated = true;
      break;
    }
    if (answer.kind !== 'ok') return failed(ask, answer);
    const page = readPage(answer.body);
    if (!page.success) return strange(ask, page.error);
    const { rows, next, pods, doubts } = page.data;
    const looking = doubts.length === 0 ? Promise.resolve(observed(pods)) : look(doubts, token);
    // Awaited below; until then nobody handles its abort.
    looking.catch(() => undefined);
    looks.push(looking);
    if (doubts.length > MANY) await looking;
    total += rows;
    token = next;
  } while (token !== '' && total < MAX_PODS);
  const found: PodSnapshot[] = [];
  for (const answer of await Promise.all(looks)) {
    if (answer.status !== 'observed') return answer;
    found.push(...answer.value);
  }
  return observed({ pods: found, total, truncated: truncated || token !== '' });
}

interface Rows {
  readonly rows: number;
  readonly next: string;
  /** Where the server sent whole pods: those that are not ready. */
  readonly pods: readonly PodSnapshot[];
  readonly doubts: readonly PodName[];
}

type Read<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: z.ZodError };

const Kind = z.object({ kind: z.string() });

function readPage(body: unknown): Read<Rows> {
  if (Kind.safeParse(body).data?.kind === 'Table') {
    const table = TablePage.safeParse(body);
    if (!table.success) return table;
    const { rows, metadata } = table.data;
    const read = { rows: rows?.length ?? 0, next: metadata?.continue ?? '', pods: [], doubts: doubtful(table.data) };
    return { success: true, data: read };
  }
  const page = readWhole(body);
  if (!page.success) return page;
  const pods = page.data.pods.filter(({ containers }) => containers.some(({ ready }) => !ready));
  return { success: true, data: { rows: page.data.pods.length, next: page.data.next, pods, doubts: [] } };
}

function readWhole(body: unknown): Read<{ readonly pods: readonly PodSnapshot[]; readonly next: string }> {
  const page = Page.safeParse(body);
  if (!page.success) return page;
  const items = z.array(Pod).safeParse(page.data.items ?? []);
  if (!items.success) return items;
  return { success: true, data: { pods: items.data.map(podSnapshot), next: page.data.metadata?.continue ?? '' } };
}

/** One by one, or the same page whole; whoever may only list gets the page. A pod that is gone by then is left out. */
function secondLook(client: KubeClient, ask: Ask, list: ListQuery, signal: AbortSignal) {
  const gate = makeGate(PARALLEL_READS);

  async function single(names: readonly PodName[]): Promise<Pods> {
    const reads = names.map(({ namespace, name }) => gate(() => readPod(client, namespace, name, signal)));
    const pods: PodSnapshot[] = [];
    for (const read of await Promise.all(reads)) {
      if (read.status === 'observed') pods.push(read.value);
      else if (read.status !== 'absent') return read;
    }
    return observed(pods);
  }

  async function page(names: readonly PodName[], token: string): Promise<Pods> {
    const answer = await client.send(ask, { query: pageQuery(list, token) }, signal);
    const isGone = answer.kind === 'refused' && answer.code === 410;
    if (answer.kind !== 'ok' && !isGone) return failed(ask, answer);
    const read = readWhole(answer.kind === 'ok' ? answer.body : {});
    if (!read.success) return strange(ask, read.error);
    const wanted = new Set(names.map(keyOf));
    const pods = read.data.pods.filter((pod) => wanted.delete(keyOf(pod)));
    // The page may have moved meanwhile, or its token expired.
    const rest = await single(names.filter((name) => wanted.has(keyOf(name))));
    return rest.status === 'observed' ? observed([...pods, ...rest.value]) : rest;
  }

  return async (names: readonly PodName[], token: string): Promise<Pods> => {
    if (names.length > MANY) return page(names, token);
    const pods = await single(names);
    return pods.status === 'forbidden' ? page(names, token) : pods;
  };
}

function keyOf({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}
