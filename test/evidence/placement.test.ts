/** Where a pod may land, as the scheduler reads its selector, its required affinity and its tolerations. */
import { describe, expect, it } from '@jest/globals';
import { type Landing, mayLand, type NodeRequirement, type Placement } from '../../src/evidence/placement.ts';

const node: Landing = { name: 'arm-1', labels: { 'kubernetes.io/arch': 'arm64', cores: '8' }, taints: [] };
const anywhere: Placement = { nodeSelector: {}, tolerations: [] };

function needs(...labels: readonly NodeRequirement[]): Placement {
  return { ...anywhere, terms: [{ labels, fields: [] }] };
}

describe('a pod', () => {
  it.each<readonly [string, Placement, boolean]>([
    ['that asks for nothing', anywhere, true],
    ['whose selector fits', { ...anywhere, nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, true],
    ['whose selector does not', { ...anywhere, nodeSelector: { 'kubernetes.io/arch': 'amd64' } }, false],
    ['whose selector names a property of objects', { ...anywhere, nodeSelector: { constructor: 'x' } }, false],
    ['that wants one of', needs({ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 'arm64'] }), true],
    ['that wants none of', needs({ key: 'kubernetes.io/arch', operator: 'NotIn', values: ['arm64'] }), false],
    ['that wants none of what the node lacks', needs({ key: 'gpu', operator: 'NotIn', values: ['a'] }), true],
    ['that wants a label', needs({ key: 'gpu', operator: 'Exists', values: [] }), false],
    ['that wants no such label', needs({ key: 'gpu', operator: 'DoesNotExist', values: [] }), true],
    ['that wants more', needs({ key: 'cores', operator: 'Gt', values: ['4'] }), true],
    ['that wants less', needs({ key: 'cores', operator: 'Lt', values: ['8'] }), false],
    ['that compares what is no number', needs({ key: 'kubernetes.io/arch', operator: 'Gt', values: ['4'] }), false],
    ['that asks in words not known', needs({ key: 'cores', operator: 'Near', values: ['8'] }), false],
    ['of which a term asks nothing', { ...anywhere, terms: [{ labels: [], fields: [] }] }, false],
    ['of which no term is written', { ...anywhere, terms: [] }, false],
    [
      'that names the node',
      { ...anywhere, terms: [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['arm-1'] }] }] },
      true,
    ],
    [
      'of which one term of two holds',
      {
        ...anywhere,
        terms: [
          { labels: [{ key: 'gpu', operator: 'Exists', values: [] }], fields: [] },
          { labels: [{ key: 'cores', operator: 'Exists', values: [] }], fields: [] },
        ],
      },
      true,
    ],
  ])('%s', (_story, placement, may) => {
    expect(mayLand(placement, node)).toBe(may);
  });
});

describe('a taint', () => {
  const tainted: Landing = { ...node, taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };

  it.each([
    ['keeps others out', [], false],
    ['is tolerated by key and value', [{ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }], true],
    ['is not tolerated by another value', [{ key: 'gpu', operator: 'Equal', value: 'no', effect: '' }], false],
    ['is tolerated by key alone', [{ key: 'gpu', operator: 'Exists', value: '', effect: '' }], true],
    ['is tolerated by whoever tolerates all', [{ key: '', operator: 'Exists', value: '', effect: '' }], true],
    [
      'is not tolerated for another effect',
      [{ key: 'gpu', operator: 'Exists', value: '', effect: 'NoExecute' }],
      false,
    ],
  ] as const)('%s', (_story, tolerations, may) => {
    expect(mayLand({ ...anywhere, tolerations }, tainted)).toBe(may);
  });

  it('that only advises keeps nobody out', () => {
    const soft = { ...node, taints: [{ key: 'gpu', value: 'yes', effect: 'PreferNoSchedule' }] };
    expect(mayLand(anywhere, soft)).toBe(true);
  });
});
