/** A container's last words: the newest lines that fit, nothing that looks like a secret, and what an API server says instead. */
import { describe, expect, it } from '@jest/globals';
import type { Answer, Content, KubeClient } from '../../../src/adapters/kubernetes/client.ts';
import { readCrashLog } from '../../../src/adapters/kubernetes/read/logs.ts';
import { type Ask, pathOf } from '../../../src/adapters/kubernetes/resources.ts';

const { signal } = new AbortController();
const ref = { namespace: 'shop', pod: 'api-1', container: 'api', previous: true };

function server(answer: Answer) {
  const asked: { ask: Ask; content: Content }[] = [];
  const client: KubeClient = {
    cluster: 'test',
    send: async (ask, content) => {
      asked.push({ ask, content });
      return answer;
    },
  };
  return { client, asked };
}
async function linesOf(body: string): Promise<readonly string[]> {
  const log = await readCrashLog(server({ kind: 'ok', body }).client, ref, signal);
  return log.status === 'observed' ? log.value.lines : [];
}
const refused = (code: number, message: string): Answer => ({ kind: 'refused', code, reason: '', message });

describe('the last words of a container', () => {
  it('are asked for as text, of the run before, no more than is needed', async () => {
    const { client, asked } = server({ kind: 'ok', body: 'boom\n' });
    expect(await readCrashLog(client, ref, signal)).toEqual({
      status: 'observed',
      value: { lines: ['boom'], isCut: false },
    });
    await readCrashLog(client, { ...ref, previous: false }, signal);
    expect(asked.map(({ ask }) => pathOf(ask))).toEqual(Array(2).fill('/api/v1/namespaces/shop/pods/api-1/log'));
    expect(asked.map(({ content }) => content)).toEqual([
      { text: true, query: { container: 'api', tailLines: '20', limitBytes: '262144', previous: 'true' } },
      { text: true, query: { container: 'api', tailLines: '20', limitBytes: '262144' } },
    ]);
  });

  it('are at most 20 lines and 4 kB, the newest ones, without colours', async () => {
    const many = await linesOf(Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n'));
    expect(many).toHaveLength(20);
    expect(many.at(-1)).toBe('line 49');
    const long = await linesOf(Array.from({ length: 20 }, (_, index) => `${index} ${'word '.repeat(200)}`).join('\n'));
    expect(Buffer.byteLength(long.join('\n'))).toBeLessThanOrEqual(4096);
    expect(long.at(-1)).toMatch(/^19 word/);
    expect(await linesOf('\u001b[31mpanic:\u001b[0m nil\n[INFO] bye\n\n')).toEqual(['panic: nil', '[INFO] bye']);
    expect(await linesOf('')).toEqual([]);
  });

  it.each([
    'failed to try resolving symlinks in path "/var/log/pods/shop_api-1_uid/api/3.log": lstat /var/log/pods/shop_api-1_uid/api/3.log: no such file or directory',
    'unable to retrieve container logs for containerd://0123456789abcdef',
  ])('are not the kubelet’s own, said where it kept no file: %s', async (body) => {
    expect(await readCrashLog(server({ kind: 'ok', body }).client, ref, signal)).toEqual({ status: 'absent' });
  });

  it('say when the end may be missing', async () => {
    const log = await readCrashLog(server({ kind: 'ok', body: 'x'.repeat(256 * 1024) }).client, ref, signal);
    expect(log).toMatchObject({ value: { isCut: true } });
  });

  it.each([
    ['a password', 'DB_PASSWORD=hunter2-canary is wrong'],
    ['a connection string', 'cannot connect to postgres://app:canary-pass@db:5432/shop'],
    ['a bearer token', 'Authorization: Bearer canary.abcdefghij'],
    ['JSON', '{"level":"error","token":"canary-token"}'],
    ['a query', 'GET https://blob.example.com/x?sig=canary123&se=2026'],
    ['a random key', `using key Canary1${'aB3'.repeat(12)} for signing`],
    ['a private key over lines', '-----BEGIN RSA PRIVATE KEY-----\ncanary\ncanary\n-----END RSA PRIVATE KEY-----\nbye'],
  ])('never hold %s', async (_what, text) => {
    const lines = await linesOf(text);
    expect(lines.join('\n')).not.toMatch(/canary/i);
    expect(lines.join('\n')).toContain('[masked]');
  });

  it('keep what is no secret: digests, commits, stack traces', async () => {
    const lines = [
      `pulled sha256:${'0a'.repeat(32)}`,
      'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
      'at com.example.shop.orders.OrderServiceImplementation.place(OrderService.java:42)',
      "ModuleNotFoundError: No module named 'bookwyrm'",
    ];
    expect(await linesOf(lines.join('\n'))).toEqual(lines);
  });

  it.each([
    [refused(400, 'previous terminated container "api" in pod "api-1" not found'), { status: 'absent' }],
    [refused(404, 'pods "api-1" not found'), { status: 'absent' }],
    [
      refused(403, 'pods "api-1" is forbidden'),
      { status: 'forbidden', permission: { verb: 'get', apiGroup: '', resource: 'pods/log', namespace: 'shop' } },
    ],
    [refused(500, 'the node does not answer'), { status: 'unreachable' }],
    [
      { kind: 'no-answer', detail: 'connection refused' },
      { status: 'unreachable', detail: 'connection refused' },
    ],
  ] as const)('%j', async (answer, observation) => {
    expect(await readCrashLog(server(answer).client, ref, signal)).toMatchObject(observation);
  });

  it('are absent without a call for a name that no pod can have', async () => {
    const { client, asked } = server({ kind: 'ok', body: '' });
    expect(await readCrashLog(client, { ...ref, pod: '../secrets' }, signal)).toEqual({ status: 'absent' });
    expect(asked).toEqual([]);
  });
});
