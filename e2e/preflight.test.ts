/** Before anything is deployed: would this image pull, with whose credentials; and what was seen, told again from a file. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../src/diagnosis/diagnosis.ts';
import type { CredentialsView } from '../src/image/credentials-view.ts';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { apply, deployment, dir, kubectl, namespace, pullSecret, runtime, stuckPod } from './support/box.ts';
import { pullcheck } from './support/cli.ts';
import { type Registry, startRegistry } from './support/registry.ts';

const right = { user: 'bot', password: 'right-canary' };
const wrong = { user: 'bot', password: 'wrong-canary' };
let registry: Registry;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({ name: 'preflight.box', address: '198.51.100.27', accounts: [right] });
  await registry.push('shop/web', 'v1');
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'preflight.yaml');
  writeFileSync(config, JSON.stringify({ registries: [{ host: registry.host, plainHttp: true }] }));
  env = { PULLCHECK_CONFIG: config };
  await namespace('shop');
  await grant('read-pull-secrets', 'shop');
  await apply(
    pullSecret({ namespace: 'shop', name: 'good' }, registry.host, right),
    pullSecret({ namespace: 'shop', name: 'bad' }, registry.host, wrong),
    { ...account('builder'), imagePullSecrets: [{ name: 'good' }, { name: 'gone' }] },
    { ...account('stale'), imagePullSecrets: [{ name: 'bad' }] },
  );
});
afterAll(async () => registry?.remove());

function account(name: string) {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } };
}

async function image(tag: string, ...more: string[]) {
  return pullcheck<Diagnosis>(kubeconfig, ['image', `${registry.host}/shop/web:${tag}`, '-n', 'shop', ...more], env);
}

describe(`pullcheck image on ${runtime}`, () => {
  it('would pull with the account that has the Secret, and reads no pod', async () => {
    const { code, value } = await image('v1', '--service-account', 'builder');
    expect(value.verdict).toMatchObject({ cause: 'healthy', confidence: 'likely', severity: 'none' });
    expect(code).toBe(0);
    expect(value).toMatchObject({ kind: 'Preflight', target: { kind: 'Image', namespace: 'shop' }, gaps: [] });
    expect(value.lights).toEqual({ reference: 'good', credentials: 'good', reachability: 'good' });
    expect(value.calls.kubernetes).toBeLessThanOrEqual(4);
  });

  it('would not pull with an account without one, nor with one whose password is wrong', async () => {
    const without = await image('v1');
    expect([without.code, without.value.verdict.cause]).toEqual([1, 'credentials-required']);
    const stale = await image('v1', '--service-account', 'stale');
    expect([stale.code, stale.value.verdict.cause]).toEqual([1, 'credentials-rejected']);
    expect(stale.value.findings[0]).toMatchObject({ pod: '', image: `${registry.host}/shop/web:v1` });
  });

  it('names the tag that is missing, and the reference that is none', async () => {
    const missing = await image('v2', '--service-account', 'builder');
    expect([missing.code, missing.value.verdict]).toMatchObject([1, { cause: 'tag-not-found', confidence: 'certain' }]);
    const broken = await image('v 2', '--service-account', 'builder');
    expect([broken.code, broken.value.verdict.cause]).toEqual([1, 'invalid-reference']);
  });

  it('says when there is no such account, and when it may not look', async () => {
    const nobody = await pullcheck<{ code: string }>(
      kubeconfig,
      ['image', 'nginx', '-n', 'shop', '--service-account', 'x'],
      env,
    );
    expect([nobody.code, nobody.value.code]).toEqual([2, 'no-such-target']);
    await namespace('closed');
    await apply(pullSecret({ namespace: 'closed', name: 'good' }, registry.host, right));
    await kubectl('patch', 'serviceaccount', 'default', '-n', 'closed', '-p', '{"imagePullSecrets":[{"name":"good"}]}');
    const blind = await pullcheck<Diagnosis>(
      kubeconfig,
      ['image', `${registry.host}/shop/web:v1`, '-n', 'closed'],
      env,
    );
    expect([blind.code, blind.value.verdict.cause]).toEqual([3, 'undetermined']);
    expect(blind.value.gaps.join()).toContain('resources: ["secrets"], verbs: ["get"]');
  });

  it('shows whose credentials would be tried', async () => {
    const { code, value } = await pullcheck<CredentialsView>(
      kubeconfig,
      ['credentials', `${registry.host}/shop/web:v1`, '-n', 'shop', '--service-account', 'builder'],
      env,
    );
    expect(code).toBe(0);
    expect(value.tried).toMatchObject([{ secret: 'good', username: 'bot' }]);
    expect(value.ignored).toMatchObject([{ secret: 'gone', entry: null }]);
    expect(JSON.stringify(value)).not.toContain('canary');
  });
});

describe(`case files on ${runtime}`, () => {
  it.each(['pod', 'image'])('of %s give the same verdict without a cluster, and hold no password', async (verb) => {
    const file = join(dir, `${verb}.case.json`);
    let name = `${registry.host}/shop/web:v1`;
    if (verb === 'pod') {
      await apply(deployment({ namespace: 'shop', name: 'web', image: name, pullSecret: 'bad' }));
      name = await stuckPod('shop', 'web');
    }
    const args = verb === 'pod' ? [] : ['--service-account', 'stale'];
    const seen = await pullcheck<Diagnosis>(kubeconfig, [verb, name, '-n', 'shop', '--save-case', file, ...args], env);
    expect(seen.value.verdict.cause).toBe('credentials-rejected');
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('canary');
    expect(text).not.toContain(Buffer.from('bot:wrong-canary').toString('base64'));
    const again = await pullcheck<Diagnosis>('/nonexistent', ['replay', file]);
    rmSync(file);
    expect(again.code).toBe(1);
    const nameless = JSON.parse(
      JSON.stringify(seen.value)
        .replaceAll('bot (', 'user-1 (')
        .replaceAll(/"bot"|--username bot/g, (found) => found.replace('bot', 'user-1')),
    );
    const { verdict, findings, lights, ruledOut, remedies, startedAt } = nameless;
    expect(again.value).toMatchObject({ verdict, findings, lights, ruledOut, remedies, startedAt, durationMs: 0 });
  });
});
