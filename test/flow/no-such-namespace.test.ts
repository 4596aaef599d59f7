/** A mistyped namespace: each question says that it is the namespace, and what it may have been. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { absent, forbidden } from '../../src/evidence/observation.ts';
import { makeCredentials } from '../../src/flow/credentials.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { makePreflight } from '../../src/flow/preflight.ts';
import { makeScope } from '../../src/flow/scope.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { IMAGE } from '../support/snapshots.ts';

const { signal } = new AbortController();
const nobodyMay: Instead = {
  namespaces: async () => forbidden({ verb: 'list', apiGroup: '', resource: 'namespaces' }),
};
const nothingThere: Partial<ClusterStory> = { serviceAccounts: [] };

function world(over: Partial<ClusterStory> = nothingThere, instead: Instead = {}, hidesNamespaces = false) {
  const names = ['default', 'kube-system', 'payments', 'staging', 'staging-eu'];
  const cluster = fakeCluster(aStory({ namespaces: names, ...over }), instead);
  const deps = {
    clock: createManualClock(),
    readers: () => ({ cluster, registry: fakeRegistry() }),
    runbooks: [shippedRunbook('image-pull'), shippedRunbook('preflight')],
    checks: CHECKS,
    remedies: [],
    credentialHosts: [],
    hidesNamespaces,
  };
  const at = (namespace: string) => ({
    pod: async () => makeDiagnose(deps)({ request: { name: 'api', namespace }, signal }),
    workload: async () => makeDiagnose(deps)({ request: { kind: 'Deployment', name: 'api', namespace }, signal }),
    scope: async () => makeScope(deps)({ namespace, signal }),
    image: async () => makePreflight(deps)({ image: IMAGE, namespace, signal }),
    credentials: async () => makeCredentials(deps)({ image: IMAGE, namespace, signal }),
  });
  return { at, cluster };
}
const VERBS = ['pod', 'workload', 'scope', 'image', 'credentials'] as const;

describe('a namespace that does not exist', () => {
  it.each(VERBS)('is named, with those spelt alike, by: %s', async (verb) => {
    await expect(world().at('stagin')[verb]()).rejects.toMatchObject({
      code: 'no-such-target',
      message: 'there is no namespace "stagin" in cluster test',
      hint: 'did you mean staging or staging-eu?',
    });
  });

  it('names what begins or holds the word, and says where to look when nothing does', async () => {
    const hint = async (namespace: string) =>
      world()
        .at(namespace)
        .pod()
        .catch((error: { readonly hint: string }) => error.hint);
    expect(await hint('staging-us')).toBe('did you mean staging-eu or staging?');
    expect(await hint('pay')).toBe('did you mean payments?');
    expect(await hint('nowhere')).toBe('see what there is with: kubectl get namespaces');
  });

  it('tells no other names where reading is limited to some namespaces', async () => {
    await expect(world(nothingThere, {}, true).at('stagin').pod()).rejects.toMatchObject({
      message: 'there is no namespace "stagin" in cluster test',
      hint: 'see what there is with: kubectl get namespaces',
    });
  });

  it('stays a doubt where namespaces may not be listed', async () => {
    const { at } = world(nothingThere, { ...nobodyMay, workload: async () => absent });
    await expect(at('stagin').pod()).rejects.toMatchObject({
      message: 'there is no pod or workload "api" in namespace stagin',
      hint: expect.stringContaining('namespace stagin has no service account "default"; does it exist?'),
    });
    expect(await at('stagin').scope()).toMatchObject({ gaps: [expect.stringContaining('does it exist?')] });
  });
});

describe('a namespace that does exist', () => {
  it('is not to blame for a name that nothing has', async () => {
    await expect(world().at('payments').pod()).rejects.toMatchObject({
      message: 'there is no pod or workload "api" in namespace payments',
      hint: expect.stringMatching(
        /^tried as the name or the beginning of a pod, and as Deployment, StatefulSet, DaemonSet, CronJob and Job; look with: kubectl get pods -n payments;/,
      ),
    });
    expect(await world().at('payments').scope()).toMatchObject({ total: { pods: 0 }, gaps: [] });
  });

  it('is not asked about where something was found', async () => {
    const { at, cluster } = world({});
    await at('staging').pod();
    expect(cluster.calls).not.toContain('namespaces');
  });
});

it('claims no workload missing that it was not allowed to look for', async () => {
  const right = { verb: 'get', apiGroup: 'apps', resource: 'deployments', namespace: 'payments' };
  const { at } = world({}, { workload: async () => forbidden(right) });
  await expect(at('payments').pod()).rejects.toMatchObject({
    code: 'no-such-target',
    message: 'there is no pod "api" in namespace payments, and whether a workload is called so could not be seen',
    hint: expect.stringContaining('add to a Role in namespace payments: - { apiGroups: ["apps"]'),
  });
});
