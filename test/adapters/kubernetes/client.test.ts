import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ClusterConnection, connectCluster } from '../../../src/adapters/kubernetes/connect.ts';

const signal = new AbortController().signal;
const TOKEN = 'eyJhbGciOiJSUzI1NiIsImtpZCI6InNlY3JldCJ9.secret';
const closers: (() => Promise<unknown>)[] = [];

function kubeconfig(server: string, user: object = { token: TOKEN }): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    'current-context': 'prod',
  });
}

/** An API server that answers what the test says. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { url: string; port: number | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', port: request.socket.remotePort });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, seen };
}

function connect(server: string, user?: object, timeoutMs?: number): ClusterConnection {
  const connection = connectCluster({ kubeconfigText: kubeconfig(server, user) }, timeoutMs);
  closers.unshift(async () => connection.close());
  return connection;
}
function readerOf(connection: ClusterConnection, calls: string[] = []) {
  return connection.reader({ count: (_system, what) => calls.push(what) });
}
function json(body: unknown, code = 200) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('the client of an API server', () => {
  it('keeps its connections for the calls that follow', async () => {
    const { url, seen } = await serve(json({ items: null }));
    const reader = readerOf(connect(url));
    await reader.pods({}, signal);
    await reader.pods({ namespace: 'shop' }, signal);
    await reader.pods({ namespace: 'web', selector: 'app=a,tier in (x,y)' }, signal);
    for (let call = 0; call < 9; call += 1) await reader.pods({}, signal);
    // A second one may open while the first is still being handed back.
    expect(new Set(seen.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
    expect(seen.slice(0, 3).map(({ url }) => url)).toEqual([
      '/api/v1/pods?limit=500',
      '/api/v1/namespaces/shop/pods?limit=500',
      '/api/v1/namespaces/web/pods?limit=500&labelSelector=app%3Da%2Ctier+in+%28x%2Cy%29',
    ]);
  });

  it('reads ten thousand pods page by page, and survives nulls and words it does not know', async () => {
    const pod = (index: number) => ({
      metadata: { name: `p${index}`, namespace: 'shop', labels: null, creationTimestamp: null, ownerReferences: null },
      spec: {
        containers: [{ name: 'app', image: 'a:1', imagePullPolicy: 'Sometimes' }],
        imagePullSecrets: [{}, { name: '' }],
      },
      status:
        index % 2
          ? null
          : {
              phase: null,
              containerStatuses: [{ name: 'app', state: { waiting: { reason: 'NewReason', message: null } } }],
            },
    });
    const { url, seen } = await serve((request, response) => {
      const start = Number(new URL(request.url ?? '', 'http://x').searchParams.get('continue') ?? 0);
      const items = Array.from({ length: 500 }, (_, index) => pod(start + index));
      json({ items, metadata: { continue: start + 500 < 10_000 ? String(start + 500) : '' } })(request, response);
    });
    const list = await readerOf(connect(url)).pods({}, signal);
    if (list.status !== 'observed') throw new Error(JSON.stringify(list));
    expect(list.value.pods).toHaveLength(10_000);
    expect(list.value.truncated).toBe(false);
    expect(seen).toHaveLength(20);
    expect(list.value.pods[0]).toEqual({
      uid: '',
      name: 'p0',
      namespace: 'shop',
      resourceVersion: '',
      labels: {},
      phase: 'Unknown',
      serviceAccount: 'default',
      imagePullSecrets: [],
      containers: [
        {
          name: 'app',
          role: 'main',
          image: 'a:1',
          pullPolicy: 'unknown',
          state: 'waiting',
          ready: false,
          restartCount: 0,
          waitingReason: 'NewReason',
        },
      ],
      unmet: [],
    });
  });

  it('reads where a pod may land, and what a node says of itself', async () => {
    const spec = {
      nodeSelector: { pool: 'a' },
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'gpu' },
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }] },
            ],
          },
        },
      },
    };
    const { url } = await serve(json({ items: [{ metadata: { name: 'p' }, spec: { ...spec, containers: [] } }] }));
    const list = await readerOf(connect(url)).pods({}, signal);
    expect(list).toMatchObject({
      value: {
        pods: [
          {
            placement: {
              nodeSelector: { pool: 'a' },
              terms: [{ labels: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }], fields: [] }],
              tolerations: [{ key: 'gpu', operator: 'Equal', value: '', effect: '' }],
            },
          },
        ],
      },
    });
    const taints = [{ key: 'os', value: 'windows', effect: 'NoSchedule' }];
    const nodeInfo = { operatingSystem: 'windows', architecture: 'amd64', kernelVersion: '10.0.20348.2227' };
    const item = { metadata: { name: 'win-1', labels: { pool: 'w' } }, spec: { taints }, status: { nodeInfo } };
    const nodes = await serve(json({ items: [item, { metadata: { name: 'bare' } }] }));
    expect(await readerOf(connect(nodes.url)).nodes(signal)).toMatchObject({
      value: {
        nodes: [
          { osVersion: '10.0.20348.2227', labels: { pool: 'w' }, taints },
          { name: 'bare', labels: {}, taints: [] },
        ],
      },
    });
  });

  it('stops at its cap, and calls a list whose later pages expired a prefix', async () => {
    const item = { metadata: { name: 'p' } };
    const items = Array.from({ length: 5000 }, () => item);
    const endless = await serve(json({ items, metadata: { continue: 'more' } }));
    const long = await readerOf(connect(endless.url)).pods({}, signal);
    expect(long).toMatchObject({ value: { truncated: true } });
    expect(long.status === 'observed' && long.value.pods).toHaveLength(20_000);
    expect(endless.seen).toHaveLength(4);
    const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    const expired = await serve((request, response) => {
      const again = request.url?.includes('continue');
      json(again ? gone : { items: [item], metadata: { continue: 'x' } }, again ? 410 : 200)(request, response);
    });
    const prefix = await readerOf(connect(expired.url)).pods({}, signal);
    expect(prefix).toMatchObject({ value: { truncated: true, pods: [{ name: 'p' }] } });
  });

  it('never takes a failure for an absence', async () => {
    const answers: [number, unknown, string][] = [
      [
        401,
        { kind: 'Status', code: 401, reason: 'Unauthorized' },
        "does not accept the kubeconfig's credential (401): log in again",
      ],
      [404, { hello: 'world' }, 'answered 404 without a Kubernetes Status'],
      [
        403,
        { kind: 'Status', message: 'pods is forbidden: User "system:anonymous" cannot get resource' },
        'holds no credential',
      ],
      [
        500,
        { kind: 'Status', reason: 'InternalError', message: 'etcd is slow' },
        'answered 500 InternalError: etcd is slow',
      ],
      [200, { metadata: {} }, 'pods cannot be understood: metadata.name'],
    ];
    for (const [code, body, detail] of answers) {
      const { url, seen } = await serve(json(body, code));
      const pod = await readerOf(connect(url)).pod('shop', 'api-1', signal);
      expect(pod).toEqual({ status: 'unreachable', detail: expect.stringContaining(detail) });
      expect(JSON.stringify(pod)).not.toContain(TOKEN);
      expect(seen).toHaveLength(1);
    }
    const portal = await serve((_request, response) => response.end('<html>log in</html>'));
    const page = await readerOf(connect(portal.url)).pod('shop', 'api-1', signal);
    expect(page).toMatchObject({ detail: expect.stringContaining('not as a Kubernetes API server does') });
  });

  it('says who did not answer', async () => {
    const mute = await serve(() => undefined);
    expect(await readerOf(connect(mute.url, undefined, 50)).pod('shop', 'api-1', signal)).toEqual({
      status: 'unreachable',
      detail: `API server ${mute.url}: no answer within 0.05 s`,
    });
    const closed = await readerOf(connect('http://127.0.0.1:1')).node('n1', signal);
    expect(closed).toEqual({ status: 'unreachable', detail: 'API server http://127.0.0.1:1: connection refused' });
    const write = await connect(mute.url, undefined, 50).writer.deleteSecret('shop', 'regcred', 'apply', signal);
    expect(write).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('whether it was changed is not known'),
    });
  });

  it('stops waiting when told to', async () => {
    const mute = await serve(() => undefined);
    const stop = new AbortController();
    const waiting = readerOf(connect(mute.url)).pod('shop', 'api-1', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('runs a credential plugin once for calls at the same time, and never repeats what it printed', async () => {
    const { url } = await serve((request, response) => {
      json({ items: [{ metadata: { name: String(request.headers.authorization === 'Bearer from-plugin') } }] })(
        request,
        response,
      );
    });
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-plugin' },
    };
    const plugin = (text: string) => ({
      exec: {
        apiVersion: credential.apiVersion,
        command: process.execPath,
        args: ['-e', `process.stdout.write(${JSON.stringify(text)})`],
      },
    });
    const reader = readerOf(connect(url, plugin(JSON.stringify(credential))));
    const [one, two] = await Promise.all([reader.pods({}, signal), reader.pods({ namespace: 'shop' }, signal)]);
    expect([one, two]).toMatchObject([
      { value: { pods: [{ name: 'true' }] } },
      { value: { pods: [{ name: 'true' }] } },
    ]);
    const broken = await readerOf(connect(url, plugin('k8s-aws-v1.secret'))).pods({}, signal);
    expect(broken).toEqual({
      status: 'unreachable',
      detail: "the kubeconfig's credential cannot be used: the credential plugin did not print JSON",
    });
  });

  it('keeps quotas and admission apart from missing rights', async () => {
    const quota = { kind: 'Status', reason: 'Forbidden', message: 'secrets "regcred" is forbidden: exceeded quota: q' };
    const { url } = await serve(json(quota, 403));
    const secret = { namespace: 'shop', name: 'regcred', type: 'Opaque', data: {} };
    expect(await connect(url).writer.createSecret(secret, 'apply', signal)).toEqual({
      kind: 'failed',
      reason: 'secret/regcred: secrets "regcred" is forbidden: exceeded quota: q',
    });
  });
});

describe('the kubeconfig', () => {
  it('names contexts that do exist', () => {
    const text = kubeconfig('https://api.example');
    expect(connectCluster({ kubeconfigText: text })).toMatchObject({ name: 'prod', namespace: 'shop' });
    expect(connectCluster({ kubeconfigText: text, name: 'live' }).name).toBe('live');
    expect(() => connectCluster({ kubeconfigText: text, context: 'prd' })).toThrow(
      'the kubeconfig has no context "prd"; it holds: prod',
    );
    expect(() => connectCluster({ kubeconfig: '/does/not/exist' })).toThrow(
      'kubeconfig /does/not/exist does not exist',
    );
    expect(() => connectCluster({ kubeconfigText: 'token: secret: x' })).toThrow(/^kubeconfig cannot be read$/);
    expect(() => connectCluster({ kubeconfigText: '{}' })).toThrow('names no current context');
  });
});
