/**
 * What the kubelet, containerd and docker-registry themselves say, read by the command line as the service account of deploy/:
 * the tag that was never pushed, the missing Secret, the wrong password, the registry that is down, the right that is missing.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import {
  apply,
  deployment,
  dir,
  eventually,
  kubectl,
  namespace,
  pullSecret,
  runtime,
  stuckPod,
} from './support/box.ts';
import { diagnose, scope } from './support/cli.ts';
import { type Registry, startRegistry } from './support/registry.ts';

const right = { user: 'bot', password: 'right-canary' };
const wrong = { user: 'bot', password: 'wrong-canary' };
let registry: Registry;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({ name: 'registry.box', address: '198.51.100.20', accounts: [right] });
  await registry.push('mycompany/api-service', 'a1b2c3d-2026-05-24-17-52');
  await registry.push('mycompany/web', 'v1');
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'pullcheck.yaml');
  writeFileSync(config, JSON.stringify({ registries: [{ host: registry.host, plainHttp: true }] }));
  env = { PULLCHECK_CONFIG: config };
});
afterAll(async () => registry?.remove());

describe(`the source runbook's incidents on ${runtime}`, () => {
  it('a tag that was never pushed: names the nearest one, two minutes earlier, same commit', async () => {
    await namespace('staging');
    await grant('read-pull-secrets', 'staging');
    const image = `${registry.host}/mycompany/api-service:a1b2c3d-2026-05-24-17-54`;
    await apply(
      pullSecret({ namespace: 'staging', name: 'regcred' }, registry.host, right),
      deployment({ namespace: 'staging', name: 'api-service', image, pullSecret: 'regcred' }),
    );
    const pod = await stuckPod('staging', 'api-service');

    const { code, value } = await diagnose(kubeconfig, pod, 'staging', env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain', severity: 'P1' });
    expect(value.verdict.summary).toContain('a1b2c3d-2026-05-24-17-52');
    expect(value.lights).toEqual({ reference: 'bad', credentials: 'good', reachability: 'good' });
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(value.calls.registry).toBeLessThanOrEqual(4);
    expect(value.gaps).toEqual([]);
    // Neither a restart nor a new password helps; the tag that was pushed for the same commit does.
    expect(value.remedies.map(({ id }) => id)).toEqual(['set-image']);
  });

  it('resolves a workload by kind, and by the beginning of its pods', async () => {
    const byKind = await diagnose(kubeconfig, 'deployment/api-service', 'staging', env);
    expect(byKind.value.target).toMatchObject({ kind: 'Deployment', name: 'api-service' });
    const byPrefix = await diagnose(kubeconfig, 'api-servi', 'staging', env);
    expect(byPrefix.value.target.workload).toEqual({ kind: 'Deployment', name: 'api-service' });
    expect(byPrefix.value.verdict.cause).toBe('tag-not-found');
  });

  it('the pull secret is named and does not exist', async () => {
    await namespace('orders');
    await grant('read-pull-secrets', 'orders');
    await apply(
      deployment({
        namespace: 'orders',
        name: 'web',
        image: `${registry.host}/mycompany/web:v1`,
        pullSecret: 'no-such-secret',
      }),
    );
    const pod = await stuckPod('orders', 'web');

    const { value } = await diagnose(kubeconfig, pod, 'orders', env);

    expect(value.verdict.cause).toBe('pull-secret-missing');
    expect(value.verdict.summary).toContain('no-such-secret');
    expect(value.lights.credentials).toBe('bad');
  });

  it('a wrong password: rejected, and the image is not blamed', async () => {
    await namespace('payments');
    await grant('read-pull-secrets', 'payments');
    await apply(
      pullSecret({ namespace: 'payments', name: 'regcred' }, registry.host, wrong),
      deployment({
        namespace: 'payments',
        name: 'web',
        image: `${registry.host}/mycompany/web:v1`,
        pullSecret: 'regcred',
      }),
    );
    const pod = await stuckPod('payments', 'web');

    const { value, err } = await diagnose(kubeconfig, pod, 'payments', env);

    expect(value.verdict).toMatchObject({ cause: 'credentials-rejected', confidence: 'certain' });
    expect(value.lights).toMatchObject({ credentials: 'bad', reachability: 'good' });
    expect(JSON.stringify(value) + err).not.toContain('canary');
  });

  it('without the right to read Secrets it works, says so, and prints the rule to add', async () => {
    await namespace('closed');
    await apply(
      pullSecret({ namespace: 'closed', name: 'regcred' }, registry.host, wrong),
      deployment({
        namespace: 'closed',
        name: 'web',
        image: `${registry.host}/mycompany/web:v1`,
        pullSecret: 'regcred',
      }),
    );
    const pod = await stuckPod('closed', 'web');

    const { code, value } = await diagnose(kubeconfig, pod, 'closed', env);

    expect(code).toBe(1);
    expect(value.gaps.join(' ')).toContain('resources: ["secrets"], verbs: ["get"]');
    expect(value.verdict.confidence).not.toBe('certain');
  });

  it('the registry is stopped: connection refused, seen by the node and by the bot', async () => {
    await namespace('reports');
    await grant('read-pull-secrets', 'reports');
    await registry.stop();
    try {
      await apply(
        pullSecret({ namespace: 'reports', name: 'regcred' }, registry.host, right),
        deployment({
          namespace: 'reports',
          name: 'web',
          image: `${registry.host}/mycompany/web:v1`,
          pullSecret: 'regcred',
        }),
      );
      const pod = await stuckPod('reports', 'web');

      const { value } = await diagnose(kubeconfig, pod, 'reports', env);

      expect(value.verdict).toMatchObject({ cause: 'connection-refused', confidence: 'certain' });
      expect(value.lights.reachability).toBe('bad');
    } finally {
      // Gone before the registry is back: it would heal at a moment that nobody chose.
      await kubectl('delete', 'deployment', 'web', '-n', 'reports', '--cascade=foreground', '--timeout=60s');
      await registry.start();
    }
  });

  it('the quick assessment groups everything that is stuck', async () => {
    const { code, value } = await scope(kubeconfig, '-A');
    expect(code).toBe(1);
    // Other suites' pods may be stuck in the same cluster.
    const ours = value.items.filter((item) => item.registry === registry.host).map((item) => item.namespace);
    expect(new Set(ours)).toEqual(new Set(['staging', 'orders', 'payments', 'closed']));
    expect(value.groups).toContainEqual(
      expect.objectContaining({ by: 'registry', value: registry.host, namespaces: 4 }),
    );
  });

  it('a pod that runs is healthy: exit 0', async () => {
    await namespace('fine');
    await grant('read-pull-secrets', 'fine');
    await apply(
      pullSecret({ namespace: 'fine', name: 'regcred' }, registry.host, right),
      deployment({ namespace: 'fine', name: 'web', image: `${registry.host}/mycompany/web:v1`, pullSecret: 'regcred' }),
    );
    await eventually('web runs', async () =>
      (await kubectl('get', 'deployment', 'web', '-n', 'fine', '-o', 'jsonpath={.status.readyReplicas}')) === '1'
        ? true
        : undefined,
    );
    const { code, value } = await diagnose(kubeconfig, 'deployment/web', 'fine', env);
    expect(code).toBe(0);
    expect(value.verdict.cause).toBe('healthy');
  });

  it('without any right at all: could not look, exit 3, with the rules to add', async () => {
    await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'pullcheck' } });
    const nobody = await accountKubeconfig('nobody');
    const pod = await stuckPod('payments', 'web');
    const { code, value } = await diagnose(nobody, pod, 'payments', env);
    expect(code).toBe(3);
    expect(value.verdict.cause).toBe('undetermined');
    expect(value.gaps.join(' ')).toContain('resources: ["pods"], verbs: ["get"]');
  });

  it('an API server that is gone: could not look, exit 3', async () => {
    const gone = join(dir, 'gone.kubeconfig');
    writeFileSync(gone, readFileSync(kubeconfig, 'utf8').replaceAll(':6443', ':6449'));
    const { code, value } = await diagnose(gone, 'web', 'payments', env);
    expect(code).toBe(3);
    expect(JSON.stringify(value)).toContain('6449');
  });

  it('an unknown pod is exit 2 with a sentence', async () => {
    const { code, value } = await diagnose(kubeconfig, 'nothing-here', 'staging', env);
    expect(code).toBe(2);
    expect(value).toMatchObject({ kind: 'Error', code: 'no-such-target' });
  });
});
