/** A password that stands in an address must not come out as part of the host or the image. */
import { describe, expect, it } from '@jest/globals';
import { classify } from '../../src/image/classify.ts';

describe('an address with a login in it', () => {
  it.each([
    'Failed to pull image "ghcr.io/a/b:1": Head "https://ghcr.io/v2/": proxyconnect tcp: dial tcp: lookup http://user:pw-canary@proxy.corp:3128: no such host',
    'Failed to pull image "u:pw-canary@ghcr.io/a/b:1": pull access denied',
    'Failed to pull image "x/y:1": Get "https://user:pw-canary@reg.example.com/v2/": dial tcp: i/o timeout',
  ])('gives away no password: %#', (message) => {
    expect(JSON.stringify(classify(message))).not.toContain('canary');
  });

  it('still names the host', () => {
    expect(classify('Get "https://user:pw@reg.example.com/v2/": dial tcp: i/o timeout').host).toBe('reg.example.com');
  });

  it('leaves tags and digests alone', () => {
    const image = `ghcr.io/a/b:1@sha256:${'a'.repeat(64)}`;
    expect(classify(`Failed to pull image "${image}": not found`).image).toBe(image);
  });
});
