/** A node that asks a mirror: what the registry itself shows is told as that, and decides nothing alone. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import {
  access,
  anyone,
  attempt,
  evidence,
  failure,
  found,
  HOST,
  podLogin,
  verdictOf,
  wrongLogin,
  wrongPassword,
} from './support.ts';

const URL = `https://mirror.local:5000/v2/team/api/manifests/1.4.2-17-54?ns=${HOST}`;
const DIRECT = `https://${HOST}/v2/team/api/manifests/1.4.2-17-54`;

function said(kind: PullErrorKind, url: string) {
  return observed(failure(kind, { message: `unexpected status from HEAD request to ${url}: 404 Not Found` }));
}

describe('an image that the registry has and the mirror has not', () => {
  const registryAccess = access(attempt(anyone, found, { challenge: { scheme: 'none' } }));

  it('is still missing for the node: the mirror is what to look at', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('image-not-found', URL), registryAccess }));
    expect(verdict).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(verdict.summary).toContain(`The node asked mirror.local:5000 (a mirror), not ${HOST} itself.`);
    expect(verdict.summary).toContain('look at the mirror');
  });

  it('is only possibly missing where the node asked the registry', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('image-not-found', DIRECT), registryAccess }));
    expect(verdict.confidence).toBe('possible');
    expect(verdict.summary).not.toContain('mirror.local');
  });
});

describe('a login that the registry refuses', () => {
  const registryAccess = access(attempt(podLogin, wrongLogin, wrongPassword), attempt(anyone, wrongLogin));

  it('is not certainly the cause where the node asked a mirror', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('unauthorized', URL), registryAccess }));
    expect(verdict).toMatchObject({ cause: 'credentials-rejected', confidence: 'likely' });
    expect(verdict.summary).toContain(`That was seen at ${HOST}; the node asked mirror.local:5000`);
  });

  it('is where it asked the registry', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('unauthorized', DIRECT), registryAccess }));
    expect(verdict).toMatchObject({ cause: 'credentials-rejected', confidence: 'certain' });
  });
});

describe('a node that fails on its mirror, and a bot that cannot reach the registry', () => {
  const fault = { kind: 'network', fault: 'network-unreachable', detail: 'no route' } as const;
  const registryAccess = access(attempt(anyone, fault, { challenge: { scheme: 'none' } }));

  it('the node’s words stand; what the bot met elsewhere explains nothing', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('connection-refused', URL), registryAccess }));
    expect(verdict).toMatchObject({ cause: 'connection-refused', confidence: 'likely', alternatives: [] });
    expect(verdict.summary).toContain('The node asked mirror.local:5000');
  });

  it('both are told where both asked the registry', () => {
    const verdict = verdictOf(evidence({ pullFailure: said('connection-refused', DIRECT), registryAccess }));
    expect(verdict).toMatchObject({ cause: 'network-unreachable', alternatives: ['connection-refused'] });
  });
});

describe('a reference that the registry has', () => {
  const registryAccess = access(attempt(anyone, found, { challenge: { scheme: 'none' } }));
  const told = (message: string) =>
    verdictOf(evidence({ pullFailure: observed(failure('image-not-found', { message })), registryAccess }));

  it('may lack a part, which the node names: that is no matter of a moment', () => {
    const digest = `sha256:${'c'.repeat(64)}`;
    const verdict = told(
      `failed to copy: httpReadSeeker: failed open: content at https://${HOST}/v2/team/api/manifests/${digest} not found: not found`,
    );
    expect(verdict).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(verdict.summary).toContain(`a part of the image is missing there: manifest ${digest}`);
    expect(verdict.summary).toContain('push the image again');
    expect(verdict.summary).not.toContain('repaired');
  });

  it.each([
    [
      'image-not-found',
      'could not fetch content descriptor DIGEST (application/vnd.oci.image.layer.v1.tar) from remote: not found',
      'push the image again',
    ],
    [
      'forbidden',
      `unexpected status code https://${HOST}/v2/team/api/blobs/DIGEST: 403 Forbidden`,
      'which the bot does not fetch',
    ],
  ] as const)('says nothing of its layers: %s', (kind, words, told) => {
    const message = `failed to copy: httpReadSeeker: failed open: ${words.replace('DIGEST', `sha256:${'d'.repeat(64)}`)}`;
    const verdict = verdictOf(evidence({ pullFailure: observed(failure(kind, { message })), registryAccess }));
    expect(verdict).toMatchObject({ cause: kind, confidence: 'likely' });
    expect(verdict.summary).toContain(told);
    expect(verdict.summary).not.toContain('repaired');
  });

  it('is not what a failed image volume is about', () => {
    const verdict = told(
      `Back-off pulling image "${HOST}/team/assets:2": ErrImagePull: ${HOST}/team/assets:2: not found`,
    );
    expect(verdict).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(verdict.summary).toContain(`${HOST}/team/assets:2, which is not the container’s own`);
  });

  it('is the container’s own however the kubelet writes it', () => {
    const verdict = told(`Back-off pulling image "${HOST}/team/api:1.4.2-17-54": ErrImagePull: not found`);
    expect(verdict.confidence).toBe('possible');
    expect(verdict.summary).toContain('Wait for the kubelet’s next attempt');
    expect(verdict.summary).not.toContain('volume');
  });
});
