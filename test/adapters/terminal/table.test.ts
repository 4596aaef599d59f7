/** Tables and lists in a narrow terminal. */
import { describe, expect, it } from '@jest/globals';
import { exitOfScope } from '../../../src/adapters/terminal/exit.ts';
import { renderScope } from '../../../src/adapters/terminal/render-scope.ts';
import { createStyle } from '../../../src/adapters/terminal/style.ts';
import { table } from '../../../src/adapters/terminal/table.ts';
import type { Scope } from '../../../src/evidence/scope.ts';

const rows = [
  ['SECRET', 'ENTRY', 'WHY'],
  ['secret/regcred', '(all)', 'not attached: service account default does not name it'],
];

describe('a table', () => {
  it('stays one line a row where it is read by a program', () => {
    expect(table(rows, '  ')).toBe(
      '  SECRET          ENTRY  WHY\n  secret/regcred  (all)  not attached: service account default does not name it',
    );
  });
  it('breaks its last cell at words, under its column', () => {
    expect(table(rows, '  ', 50)).toBe(
      [
        '  SECRET          ENTRY  WHY',
        '  secret/regcred  (all)  not attached: service',
        '                         account default does not',
        '                         name it',
      ].join('\n'),
    );
  });
  it('puts columns that have no room below the row, each under its header', () => {
    const wide = [
      ['POD', 'CONTAINER', 'SAYS', 'NODE'],
      ['api-6d4c478558-khkw2', 'api', 'platform-mismatch', 'node-1'],
      ['worker-1', 'worker', 'timeout', 'node-2'],
    ];
    expect(table(wide, '', 40)).toBe(
      [
        'POD                   CONTAINER',
        '    SAYS               NODE',
        'api-6d4c478558-khkw2  api',
        '    platform-mismatch  node-1',
        'worker-1              worker',
        '    timeout            node-2',
      ].join('\n'),
    );
  });
});

describe('the quick assessment in 80 columns', () => {
  const image = 'registry.example:5000/shop/api:1.4.2';
  const item = {
    namespace: 'staging',
    container: 'no-secret-obj',
    kind: 'unauthorized',
    image,
    registry: 'registry.example:5000',
    reason: 'ImagePullBackOff',
    secrets: [],
    node: 'node-1',
  } as const;
  const scope: Scope = {
    apiVersion: 'pullcheck/v1',
    kind: 'Scope',
    cluster: 'box',
    truncated: false,
    gaps: [],
    total: { failing: 2, pods: 16, workloads: 2, namespaces: 1, nodes: 1 },
    items: [
      { ...item, pod: 'secret-elsewhere-67cf6668cb-7ndh8' },
      { ...item, pod: 'no-secret-obj-5bf449d76c-sb5b2' },
    ],
    groups: [
      { by: 'registry', value: 'registry.example:5000', pods: 2, workloads: 2, namespaces: 1, nodes: 1 },
      { by: 'workload', value: 'staging/deployment/no-secret-obj', pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
    ],
  };

  it('has no line that the terminal would break', () => {
    const text = renderScope(scope, createStyle(false, 80));
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain(
      `\nstaging    secret-elsewhere-67cf6668cb-7ndh8  no-secret-obj  unauthorized\n    ${image}  node-1`,
    );
  });
  it('ends with the command that says why, for the same cluster', () => {
    const text = renderScope(scope, createStyle(false, 80), ['--context', 'prod eu']);
    expect(text).toMatch(
      /\nNext: .*\n {2}\$ pullcheck pod pod\/secret-elsewhere-67cf6668cb-7ndh8 -n staging --context 'prod eu'$/,
    );
    const well: Scope = { ...scope, items: [], groups: [], total: { ...scope.total, failing: 0 } };
    expect(renderScope(well, createStyle(false, 80))).not.toContain('Next');
  });
  it('names as shared only what two pods share', () => {
    const text = renderScope(scope, createStyle(false, 80));
    expect(text).toContain('\nregistry  2     2          1           1      registry.example:5000');
    expect(text).not.toContain('staging/deployment/no-secret-obj');
  });
  it('says nothing of sharing where nothing is shared', () => {
    const alone: Scope = { ...scope, groups: scope.groups.slice(1) };
    expect(renderScope(alone, createStyle(false, 80))).not.toContain('What they share');
  });

  it.each([
    ['nothing is stuck', 0, [], 0],
    ['something is stuck, and a part could not be seen', 1, ['only the first 16'], 1],
    ['nothing is stuck in what could be seen', 0, ['only the first 16'], 3],
  ] as const)('exits by what was seen: %s', (_story, failing, gaps, code) => {
    const seen: Scope = { ...scope, total: { ...scope.total, failing }, gaps, truncated: gaps.length > 0 };
    expect(exitOfScope(seen)).toBe(code);
  });
});
