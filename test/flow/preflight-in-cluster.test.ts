/** `pullcheck image` for an image of a registry inside the cluster: its Service is looked behind before anything is deployed. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import { makePreflight } from '../../src/flow/preflight.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aRegistryPod, aService, REGISTRY } from '../support/registry-service.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aWorkload } from '../support/snapshots.ts';

const refused: AccessOutcome = { kind: 'network', fault: 'connection-refused', detail: 'ECONNREFUSED' };
const unknown: AccessOutcome = { kind: 'network', fault: 'dns-failure', detail: 'ENOTFOUND' };
const manifest = { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'i', platforms: ['linux/amd64'], manifests: [] };
const port = { name: 'http', port: 5000, nodePort: 30_500 };
const idle = aWorkload({
  name: 'docker-registry',
  namespace: 'cortex-chat',
  selector: 'app=docker-registry',
  replicas: { desired: 0, updated: 0, available: 0 },
});

async function ask(image: string, answer: AccessOutcome, isUp = false) {
  // Pods tell which addresses are nodes'.
  const elsewhere = aRegistryPod({ name: 'other', labels: {}, hostIP: '192.168.1.11' });
  const cluster = fakeCluster(
    aStory({
      pods: [elsewhere, ...(isUp ? [aRegistryPod()] : [])],
      services: [aService({ ports: [port] })],
      workloads: [idle],
    }),
  );
  const registry = fakeRegistry(() => answer);
  const deps = {
    clock: createManualClock(),
    readers: () => ({ cluster, registry }),
    runbooks: [shippedRunbook('preflight')],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  };
  return makePreflight(deps)({ image, namespace: 'staging', signal: new AbortController().signal });
}

describe('a pre-flight for a registry inside the cluster', () => {
  it.each([REGISTRY, '192.168.1.11:30500', 'localhost:30500'])('that is scaled to 0, as %s: down', async (host) => {
    const { verdict } = await ask(`${host}/shop/web:v1`, refused);
    expect(verdict).toMatchObject({ cause: 'registry-down', confidence: 'certain' });
    expect(verdict.summary).toContain('deployment/docker-registry is scaled to 0');
  });

  it('on a port of the bot’s own machine that nobody serves: only possible, and why', async () => {
    const { verdict } = await ask('localhost:5999/shop/web:v1', refused);
    expect(verdict).toMatchObject({ cause: 'connection-refused', confidence: 'possible' });
    expect(verdict.summary).toContain('The bot’s own machine is meant by that name');
  });

  it.each<[string, AccessOutcome]>([
    ['which the bot, a pod itself, reaches', { kind: 'found', manifest }],
    ['which nobody here resolves', unknown],
  ])('by the name of a Service, %s: nodes do not resolve it', async (_how, answer) => {
    const { verdict } = await ask('docker-registry.cortex-chat.svc:5000/shop/web:v1', answer, true);
    expect(verdict).toMatchObject({ cause: 'dns-failure', confidence: 'likely' });
    expect(verdict.summary).toContain('nodes mostly do not');
    expect(verdict.told?.act).toContain('kubectl get service docker-registry -n cortex-chat');
  });
});
