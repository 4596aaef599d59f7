import { describe, expect, it } from '@jest/globals';
import { admission, selects } from '../../src/evidence/network-policy.ts';
import type { IngressRule } from '../../src/evidence/network-snapshots.ts';
import { aPolicy, aRegistryPod } from '../support/registry-service.ts';

const NODE = '192.168.1.11';
const pod = aRegistryPod();

function says(ingress: readonly IngressRule[] | undefined, address: string | undefined = NODE, port = 5000): string {
  return admission([aPolicy({ ingress })], { pod, address, port }).kind;
}
const block = (cidr: string, ...except: string[]) => ({ block: { cidr, except } });

describe('does a policy let a node in', () => {
  it.each<[string, readonly IngressRule[] | undefined, string]>([
    ['it does not restrict what comes in', undefined, 'open'],
    ['it admits nothing', [], 'blocked'],
    ['everybody', [{ from: undefined, ports: undefined }], 'admitted'],
    ['everybody, that port', [{ from: undefined, ports: [{ port: 5000 }] }], 'admitted'],
    ['everybody, a range', [{ from: undefined, ports: [{ port: 4000, endPort: 6000 }] }], 'admitted'],
    ['everybody, another port', [{ from: undefined, ports: [{ port: 8080 }] }], 'blocked'],
    ['everybody, a named port', [{ from: undefined, ports: [{ port: 'http' }] }], 'unknown'],
    ['only pods by label', [{ from: [{}], ports: undefined }], 'blocked'],
    ['the nodes’ network', [{ from: [{}, block('192.168.1.0/24')], ports: undefined }], 'admitted'],
    [
      'the nodes’ network but for this one',
      [{ from: [block('192.168.0.0/16', `${NODE}/32`)], ports: undefined }],
      'blocked',
    ],
    ['another network', [{ from: [block('10.0.0.0/8')], ports: undefined }], 'blocked'],
    ['a network nobody can read', [{ from: [block('nonsense/99')], ports: undefined }], 'blocked'],
    [
      'two rules, one fits',
      [
        { from: [{}], ports: undefined },
        { from: undefined, ports: undefined },
      ],
      'admitted',
    ],
  ])('%s', (_story, ingress, expected) => {
    expect(says(ingress)).toBe(expected);
  });

  it('cannot be told without the node’s address, where addresses matter', () => {
    const passage = { pod, address: undefined, port: 5000 };
    const rule = { from: [block('192.168.1.0/24')], ports: undefined };
    expect(admission([aPolicy({ ingress: [rule] })], passage).kind).toBe('unknown');
  });

  it('only policies of the pod’s namespace that select it count, and none where it uses its node’s network', () => {
    const passage = { pod, address: NODE, port: 5000 };
    expect(admission([aPolicy({ namespace: 'other' })], passage)).toEqual({ kind: 'open' });
    const others = aPolicy({ pods: { labels: { app: 'web' }, expressions: [] } });
    expect(admission([others], passage)).toEqual({ kind: 'open' });
    const onHost = { ...passage, pod: aRegistryPod({ hostNetwork: true }) };
    expect(admission([aPolicy()], onHost)).toEqual({ kind: 'open' });
    expect(admission([aPolicy(), others], passage)).toEqual({ kind: 'blocked', policies: ['registry-clients'] });
  });
});

describe('a label selector', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['app', 'In', ['web', 'docker-registry'], true],
    ['app', 'NotIn', ['web'], true],
    ['tier', 'NotIn', ['web'], true],
    ['app', 'Exists', [], true],
    ['tier', 'DoesNotExist', [], true],
    ['tier', 'In', ['web'], false],
    ['app', 'Gt', ['1'], false],
  ])('%s %s %j', (key, operator, values, expected) => {
    expect(selects({ labels: {}, expressions: [{ key, operator, values }] }, pod.labels)).toBe(expected);
  });
});
