/**
 * Which Secrets there are. First as the server prints them (kubernetes pkg/printers/internalversion/printers.go, printSecret: NAME,
 * TYPE, DATA, AGE), which holds no content; the names of the keys are in the managed fields. Content only of one type that the kubelet reads.
 */
import { z } from 'zod';
import { mapObserved, type Observation, observed } from '../../../evidence/observation.ts';
import type { SecretSnapshot } from '../../../evidence/snapshots.ts';
import type { SecretRow, SecretRows } from '../../../evidence/unattached-secrets.ts';
import type { KubeClient } from '../client.ts';
import { type Ask, isName, SECRETS } from '../resources.ts';
import { Page, Secret } from '../schema.ts';
import { optional } from './common.ts';
import { failed, type ListQuery, listAll, pageQuery, strange } from './fetch.ts';
import { secretSnapshot } from './secrets.ts';

const ROWS = 'application/json;as=Table;v=v1;g=meta.k8s.io, application/json';
/** Rows looked at: a namespace with more is no place for pull secrets; of a whole cluster a prefix is enough to name some. */
const MOST_ROWS = 2000;
/** With content. */
const MOST_SECRETS = 50;

const text = z.string().nullish();
const Row = z.object({
  cells: z.array(z.unknown()),
  object: z.object({
    metadata: z.object({
      name: z.string(),
      namespace: text,
      managedFields: z
        .array(z.object({ fieldsV1: z.object({ 'f:data': z.record(z.string(), z.unknown()).nullish() }).nullish() }))
        .nullish(),
    }),
  }),
});
const Table = z.object({
  kind: z.literal('Table'),
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(Row).nullish(),
  metadata: z.object({ continue: text }).nullish(),
});
const Kind = z.object({ kind: z.string() });

interface RowsPage {
  readonly rows: readonly SecretRow[];
  readonly next: string;
}

/** Pages of 500 up to the cap; a page that expired half-way leaves a prefix. */
export async function listSecretRows(
  client: KubeClient,
  query: { readonly namespace?: string; readonly type?: string },
  signal: AbortSignal,
): Promise<Observation<SecretRows>> {
  const { namespace, type } = query;
  if (namespace !== undefined && !isName(namespace)) return observed({ rows: [], truncated: false });
  const ask: Ask = { resource: SECRETS, verb: 'list', ...optional('namespace', namespace) };
  const list: ListQuery = {
    resource: SECRETS,
    cap: MOST_ROWS,
    ...optional('fieldSelector', type === undefined ? undefined : `type=${type}`),
  };
  const rows: SecretRow[] = [];
  let token = '';
  do {
    const answer = await client.send(ask, { query: pageQuery(list, token), accept: ROWS }, signal);
    if (answer.kind === 'refused' && answer.code === 410 && token !== '') return observed({ rows, truncated: true });
    if (answer.kind !== 'ok') return failed(ask, answer);
    const page = readPage(answer.body);
    if (!page.success) return strange(ask, page.error);
    rows.push(...page.data.rows);
    token = page.data.next;
  } while (token !== '' && rows.length < MOST_ROWS);
  return observed({ rows: rows.slice(0, MOST_ROWS), truncated: token !== '' || rows.length > MOST_ROWS });
}

type Read =
  | { readonly success: true; readonly data: RowsPage }
  | { readonly success: false; readonly error: z.ZodError };

/** A proxy before the server may send the list itself: what it holds beyond a row is dropped. */
function readPage(body: unknown): Read {
  if (Kind.safeParse(body).data?.kind !== 'Table') return readWhole(body);
  const table = Table.safeParse(body);
  if (!table.success) return table;
  const at = table.data.columnDefinitions.findIndex(({ name }) => name === 'Type');
  const rows = (table.data.rows ?? []).map(({ cells, object: { metadata } }): SecretRow => {
    const type = cells[at];
    const written = (metadata.managedFields ?? []).flatMap(({ fieldsV1 }) => Object.keys(fieldsV1?.['f:data'] ?? {}));
    const keys = written.filter((key) => key.startsWith('f:')).map((key) => key.slice(2));
    return {
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      type: typeof type === 'string' ? type : '',
      keys: [...new Set(keys)],
    };
  });
  return { success: true, data: { rows, next: table.data.metadata?.continue ?? '' } };
}

function readWhole(body: unknown): Read {
  const page = Page.safeParse(body);
  if (!page.success) return page;
  const items = z.array(Secret).safeParse(page.data.items ?? []);
  if (!items.success) return items;
  const rows = items.data.map(({ metadata, type, data }) => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    type: type ?? 'Opaque',
    keys: Object.keys(data ?? {}),
  }));
  return { success: true, data: { rows, next: page.data.metadata?.continue ?? '' } };
}

export async function listSecretsOfType(
  client: KubeClient,
  query: { readonly namespace?: string; readonly name?: string; readonly type: string },
  signal: AbortSignal,
): Promise<Observation<readonly SecretSnapshot[]>> {
  const { namespace, name, type } = query;
  if (name !== undefined && !isName(name)) return observed([]);
  const fieldSelector = name === undefined ? `type=${type}` : `type=${type},metadata.name=${name}`;
  const list: ListQuery = { resource: SECRETS, cap: MOST_SECRETS, fieldSelector, ...optional('namespace', namespace) };
  const found = await listAll(client, list, Secret, signal);
  return mapObserved(found, ({ items }) => items.map(secretSnapshot));
}
