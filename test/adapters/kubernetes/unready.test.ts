/** Many pods by their printed rows: what is asked, what expires, what is never asked. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectCluster } from '../../../src/adapters/kubernetes/connect.ts';

const signal = new AbortController().signal;
const closers: (() => Promise<unknown>)[] = [];

interface Asked {
  readonly path: string;
  readonly token: string | null;
  readonly table: boolean;
}

type Said = object | { readonly code: number };

/** An API server that answers what the test says; a `code` is a Status. */
async function serve(answer: (asked: Asked) => Said) {
  const seen: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const table = request.headers.accept?.includes('as=Table') ?? false;
    const asked = { path: url.pathname, token: url.searchParams.get('continue'), table };
    seen.push(asked);
    const body = answer(asked);
    const refusal =
      'code' in body ? { kind: 'Status', status: 'Failure', reason: 'Expired', message: 'no', ...body } : undefined;
    response.writeHead(refusal ? refusal.code : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refusal ?? body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const kubeconfigText = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    'current-context': 'c',
  });
  const connection = connectCluster({ kubeconfigText });
  closers.push(async () => {
    await connection.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { seen, reader: connection.reader({ count: () => undefined }) };
}

const COLUMNS = ['Name', 'Ready', 'Status', 'Restarts', 'Age'].map((name) => ({ name, type: 'string' }));

function row(name: string, ready: string, status: string, metadata: object = {}) {
  return { cells: [name, ready, status, 0, '1d'], object: { metadata: { name, namespace: 'shop', ...metadata } } };
}
function table(rows: readonly object[], next = '') {
  return { kind: 'Table', metadata: { continue: next }, columnDefinitions: COLUMNS, rows };
}
function whole(name: string) {
  const state = { waiting: { reason: 'ErrImagePull', message: 'not found' } };
  return {
    metadata: { name, namespace: 'shop', managedFields: [] },
    spec: { containers: [{ name: 'app', image: 'a:1' }] },
    status: { phase: 'Pending', containerStatuses: [{ name: 'app', ready: false, state }] },
  };
}
const stuckRows = (count: number) => Array.from({ length: count }, (_, n) => row(`p${n}`, '0/1', 'ErrImagePull'));

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('many pods by their rows', () => {
  it('looks again at nothing but the doubtful, and keeps nothing of the others', async () => {
    const rows = [
      row('well', '2/2', 'Running'),
      row('restarting', '0/1', 'CrashLoopBackOff'),
      row('job', '0/1', 'Completed'),
      row('leaving', '0/1', 'ErrImagePull', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      row('one-of-two', '1/2', 'Running'),
      row('stuck', '0/1', 'ImagePullBackOff'),
      row('words-nobody-knows', '0/1', 'Whatever'),
      row('debugged', '1/1', 'Running', {
        managedFields: [{ manager: 'kubectl', subresource: 'ephemeralcontainers' }],
      }),
    ];
    const { seen, reader } = await serve(({ path, table: rowsOnly }) => {
      if (rowsOnly) return table(rows);
      return path.endsWith('words-nobody-knows')
        ? { code: 404, reason: 'NotFound' }
        : whole(path.split('/').at(-1) ?? '');
    });
    const list = await reader.unreadyPods({}, signal);
    expect(list).toMatchObject({ status: 'observed', value: { total: 8, truncated: false } });
    // The one that was deleted meanwhile is not there.
    expect(list.status === 'observed' && list.value.pods.map(({ name }) => name)).toEqual([
      'one-of-two',
      'stuck',
      'debugged',
    ]);
    expect(seen.map(({ path }) => path.replace('/api/v1/', '')).sort()).toEqual([
      'namespaces/shop/pods/debugged',
      'namespaces/shop/pods/one-of-two',
      'namespaces/shop/pods/stuck',
      'namespaces/shop/pods/words-nobody-knows',
      'pods',
    ]);
  });

  it('reads a page whole where most of it fails, and what moved off it one by one', async () => {
    const { seen, reader } = await serve(({ path, token, table: rowsOnly }) => {
      if (path !== '/api/v1/pods') return whole(path.split('/').at(-1) ?? '');
      if (rowsOnly) return token === 'two' ? table([row('well', '1/1', 'Running')]) : table(stuckRows(300), 'two');
      return { items: [...Array(299).keys()].map((n) => whole(`p${n}`)), metadata: { continue: 'two' } };
    });
    const list = await reader.unreadyPods({}, signal);
    expect(list.status === 'observed' && [list.value.pods.length, list.value.total]).toEqual([300, 301]);
    expect(seen.map(({ path }) => path.replace('/api/v1/', ''))).toEqual([
      'pods',
      'pods',
      'namespaces/shop/pods/p299',
      'pods',
    ]);
  });

  it('says that a list whose token expired is a prefix; reads the page by names when only its second look expired', async () => {
    const cut = await serve(({ token, table: rowsOnly }) => {
      if (!rowsOnly) return whole('stuck');
      return token ? { code: 410 } : table([row('stuck', '0/1', 'ErrImagePull')], 'two');
    });
    const prefix = await cut.reader.unreadyPods({}, signal);
    expect(prefix).toMatchObject({ value: { total: 1, truncated: true, pods: [{ name: 'stuck' }] } });
    const late = await serve(({ path, table: rowsOnly }) => {
      if (path !== '/api/v1/pods') return whole(path.split('/').at(-1) ?? '');
      return rowsOnly ? table(stuckRows(200)) : { code: 410 };
    });
    const read = await late.reader.unreadyPods({}, signal);
    expect(read.status === 'observed' && read.value.pods.length).toBe(200);
  });

  it('takes whole pods from a server that prints no tables', async () => {
    const { reader, seen } = await serve(() => ({ kind: 'PodList', items: [whole('stuck')], metadata: {} }));
    expect(await reader.unreadyPods({}, signal)).toMatchObject({ value: { total: 1, pods: [{ name: 'stuck' }] } });
    expect(seen).toHaveLength(1);
  });

  it('names a failure of the second look, and stops when nobody waits any more', async () => {
    const { reader } = await serve(({ table: rowsOnly }) =>
      rowsOnly ? table(stuckRows(2)) : { code: 500, reason: 'InternalError' },
    );
    expect(await reader.unreadyPods({}, signal)).toMatchObject({
      status: 'unreachable',
      detail: expect.stringContaining('500'),
    });
    const strange = await serve(() => ({ kind: 'Table', rows: 'none' }));
    expect(await strange.reader.unreadyPods({}, signal)).toMatchObject({ status: 'unreachable' });
    const given = new AbortController();
    const endless = await serve(({ token }) => {
      if (token === '3') given.abort(new Error('nobody waits'));
      return table([row('well', '1/1', 'Running')], String(Number(token ?? 0) + 1));
    });
    await expect(endless.reader.unreadyPods({}, given.signal)).rejects.toThrow('nobody waits');
    expect(endless.seen.length).toBeLessThanOrEqual(5);
  });
});
