import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/diagnosis/cause.ts';
import type { Detail } from '../../src/diagnosis/check.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { familyOf } from '../../src/flow/family.ts';
import { scopeFamily } from '../../src/flow/scope-family.ts';
import { IMAGE } from '../support/snapshots.ts';

function diagnosed(cause: Cause, detail: Detail = {}, image = IMAGE): Diagnosis {
  const finding = { cause, confidence: 'certain' as const, summary: '', because: ['pullFailure'] };
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Diagnosis',
    target: { cluster: 'east', namespace: 'staging', kind: 'Pod', name: 'api-1' },
    verdict: { cause, confidence: 'certain', severity: 'P2', summary: '', alternatives: [] },
    lights: { reference: 'unknown', credentials: 'unknown', reachability: 'unknown' },
    lightNotes: { reference: '', credentials: '', reachability: '' },
    findings: [{ ...finding, pod: 'api-1', container: 'api', image, detail }],
    ruledOut: [],
    steps: [],
    scope: { pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
    remedies: [],
    gaps: [],
    startedAt: '2026-03-19T09:00:00Z',
    durationMs: 1,
    calls: { kubernetes: 0, registry: 0, github: 0 },
  };
}

describe('the key of a fault', () => {
  it('is the registry for whatever is the registry’s or on the way to it', () => {
    expect(familyOf(diagnosed('connection-refused'))).toBe('registry:east/registry.example.com');
    expect(familyOf(diagnosed('rate-limited', {}, 'nginx:1.27'))).toBe('registry:east/docker.io');
  });

  it('is the same whether a diagnosis tells it or the list of failing pods', () => {
    const item = {
      namespace: 'staging',
      pod: 'api-1',
      container: 'api',
      image: IMAGE,
      registry: 'registry.example.com',
      reason: 'ImagePullBackOff',
      kind: 'connection-refused',
      secrets: [],
    } as const;
    const scope = {
      apiVersion: 'pullcheck/v1',
      kind: 'Scope',
      cluster: 'east',
      items: [item],
      groups: [],
      total: { pods: 1, failing: 1, workloads: 1, namespaces: 1, nodes: 1 },
      truncated: false,
      gaps: [],
    } as const;
    expect(scopeFamily(scope)).toBe(familyOf(diagnosed('connection-refused')));
    expect(scopeFamily({ ...scope, items: [{ ...item, kind: 'image-not-found' }] })).toBeNull();
    expect(scopeFamily({ ...scope, items: [item, { ...item, registry: 'ghcr.io' }] })).toBeNull();
  });

  it('is the Secret where one is to blame, else the registry’s credentials', () => {
    expect(familyOf(diagnosed('credentials-rejected', { secret: 'regcred' }))).toBe('secret:east/staging/regcred');
    expect(familyOf(diagnosed('credentials-required'))).toBe('registry-credentials:east/registry.example.com');
  });

  it('is the image for a reference that cannot work, in its full form where it has one', () => {
    expect(familyOf(diagnosed('tag-not-found', {}, 'nginx:nope'))).toBe('image:docker.io/library/nginx:nope');
    expect(familyOf(diagnosed('invalid-reference', {}, 'repo:'))).toBe('image:repo:');
  });

  it('is nothing for what nobody else can share', () => {
    expect(familyOf(diagnosed('node-disk'))).toBeNull();
    expect(familyOf(diagnosed('healthy'))).toBeNull();
    expect(familyOf({ ...diagnosed('connection-refused'), findings: [] })).toBeNull();
  });
});
