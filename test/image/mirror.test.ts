/** Whom a node asked in the registry's place, as its own words prove it. */
import { describe, expect, it } from '@jest/globals';
import { mirrorIn } from '../../src/image/mirror.ts';
import { imageOf } from '../contract/registry-reader.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the host that a node asked', () => {
  it.each([
    [
      'a mirror, by the name that it was asked for',
      'docker.io/library/nginx:1.27',
      'failed to do request: Head "https://mirror.local:5000/v2/library/nginx/manifests/1.27?ns=docker.io": dial tcp 10.0.0.9:5000: connect: connection refused',
      { host: 'mirror.local:5000', isMirror: true },
    ],
    [
      'a mirror under another path',
      'ghcr.io/team/api:1',
      'unexpected status from HEAD request to https://harbor.local/v2/proxy/team/api/manifests/1?ns=ghcr.io: 500 Internal Server Error',
      { host: 'harbor.local', isMirror: true },
    ],
    [
      'another registry for the same name: a mirror, or where it was sent',
      'registry.k8s.io/pause:3.9',
      'Head "https://us-west2-docker.pkg.dev/v2/k8s-artifacts-prod/images/pause/manifests/3.9": EOF',
      { host: 'us-west2-docker.pkg.dev', isMirror: false },
    ],
    [
      'the mirror of a registry with a port, which containerd escapes',
      'upstream.example.com:5000/team/api:1',
      'Head "http://198.51.100.10:30581/v2/team/api/manifests/1?ns=upstream.example.com%3A5000": EOF',
      { host: '198.51.100.10:30581', isMirror: true },
    ],
    [
      'a mirror whose query containerd 2.4 hides',
      'upstream.example.com:5000/shop/web:v1',
      'failed to do request: Head "http://198.51.100.10:30581/v2/shop/web/manifests/v1?ns=%5BREDACTED%5D": dial tcp 198.51.100.10:30581: connect: connection refused',
      { host: '198.51.100.10:30581', isMirror: true },
    ],
    [
      'not of another image behind a hidden query',
      'upstream.example.com:5000/shop/web:v1',
      'Head "http://198.51.100.10:30581/v2/shop/other/manifests/v1?ns=%5BREDACTED%5D": EOF',
      undefined,
    ],
    ['the registry itself', 'ghcr.io/team/api:1', 'Head "https://ghcr.io/v2/team/api/manifests/1": EOF', undefined],
    [
      'the registry with its port',
      'ghcr.io/team/api:1',
      'Head "https://ghcr.io:443/v2/team/api/manifests/1": EOF',
      undefined,
    ],
    [
      'Docker Hub by its other name',
      'nginx:1.27',
      'Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": EOF',
      undefined,
    ],
    ['a token server', 'quay.io/team/api:1', 'Get "https://auth.quay.io/v2/auth?scope=x": EOF', undefined],
    [
      'a storage host',
      'ghcr.io/team/api:1',
      `Get "https://pkg-containers.example.com/ghcr1/blobs/${digest}?se=1": EOF`,
      undefined,
    ],
    [
      'a host of another image',
      'ghcr.io/team/api:1',
      'Head "https://other.io/v2/team/web/manifests/1": EOF',
      undefined,
    ],
    ['nobody', 'ghcr.io/team/api:1', 'ghcr.io/team/api:1: not found', undefined],
  ])('%s', (_story, image, message, host) => {
    expect(mirrorIn(message, imageOf(image))).toEqual(host);
  });

  it('is read in a moment from a text made to be slow', () => {
    const text = 'http://a/v2/b'.repeat(20_000);
    expect(mirrorIn(text, imageOf('ghcr.io/team/api:1'))).toBeUndefined();
  });
});
