/** An image without a host: Docker Hub is asked, which is seldom what whoever forgot the host meant. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import { parseReference } from '../../src/image/reference.ts';
import { access, anyone, attempt, evidence, failure, verdictOf } from './support.ts';

const unresolved: AccessOutcome = { kind: 'network', fault: 'dns-failure', detail: 'registry-1.docker.io: ENOTFOUND' };

function summaryOf(image: string, said: PullErrorKind = 'dns-failure'): string {
  const reference = observed(parseReference(image));
  const registryAccess = access(attempt(anyone, unresolved));
  return verdictOf(evidence({ reference, registryAccess, pullFailure: observed(failure(said)) })).summary;
}

describe('an image that is written without a registry', () => {
  it('is said to mean Docker Hub where that cannot be reached, or has no such image', () => {
    const words = 'written without a registry (shop/web:v1), so Docker Hub is asked';
    expect(summaryOf('shop/web:v1')).toContain(words);
    expect(summaryOf('shop/web:v1', 'not-found-or-unauthorized')).toContain(words);
  });

  it.each(['docker.io/shop/web:v1', 'index.docker.io/shop/web:v1', 'registry.example.com/shop/web:v1'])(
    'is not %s, whose host somebody wrote',
    (image) => {
      expect(summaryOf(image)).not.toContain('written without a registry');
    },
  );

  it('is no matter where the host has no part in what failed', () => {
    expect(summaryOf('shop/web:v1', 'node-disk')).not.toContain('written without a registry');
  });
});
