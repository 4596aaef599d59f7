/**
 * Registries as people run them: docker-registry 2.8 and distribution 3.1, each with accounts in a file, with a token server, and with
 * TLS by an authority that the node knows or not. Behind each door the same faults: what the verdict must be, and of what else it
 * must never be certain. Everything is deployed at once.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, installBase, rooms } from './support/account.ts';
import { apply, dir, eventually, kubectl, runtime } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import type { Version } from './support/distribution.ts';
import {
  botRegistries,
  CELLS,
  type Cell,
  namespaceOf,
  podNameOf,
  podOf,
  READER,
  STORAGE,
  secretsOf,
  startRegistries,
  VERSIONS,
} from './support/registry-cells.ts';

/** Seconds after the deployment within which every kubelet's word must be there. */
const PATIENCE = 100;
let deployedAt = 0;
let stop: () => Promise<void>;
let kubeconfig: string;
/** What the bot knows: the authority; nothing but the names; the authority, and a login of its own. */
let knowing: Readonly<Record<'usual' | 'blind' | 'reader', NodeJS.ProcessEnv>>;

function configuration(name: string, registries: readonly object[]): NodeJS.ProcessEnv {
  const file = join(dir, `matrix-${name}.yaml`);
  writeFileSync(file, JSON.stringify({ registries }));
  return { PULLCHECK_CONFIG: file, MATRIX_READER: READER };
}

beforeAll(async () => {
  mkdirSync(STORAGE, { recursive: true });
  const started = await startRegistries(STORAGE);
  stop = started.stop;
  const { caFile } = started;
  knowing = {
    usual: configuration('usual', botRegistries({ caFile })),
    blind: configuration('blind', botRegistries({})),
    reader: configuration('reader', botRegistries({ caFile, reader: 'MATRIX_READER' })),
  };
  await installBase();
  kubeconfig = await accountKubeconfig();
  deployedAt = performance.now();
  await rooms([...new Set(VERSIONS.flatMap((version) => CELLS.map((cell) => namespaceOf(version, cell))))]);
  for (const version of VERSIONS) {
    const doors = new Set(CELLS.map(({ door }) => door));
    const secrets = [...doors].flatMap((door) => secretsOf(version, door));
    await apply(...secrets, ...CELLS.map((cell) => podOf(version, cell)));
  }
});
afterAll(async () => {
  await stop?.();
  rmSync(STORAGE, { recursive: true, force: true });
});

/** Waits until the kubelet has said what is wrong (and not only that it limits its own pulls), or the pod runs. */
async function settled(version: Version, cell: Cell): Promise<string> {
  const [where, name] = [namespaceOf(version, cell), podNameOf(cell)];
  const healthy = cell.may.includes('healthy');
  return eventually(
    `${where}/${name} ${healthy ? 'runs' : 'fails'}`,
    async () => {
      if (healthy) {
        const phase = await kubectl('get', 'pod', name, '-n', where, '-o', 'jsonpath={.status.phase}');
        return phase === 'Running' ? name : undefined;
      }
      const about = ['--field-selector', `involvedObject.name=${name}`];
      const lines = '-ojsonpath={range .items[*]}{.message}{"\\n"}{end}';
      const events = await kubectl('get', 'events', '-n', where, ...about, lines);
      return /^Failed to pull image .*(?<!pull QPS exceeded)$/m.test(events) ? name : undefined;
    },
    Math.max(3, PATIENCE - (performance.now() - deployedAt) / 1000),
  );
}

async function read(version: Version, cell: Cell, view: keyof typeof knowing) {
  const name = await settled(version, cell);
  const result = await diagnose(kubeconfig, name, namespaceOf(version, cell), knowing[view]);
  expect(JSON.stringify(result.value) + result.err).not.toContain('canary');
  expect(result.value.calls.kubernetes).toBeLessThanOrEqual(12);
  const certain = result.value.findings.flatMap(({ cause, confidence }) => (confidence === 'certain' ? [cause] : []));
  return { ...result, certain };
}

function cellOf(door: Cell['door'], name: string): Cell {
  const found = CELLS.find((cell) => cell.door === door && cell.name === name);
  if (!found) throw new Error(`no cell ${door} ${name}`);
  return found;
}

describe.each(VERSIONS)(`registry %s on ${runtime}`, (version) => {
  it.each(CELLS)('$door: $name', async (cell) => {
    const { code, value, certain } = await read(version, cell, 'usual');
    const { verdict, lights } = value;
    expect(cell.may).toContain(verdict.cause);
    expect([...cell.may, ...(cell.also ?? [])]).toEqual(expect.arrayContaining(certain));
    const must = typeof cell.certain === 'boolean' ? cell.certain : verdict.confidence === 'certain';
    expect({ ...verdict, certain: verdict.confidence === 'certain' }).toMatchObject({ certain: must });
    if (typeof cell.certain === 'string' && must) expect(verdict.cause).toBe(cell.certain);
    if (cell.says) expect(verdict.summary).toMatch(cell.says);
    if (cell.never) expect(verdict.summary).not.toMatch(cell.never);
    expect(lights).toMatchObject(cell.lights ?? {});
    expect(code).toBe(verdict.cause === 'healthy' ? 0 : 1);
  });

  it('a login of the bot’s own settles what the registry hides', async () => {
    for (const [name, cause] of [
      ['no-login', 'credentials-required'],
      ['no-login-no-repository', 'repository-not-found'],
      ['no-right', 'permission-denied'],
      ['no-right-no-repository', 'repository-not-found'],
    ] as const) {
      const { value } = await read(version, cellOf('token', name), 'reader');
      expect({ name, ...value.verdict }).toMatchObject({ name, cause, confidence: 'certain' });
    }
  });

  it('the bot does not know the authority: its own distrust is never the node’s', async () => {
    const missing = await read(version, cellOf('trusted', 'tag-missing'), 'blind');
    expect(missing.certain).not.toContain('tls-untrusted');
    expect(missing.value.verdict.cause).not.toBe('tls-untrusted');
    const well = await read(version, cellOf('trusted', 'well'), 'blind');
    expect([well.code, well.value.verdict.cause]).toEqual([0, 'healthy']);
  });
});
