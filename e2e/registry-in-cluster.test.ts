/**
 * The internal registry of a cluster, as the source playbook has it: images name a Service's address, and the registry is a pod that
 * can be missing, crash, or stand behind a policy. Read by the command line as the service account of deploy/.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { apply, deployment, dir, eventually, kubectl, namespace, run, runtime, stuckPod } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import {
  podRegistryHost,
  pushTo,
  runInstead,
  runRegistry,
  scaleRegistry,
  startPodRegistry,
} from './support/registry-pod.ts';

const image = `${podRegistryHost}/cortex-chat-frontend:v1`;
/** Seconds: a pull from an address without a backend ends after several timeouts of 30 s, one after the other. */
const PATIENCE = 300;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

async function runs(where: string, name: string): Promise<void> {
  await eventually(`${where}/${name} runs`, async () => {
    const ready = await kubectl('get', 'deployment', name, '-n', where, '-o', 'jsonpath={.status.readyReplicas}');
    return ready === '1' ? true : undefined;
  });
}

jest.setTimeout(400_000);
beforeAll(async () => {
  await namespace('cortex-chat');
  await startPodRegistry();
  await pushTo('cortex-chat-frontend', 'v1');
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'pullcheck.yaml');
  writeFileSync(config, JSON.stringify({ registries: [{ host: podRegistryHost, plainHttp: true }] }));
  env = { PULLCHECK_CONFIG: config };
  await namespace('apps');
  await grant('read-pull-secrets', 'apps');
});
afterAll(async () => {
  await run('nft', ['delete', 'table', 'inet', 'pullcheck']);
});

describe(`a registry inside the cluster on ${runtime}`, () => {
  it('answers: the image runs, and nobody looks behind the Service', async () => {
    await apply(deployment({ namespace: 'apps', name: 'frontend', image }));
    await runs('apps', 'frontend');

    const { code, value } = await diagnose(kubeconfig, 'deployment/frontend', 'apps', env);

    expect(code).toBe(0);
    expect(value.verdict.cause).toBe('healthy');
    expect(value.gaps).toEqual([]);
  });

  it('an image that was never built is not the registry’s fault', async () => {
    const missing = `${podRegistryHost}/cortex-chat-backend-simple:latest`;
    await apply(deployment({ namespace: 'apps', name: 'backend', image: missing }));
    const pod = await stuckPod('apps', 'backend');

    const { value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(value.verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'certain' });
    expect(value.lights.reachability).toBe('good');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it('scaled to 0: the registry is down, certain, with the Service and what stands behind it', async () => {
    await scaleRegistry(0);
    await apply(deployment({ namespace: 'apps', name: 'cart', image }));
    const pod = await stuckPod('apps', 'cart', PATIENCE);

    const { code, value } = await diagnose(kubeconfig, pod, 'apps', env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'registry-down', confidence: 'certain', alternatives: [] });
    expect(value.verdict.summary).toContain('Service cortex-chat/docker-registry');
    expect(value.verdict.summary).toContain('scaled to 0');
    expect(value.lights.reachability).toBe('bad');
    expect(value.steps.find(({ id }) => id === 'in-cluster')).toMatchObject({
      status: 'failed',
      command: 'kubectl get endpointslices -n cortex-chat -l kubernetes.io/service-name=docker-registry',
    });
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(value.gaps).toEqual([]);
  });

  it('comes back: the stuck pod pulls, and nothing is left to say', async () => {
    await scaleRegistry(1);
    await kubectl('delete', 'pods', '-n', 'apps', '-l', 'app=cart');
    await runs('apps', 'cart');

    const { code, value } = await diagnose(kubeconfig, 'deployment/cart', 'apps', env);

    expect(code).toBe(0);
    expect(value.verdict.cause).toBe('healthy');
  });

  it('crashes again and again: names the pod, its restarts and the log to read', async () => {
    await runInstead(['/pause', 'crash', 'out of memory']);
    try {
      await eventually('the registry has restarted', async () => {
        const path = 'jsonpath={.items[*].status.containerStatuses[0].restartCount}';
        const restarts = await kubectl('get', 'pods', '-n', 'cortex-chat', '-l', 'app=docker-registry', '-o', path);
        return /^[1-9]\d*$/.test(restarts.trim()) ? true : undefined;
      });
      await apply(deployment({ namespace: 'apps', name: 'orders', image }));
      const pod = await stuckPod('apps', 'orders', PATIENCE);

      const { value } = await diagnose(kubeconfig, pod, 'apps', env);

      expect(value.verdict).toMatchObject({ cause: 'registry-down', confidence: 'certain' });
      const down = value.findings.find(({ cause }) => cause === 'registry-down');
      expect(down?.detail).toMatchObject({ workload: 'deployment/docker-registry', podsReady: 0, lastExitCode: 1 });
      expect(down?.detail['restarts']).toBeGreaterThan(0);
      expect(down?.detail['look']).toMatch(/^kubectl logs -n cortex-chat docker-registry-\S+ --previous --tail=50$/);
      expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    } finally {
      await runRegistry();
    }
  });

  it('behind a policy, on the pulling node, where packets are lost: the policy is not blamed, and the registry is not down', async () => {
    await apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace: 'cortex-chat', name: 'registry-clients' },
      spec: {
        podSelector: { matchLabels: { app: 'docker-registry' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5000 }] }],
      },
    });
    // Before kube-proxy sends it on: what a firewall on the node does.
    const drop = [
      'add table inet pullcheck',
      'add chain inet pullcheck out { type filter hook output priority -300; }',
      'add rule inet pullcheck out ip daddr 203.0.113.72 drop',
    ].join('\n');
    expect((await run('nft', ['-f', '-'], { input: drop })).err).toBe('');
    try {
      await apply(deployment({ namespace: 'apps', name: 'search', image }));
      const pod = await stuckPod('apps', 'search', PATIENCE);

      const { value } = await diagnose(kubeconfig, pod, 'apps', env);

      expect(value.verdict.cause).toBe('connection-timeout');
      expect(value.ruledOut.map(({ cause }) => cause)).toEqual(
        expect.arrayContaining(['registry-down', 'network-policy-blocks-registry']),
      );
      expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    } finally {
      await run('nft', ['delete', 'table', 'inet', 'pullcheck']);
    }
  });
});
