/** Clusters as they are configured: which one is meant, where its kubeconfig is, and connections that end with the diagnosis. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/config.ts';
import { parseReference } from '../../src/image/reference.ts';
import { openOutside } from '../../src/wire/outside.ts';

const uncounted = { count: () => undefined };
const deps = { clock: systemClock, register: () => undefined };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pullcheck-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(...contexts: readonly string[]): string {
  const path = join(folder, `${contexts.join('-')}.yaml`);
  const rows = (row: (name: string) => string) => contexts.map(row).join(', ');
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: ${contexts[0] ?? ''}
contexts: [${rows((name) => `{ name: ${name}, context: { cluster: ${name}, user: me, namespace: of-${name} } }`)}]
clusters: [${rows((name) => `{ name: ${name}, cluster: { server: "http://127.0.0.1:1" } }`)}]
users: [{ name: me, user: {} }]
`,
  );
  return path;
}

function configured(file: string, variables: Readonly<Record<string, string>>) {
  return loadConfig({
    variables,
    readFile: (path) => (path === '/kube-path' ? variables['at'] : file) ?? '',
    need: 'cli',
  });
}

describe('several clusters', () => {
  it('are told apart by their configured names, in the kubeconfig that the environment names', async () => {
    const config = configured('clusters: [{ name: eu, context: blue }, { name: us, context: green }]', {
      KUBECONFIG: kubeconfig('green', 'blue'),
    });
    const outside = openOutside(config, {}, deps);
    expect([outside.defaultCluster, outside.namespace]).toEqual(['eu', 'of-blue']);
    expect(outside.readers('us', uncounted).cluster.cluster).toBe('us');
    expect(() => outside.readers('asia', uncounted)).toThrow('No cluster is called "asia".');
    await outside.close();
  });

  it('are all asked at start, and those that do not answer are named', async () => {
    const config = configured('clusters: [{ name: eu, context: blue }, { name: us, context: green }]', {
      KUBECONFIG: kubeconfig('green', 'blue'),
    });
    const outside = openOutside(config, {}, deps);
    const said = await outside.unreachable(AbortSignal.timeout(5_000));
    expect(said).toEqual([expect.stringContaining('cluster eu'), expect.stringContaining('cluster us')]);
    await outside.close();
  });

  it('KUBECONFIG_FILE is a file that holds the path, as for every variable', async () => {
    const config = configured('{}', { KUBECONFIG_FILE: '/kube-path', at: kubeconfig('only') });
    const outside = openOutside(config, {}, deps);
    expect(outside.defaultCluster).toBe('only');
    await outside.close();
  });

  it('the command line wins over the configuration', async () => {
    const config = configured('clusters: [{ name: eu, context: blue }]', { KUBECONFIG: kubeconfig('green', 'blue') });
    const outside = openOutside(config, { context: 'green' }, deps);
    expect(outside.defaultCluster).toBe('green');
    await outside.close();
  });
});

describe('the connections of a diagnosis', () => {
  it('end with it: a worker that runs for months keeps none', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('{"errors":[]}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const open = () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      );
    const { port } = server.address() as AddressInfo;
    const outside = openOutside(configured('{}', { KUBECONFIG: kubeconfig('only') }), {}, deps);
    const parsed = parseReference(`localhost:${port}/team/api:1`);
    if (!parsed.ok) throw new Error('no reference');
    const { registry, close } = outside.readers(undefined, uncounted);
    await registry.manifest(parsed.reference, { kind: 'anonymous' }, AbortSignal.timeout(5_000));
    expect(await open()).toBe(1);
    await close?.();
    for (const limit = AbortSignal.timeout(2_000); (await open()) > 0; await systemClock.sleep(10))
      limit.throwIfAborted();
    expect(await open()).toBe(0);
    await outside.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
