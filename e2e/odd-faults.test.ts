/**
 * Faults that no runbook tells of: images that are odd in themselves, Secrets that look right, several faults at once. The verdict
 * names the one cause (or one of two), says what is wrong, where and what to do, and calls nothing else certain.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, installBase, rooms } from './support/account.ts';
import { addressFor, allowPlainHttp, apply, dir, eventually, kubectl, mirrorFirst, runtime } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { startCraftedRegistry } from './support/crafted-registry.ts';
import { CRAFTED, keeper, MIRRORED, type OddFault, STORE } from './support/odd-fault.ts';
import { ODD_FAULTS } from './support/odd-faults.ts';
import { type Registry, startRegistry } from './support/registry.ts';

/** Seconds after the deployment within which kubelet and controllers must have spoken. */
const PATIENCE = 150;
const roomOf = (fault: OddFault): string => `odd-${ODD_FAULTS.indexOf(fault)}`;
let store: Registry;
let mirrored: Registry;
let closeCrafted: () => void;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;
let deployedAt = 0;

beforeAll(async () => {
  store = await startRegistry({ name: 'store.box', address: '198.51.100.32', accounts: [keeper] });
  await store.push('shop/web', 'v1');
  mirrored = await startRegistry({ name: 'mirrored.box', address: '198.51.100.34', accounts: [keeper] });
  await mirrored.push('shop/web', 'v1');
  mirrorFirst(MIRRORED, 'http://198.51.100.34:5999');
  await addressFor('crafted.box', '198.51.100.33');
  allowPlainHttp(CRAFTED);
  for (const host of ['store.box:5001', 'localhost:5999']) allowPlainHttp(host);
  closeCrafted = await startCraftedRegistry('198.51.100.33');
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'odd-faults.yaml');
  const plain = [STORE, MIRRORED, CRAFTED, 'store.box:5001', 'localhost:5999'];
  writeFileSync(config, JSON.stringify({ registries: plain.map((host) => ({ host, plainHttp: true })) }));
  env = { PULLCHECK_CONFIG: config };
  await rooms(ODD_FAULTS.map(roomOf));
  await apply(...ODD_FAULTS.flatMap((fault) => fault.objects(roomOf(fault))));
  deployedAt = performance.now();
});
afterAll(async () => {
  closeCrafted?.();
  await store?.remove();
  await mirrored?.remove();
});

/** Everything that cluster and node say about a namespace, one thing a line. */
async function wordsOf(where: string): Promise<string> {
  const states = '{range .status.containerStatuses[*]}{.state.waiting.reason}{"\\n"}{end}';
  const pods = `-ojsonpath={range .items[*]}phase={.status.phase}{"\\n"}${states}{end}`;
  const events = '-ojsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}';
  const [seen, said] = await Promise.all([
    kubectl('get', 'pods', '-n', where, pods),
    kubectl('get', 'events', '-n', where, events),
  ]);
  return seen + said;
}

describe(`faults that nobody plans for on ${runtime}`, () => {
  it.each(ODD_FAULTS)('$name', async (fault) => {
    const where = roomOf(fault);
    const left = Math.max(3, PATIENCE - (performance.now() - deployedAt) / 1000);
    const words = await eventually(
      `${where}: ${fault.until.source}`,
      async () => {
        const told = await wordsOf(where);
        if (fault.until.test(told)) return told;
        throw new Error(`last seen: ${told.slice(-1000)}`);
      },
      left,
    );

    const { code, value } = await diagnose(kubeconfig, fault.target ?? 'web', where, env);

    const { cause, confidence, summary } = value.verdict;
    expect({ summary, cause, known: fault.may.includes(cause), words }).toMatchObject({ known: true });
    if (fault.certain !== undefined) {
      expect({ summary, certain: confidence === 'certain' }).toMatchObject({ certain: fault.certain });
    }
    const boasts = value.findings.filter((one) => one.confidence === 'certain' && !fault.may.includes(one.cause));
    expect(boasts).toEqual([]);
    for (const found of fault.finds ?? []) expect(value.findings).toContainEqual(expect.objectContaining(found));
    expect({ summary, left: fault.says.filter((said) => !summary.includes(said)) }).toEqual({ summary, left: [] });
    expect(summary).not.toMatch(fault.never);
    expect(code).toBe(cause === 'healthy' ? 0 : 1);
    expect(JSON.stringify(value)).not.toContain('canary');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });
});
