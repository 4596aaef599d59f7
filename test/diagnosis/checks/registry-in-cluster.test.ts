/** registry-in-cluster: the Service behind an image's host, what is behind the Service, and the policies before it. */
import { describe, expect, it } from '@jest/globals';
import { registryInCluster } from '../../../src/diagnosis/checks/registry-in-cluster.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import {
  absent,
  forbidden,
  notCollected,
  type Observation,
  observed,
  unreachable,
} from '../../../src/evidence/observation.ts';
import type { RegistryService } from '../../../src/evidence/registry-service.ts';
import type { Axis } from '../../../src/evidence/scope.ts';
import { parseReference } from '../../../src/image/reference.ts';
import {
  anEndpoint,
  anOomKilledPod,
  aPolicy,
  aRegistryPod,
  aService,
  backed,
  REGISTRY,
} from '../../support/registry-service.ts';
import { aNode } from '../../support/snapshots.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  evidence,
  failure,
  firstFinding,
  found,
  refusedConnection,
  runCheck,
  verdictOf,
} from '../support.ts';

const puller = { ...aPod, node: 'node-1', hostIP: '192.168.1.11' };
const timedOut = observed(failure('connection-timeout'));
const noWay = access(attempt(anyone, { kind: 'network', fault: 'connection-timeout', detail: 'i/o timeout' }));

function story(registryService: Observation<RegistryService>, spoiled: Partial<Evidence> = {}): Evidence {
  return evidence({
    reference: observed(parseReference(`${REGISTRY}/web:latest`)),
    pod: observed(puller),
    pullFailure: observed(failure('connection-refused')),
    registryAccess: access(attempt(anyone, refusedConnection)),
    registryService,
    ...spoiled,
  });
}
const check = (given: Evidence) => runCheck('registry-in-cluster', given);
const noEndpoint = observed([anEndpoint({ ready: false })]);

describe('the registry is down', () => {
  const killed = backed({
    endpoints: noEndpoint,
    pods: observed([anOomKilledPod()]),
    node: observed(aNode({ name: 'node-2', pressure: ['DiskPressure'] })),
  });

  it('its pod was killed for its memory: certain, with workload, restarts, node pressure and where to look', () => {
    const result = check(story(observed(killed)));
    expect(firstFinding(result)).toBe('registry-down certain');
    expect(result.note).toBe(
      'The registry 10.43.170.72:5000 is Service cortex-chat/docker-registry in this cluster, and 0 of 1 pod of deployment/docker-registry are ready; docker-registry-6c8f-abcde waits (CrashLoopBackOff), 4 restarts, last ended OOMKilled (exit code 137); its node node-2 reports DiskPressure.',
    );
    expect(result.verdict === 'fail' && result.findings[0].detail).toMatchObject({
      workload: 'deployment/docker-registry',
      pods: 1,
      podsReady: 0,
      endpointsReady: 0,
      restarts: 4,
      lastTermination: 'OOMKilled',
      nodePressure: ['DiskPressure'],
      look: 'kubectl logs -n cortex-chat docker-registry-6c8f-abcde --previous --tail=50',
    });
  });

  it('is the verdict: how the connection failed is only its symptom', () => {
    expect(verdictOf(story(observed(killed)))).toMatchObject({
      cause: 'registry-down',
      confidence: 'certain',
      alternatives: [],
    });
  });

  it('scaled to 0: says which labels nobody has, and how to find the workload', () => {
    const result = check(story(observed(backed({ endpoints: observed([]), pods: observed([]) }))));
    expect(firstFinding(result)).toBe('registry-down certain');
    expect(result.note).toContain('no pod has its labels (app=docker-registry): scaled to 0, or never there');
    expect(result.verdict === 'fail' && result.findings[0].detail['look']).toBe(
      'kubectl get deployments,statefulsets,daemonsets,pods -n cortex-chat -l app=docker-registry',
    );
  });

  it('a selector that fits no pod: names the one that is ready beside it, and what it has instead', () => {
    const stray = aRegistryPod({ labels: { app: 'registry' } });
    const result = check(story(observed(backed({ endpoints: observed([]), pods: observed([]), strays: [stray] }))));
    expect(firstFinding(result)).toBe('registry-down certain');
    expect(result.note).toContain(`while ${stray.name} is ready beside it with app=registry`);
  });

  it('evicted because its volume is full: in the kubelet’s own words', () => {
    const message = 'Usage of EmptyDir volume "data" exceeds the limit "8Mi". ';
    const unmet = [{ type: 'Ended', reason: 'Evicted', message }];
    const [container] = anOomKilledPod().containers;
    const containers = container === undefined ? [] : [{ ...container, state: 'unknown' as const }];
    const pods = observed([aRegistryPod({ phase: 'Failed', unmet, containers })]);
    const result = check(story(observed(backed({ endpoints: noEndpoint, pods }))));
    expect(result.note).toContain('has failed (Evicted: Usage of EmptyDir volume "data" exceeds the limit');
  });

  it('only likely while the endpoints could not be read, and not at all when the pods are ready or unknown', () => {
    const endpoints = forbidden({
      verb: 'list',
      apiGroup: 'discovery.k8s.io',
      resource: 'endpointslices',
      namespace: 'cortex-chat',
    });
    expect(firstFinding(check(story(observed(backed({ endpoints, pods: observed([anOomKilledPod()]) })))))).toBe(
      'registry-down likely',
    );
    const blind = check(story(observed(backed({ endpoints }))));
    expect(blind).toMatchObject({
      verdict: 'inconclusive',
      note: expect.stringContaining('resources: ["endpointslices"], verbs: ["list"]'),
    });
    const nothing = check(story(observed(backed({ endpoints, pods: unreachable('gone') }))));
    expect(nothing.verdict).toBe('inconclusive');
  });

  it('not where it answered the bot a moment ago', () => {
    const result = check(story(observed(killed), { registryAccess: access(attempt(anyone, found)) }));
    expect(result).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('Yet it answered the bot') });
  });

  it('not certain against a message that speaks of the tag', () => {
    const { cause, confidence } = verdictOf(
      story(observed(killed), { pullFailure: observed(failure('image-not-found')) }),
    );
    expect([cause, confidence]).not.toEqual(['registry-down', 'certain']);
  });

  it('likely, when the host names a Service that does not exist', () => {
    const host = 'docker-registry.cortex-chat.svc:5000';
    const none: RegistryService = { kind: 'none', host, lookalikes: [aService({ name: 'registry-v2' })] };
    const result = check(story(observed(none), { reference: observed(parseReference(`${host}/web:latest`)) }));
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain('on that port there is cortex-chat/registry-v2 (10.43.170.72)');
  });
});

