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
