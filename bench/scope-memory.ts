/**
 * Peak memory of `pullcheck scope -A` by the number of pods, 2,000 to 20,000, where the listing stops and says so. A server on loopback prints the pages that an API server
 * prints (Table of meta.k8s.io/v1, with the metadata of each row); all pods run, so that nothing but the pages is measured.
 * Run: `npm run bench -- scope-memory`. Asserts nothing, stops by itself.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from './support/measured.ts';

const SIZES = [2_000, 10_000, 20_000];
const ROUNDS = 3;
const RUN_LIMIT_MS = 120_000;
const COLUMNS = ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node', 'Nominated Node', 'Readiness Gates'];

let pods = 0;
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const from = Number(searchParams.get('continue') ?? 0);
  const to = Math.min(pods, from + Number(searchParams.get('limit') ?? pods));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(page(from, to)));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const folder = mkdtempSync(join(tmpdir(), 'scope-memory-'));
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'pages', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'pages', context: { cluster: 'pages', user: 'bench' } }],
    'current-context': 'pages',
  }),
);
const entry = existsSync('dist/cli.js') ? 'dist/cli.js' : 'src/cli.ts';
try {
  for (pods of SIZES) {
    const peaks: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const args = [entry, 'scope', '--kubeconfig', kubeconfig, '-A', '-o', 'json'];
      const { code, peakMiB } = await measure(process.execPath, args, { PATH: process.env['PATH'] }, RUN_LIMIT_MS);
      if (code !== 0) throw new Error(`${entry} ended with ${code}`);
      if (peakMiB !== undefined) peaks.push(peakMiB);
    }
    console.log(
      `${String(pods).padStart(6)} pods: peak ${peaks.length === 0 ? 'unknown' : Math.max(...peaks)} MiB (${entry})`,
    );
  }
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

function page(from: number, to: number): object {
  const rows = Array.from({ length: to - from }, (_, at) => row(from + at));
  const rest = to < pods ? { continue: String(to), remainingItemCount: pods - to } : {};
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '1', ...rest },
    columnDefinitions: COLUMNS.map((name) => ({ name, type: 'string', format: '', description: '', priority: 0 })),
    rows,
  };
}

/** About what a pod of a Deployment has: one to two kilobytes. */
function row(at: number): object {
  const name = `api-${at}-7d9f8c6b5d-abcde`;
  const metadata = {
    name,
    namespace: `team-${at % 100}`,
    uid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    resourceVersion: String(at),
    creationTimestamp: '2026-11-20T00:00:00Z',
    labels: { app: `api-${at}`, 'pod-template-hash': '7d9f8c6b5d', note: 'x'.repeat(60) },
    annotations: { note: 'x'.repeat(120) },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `api-${at}-7d9f8c6b5d`, uid: String(at), controller: true },
    ],
    managedFields: [{ manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': 'x'.repeat(240) } }],
  };
  const cells = [name, '1/1', 'Running', '0', '3d', '10.0.0.7', `node-${at % 50}`, '<none>', '<none>'];
  return { cells, object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}