describe('the registry is up', () => {
  it('rules both causes out', () => {
    const result = check(story(observed(backed()), { pullFailure: observed(failure('connection-reset')) }));
    expect(result).toMatchObject({
      verdict: 'pass',
      note: 'Service cortex-chat/docker-registry stands behind 10.43.170.72:5000 with 1 ready endpoint; no NetworkPolicy restricts who may reach it',
      ruledOut: [{ cause: 'registry-down' }, { cause: 'network-policy-blocks-registry' }],
    });
  });

  it('tells that it was killed before, so that "up" is not read as "well"', () => {
    const [container] = aRegistryPod().containers;
    const worn = { ...container!, restartCount: 2, terminatedReason: 'OOMKilled', exitCode: 137 };
    const result = check(story(observed(backed({ pods: observed([aRegistryPod({ containers: [worn] })]) }))));
    expect(result.note).toContain('docker-registry-6c8f-abcde, 2 restarts, last ended OOMKilled (exit code 137)');
  });

  it('a Service name does not resolve on nodes: certain, with the address that does', () => {
    const seen = backed({ route: 'name', host: 'docker-registry.cortex-chat.svc:5000' });
    const result = check(story(observed(seen), { pullFailure: observed(failure('dns-failure')) }));
    expect(firstFinding(result)).toBe('dns-failure certain');
    expect(result.note).toContain('reached as 10.43.170.72:5000 or a NodePort');
  });

  it('a port that the Service does not serve', () => {
    const seen = observed(backed({ port: undefined, host: '10.43.170.72:5001' }));
    expect(firstFinding(check(story(seen)))).toBe('connection-refused certain');
    expect(check(story(seen)).note).toContain('serves no such port; it serves 5000');
    expect(check(story(seen, { pullFailure: absent })).verdict).toBe('inconclusive');
  });
});

