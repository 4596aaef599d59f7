import { describe, expect, it } from '@jest/globals';
import { couldMake } from '../../../src/diagnosis/trace/made-up.ts';

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';

describe('a fallback', () => {
  it.each([
    ['$(git rev-parse --short HEAD)-$(date +%F-%H-%M)', 'a1b2c3d-2026-05-24-17-54', 'yes'],
    ['$(git rev-parse --short HEAD)-$(date -u +"%Y%m%d%H%M%S")', 'a1b2c3d-20260524175401', 'yes'],
    ['$(git rev-parse --short HEAD)-$(date +%F-%H-%M)', 'fffffff-2026-05-24-17-54', 'no'],
    ['$(git rev-parse --short HEAD)', 'a1b2c3d', 'yes'],
    ['${GITHUB_SHA::7}', 'a1b2c3d', 'yes'],
    ['${{ github.sha }}', SHA, 'yes'],
    ['${{ github.sha }}', 'a1b2c3d', 'no'],
    ['latest', 'latest', 'yes'],
    ['latest', 'main', 'no'],
    ['"main"', 'main', 'yes'],
    ['v$(date +%s)', 'v1779645241', 'yes'],
    ['ghcr.io/acme/api:dev', 'dev', 'yes'],
    ['ghcr.io/acme/api:${{ github.sha }}', SHA, 'yes'],
    ['$OTHER', 'anything', 'unknown'],
    ['${{ inputs.tag }}', 'anything', 'unknown'],
    ['$(./version.sh)', '1.2.3', 'unknown'],
    ['release-$(./version.sh)', 'release-1.2.3', 'yes'],
    ['', 'x', 'unknown'],
    ['(((', '(((', 'unknown'],
    ['x'.repeat(500), 'x', 'unknown'],
  ])('of %s makes %s: %s', (formula, tag, could) => expect(couldMake(formula, tag, SHA)).toBe(could));
});