describe('a NetworkPolicy', () => {
  const policies = observed([aPolicy()]);
  const dropped = (seen: Partial<Parameters<typeof backed>[0]>, spoiled: Partial<Evidence> = {}) =>
    story(observed(backed({ policies, ...seen })), { pullFailure: timedOut, registryAccess: noWay, ...spoiled });

  it('that admits only pods, and a pull that timed out: likely, never certain, and the verdict', () => {
    const result = check(dropped({}));
    expect(firstFinding(result)).toBe('network-policy-blocks-registry likely');
    expect(result.note).toContain('NetworkPolicy registry-clients admits no traffic from node node-1 (192.168.1.11)');
    expect(verdictOf(dropped({}))).toMatchObject({
      cause: 'network-policy-blocks-registry',
      confidence: 'likely',
      alternatives: ['connection-timeout'],
    });
  });

  it('is certain where pods on the registry’s own node pull, and only there', () => {
    const axis: Axis = {
      by: 'registry',
      value: REGISTRY,
      failing: 2,
      failingOn: ['node-1'],
      images: 1,
      pulledSince: 1,
      pulledOn: ['node-2'],
      earlier: 0,
    };
    const scope = (one: Axis) =>
      observed({
        failing: [],
        extent: 'cluster',
        pods: 10,
        truncated: false,
        contrast: { axes: [one], unrelated: 0, oneWorkload: true },
      } as const);
    expect(firstFinding(check(dropped({}, { scope: scope(axis) })))).toBe('network-policy-blocks-registry certain');
    const elsewhere = { ...axis, pulledOn: ['node-2', 'node-3'] };
    expect(firstFinding(check(dropped({}, { scope: scope(elsewhere) })))).toBe('network-policy-blocks-registry likely');
  });

  it.each<[string, Evidence]>([
    ['runs on the pulling node', dropped({}, { pod: observed({ ...puller, node: 'node-2' }) })],
    [
      'admits the nodes',
      dropped({
        policies: observed([
          aPolicy({ ingress: [{ from: [{ block: { cidr: '192.168.0.0/16', except: [] } }], ports: undefined }] }),
        ]),
      }),
    ],
    ['uses its node’s network', dropped({ pods: observed([aRegistryPod({ hostNetwork: true })]) })],
  ])('is ruled out where the registry %s', (_story, given) => {
    const result = check(given);
    expect(result.verdict).toBe('pass');
    expect(JSON.stringify(result)).toContain('"cause":"network-policy-blocks-registry"');
  });

  it.each<[string, Evidence]>([
    [
      'policies could not be read',
      dropped({ policies: forbidden({ verb: 'list', apiGroup: 'networking.k8s.io', resource: 'networkpolicies' }) }),
    ],
    ['the backend is no known pod', dropped({ pods: unreachable('gone') })],
    [
      'node’s address is not known',
      dropped(
        {
          policies: observed([
            aPolicy({ ingress: [{ from: [{ block: { cidr: '192.168.0.0/16', except: [] } }], ports: undefined }] }),
          ]),
        },
        { pod: observed(aPod) },
      ),
    ],
    ['pull was refused, not dropped', dropped({}, { pullFailure: observed(failure('connection-refused')) })],
  ])('is neither blamed nor ruled out where the %s', (_story, given) => {
    const result = check(given);
    expect(['pass', 'fail']).toContain(result.verdict);
    expect(JSON.stringify(result)).not.toContain('"cause":"network-policy-blocks-registry"');
  });
});

describe('not its question', () => {
  it.each<[string, Evidence]>([
    ['a public host', evidence()],
    ['nothing is wrong with the way there', story(notCollected('nothing says that the registry cannot be reached'))],
    ['an address that is no Service’s', story(observed({ kind: 'none', host: REGISTRY, lookalikes: [] }))],
    ['another name for an outside host', story(observed(backed({ service: aService({ type: 'ExternalName' }) })))],
    ['no reference at all', story(absent, { reference: observed(parseReference('a b')) })],
  ])('%s', (_story, given) => {
    expect(check(given).verdict).toBe('not-applicable');
  });

  it.each<[string, Observation<never>]>([
    ['not allowed to list Services', forbidden({ verb: 'list', apiGroup: '', resource: 'services' })],
    ['the API server is gone', unreachable('no answer')],
  ])('could not look: %s', (_story, state) => {
    const result = check(story(state));
    expect(result).toMatchObject({ verdict: 'inconclusive', missing: ['registryService'] });
  });
});

describe('the command', () => {
  it('shows the same endpoints', () => {
    expect(registryInCluster.command(story(observed(backed())))).toBe(
      'kubectl get endpointslices -n cortex-chat -l kubernetes.io/service-name=docker-registry',
    );
  });
});
