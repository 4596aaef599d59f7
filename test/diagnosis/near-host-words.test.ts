/** A host with a slip in it: which one was perhaps meant is asked, never claimed, and only where nothing runs from the one that is written. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence, ScopeEvidence } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { Axis, Contrast } from '../../src/evidence/scope.ts';
import { parseReference } from '../../src/image/reference.ts';
import {
  access,
  anyone,
  attempt,
  diagnose,
  evidence,
  failure,
  found,
  keyring,
  refusedConnection,
  revision,
  verdictOf,
  waiting,
} from './support.ts';

const TYPED = 'registy.example.com';
const MEANT = 'registry.example.com';
const unresolved = { kind: 'network', fault: 'dns-failure', detail: `getaddrinfo ENOTFOUND ${TYPED}` } as const;
const lost = observed({ host: TYPED, attempts: [attempt(anyone, unresolved)] });

function scope(near: Contrast['near'], registry: Partial<Axis> = {}): Evidence['scope'] {
  const axis: Axis = {
    by: 'registry',
    value: TYPED,
    failing: 1,
    failingOn: ['node-1'],
    images: 1,
    pulledSince: 0,
    pulledOn: [],
    earlier: 0,
    ...registry,
  };
  const contrast: Contrast = {
    axes: [axis],
    unrelated: 0,
    oneWorkload: true,
    ...(near === undefined ? {} : { near }),
  };
  const value: ScopeEvidence = { failing: [], extent: 'cluster', pods: 9, truncated: false, contrast };
  return observed(value);
}

function given(more: Partial<Evidence> = {}): Evidence {
  const image = `${TYPED}/team/api:1.4.2`;
  return evidence({
    reference: observed(parseReference(image)),
    container: observed({ ...waiting, image }),
    registryAccess: lost,
    pullFailure: observed(
      failure('dns-failure', { classification: { ...failure('dns-failure').classification, host: TYPED } }),
    ),
    keyring: observed(keyring(false)),
    scope: scope(undefined),
    ...more,
  });
}

describe('a host that has no address', () => {
  it('is certain, and what was meant is a question: neighbours of the namespace first', () => {
    const verdict = verdictOf(given({ scope: scope([{ host: MEANT, images: 7, here: 3 }]) }));
    expect(verdict).toMatchObject({ cause: 'dns-failure', confidence: 'certain', alternatives: [] });
    expect(verdict.summary).toContain(`Did you mean ${MEANT}, which 3 images that run in namespace staging come from?`);
    expect(verdict.told?.act).toMatch(
      /^Compare the host with registry\.example\.com first; if that was meant, correct the image\. Check the host/,
    );
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      'other namespaces',
      { scope: scope([{ host: MEANT, images: 1, here: 0 }]) },
      'which 1 image that runs in other namespaces comes from?',
    ],
    [
      'an earlier revision',
      { revisions: observed([revision(12, '1.4.1'), revision(13, '1.4.2', { isCurrent: true })]) },
      'which revision 12 of it used?',
    ],
    [
      'the pod’s own Secret',
      {
        keyring: observed(
          keyring(false, { ignored: [{ secret: 'regcred', entry: `https://${MEANT}/v1/`, reason: 'x' }] }),
        ),
      },
      'which its Secret regcred has a login for?',
    ],
  ])('takes %s for a witness', (_story, more, words) => {
    expect(verdictOf(given(more)).summary).toContain(`Did you mean ${MEANT}, ${words}`);
  });

  it('names all witnesses of one host', () => {
    const summary = verdictOf(
      given({
        revisions: observed([revision(12, '1.4.1')]),
        scope: scope([{ host: MEANT, images: 2, here: 2 }]),
      }),
    ).summary;
    expect(summary).toContain(
      'which revision 12 of it used, and which 2 images that run in namespace staging come from?',
    );
  });

  it('knows the public registries by heart', () => {
    const image = 'ghrc.io/team/api:1';
    const words = failure('dns-failure', {
      classification: { ...failure('dns-failure').classification, host: 'ghrc.io' },
    });
    const typed = given({
      reference: observed(parseReference(image)),
      container: observed({ ...waiting, image }),
      pullFailure: observed(words),
      registryAccess: observed({ host: 'ghrc.io', attempts: [attempt(anyone, unresolved)] }),
    });
    expect(verdictOf(typed).summary).toContain('Did you mean ghcr.io, which is a public registry?');
  });

  it.each<[string, Partial<Evidence>]>([
    ['nothing comes near', {}],
    ['something runs from it', { scope: scope([{ host: MEANT, images: 7, here: 3 }], { earlier: 1 }) }],
    [
      'an earlier revision ran from it',
      {
        scope: scope([{ host: MEANT, images: 7, here: 3 }]),
        revisions: observed([revision(12, '1.4.1', { images: { app: `${TYPED}/team/api:1.4.1` } })]),
      },
    ],
    [
      'it is the token server that has no address',
      {
        scope: scope([{ host: MEANT, images: 7, here: 3 }]),
        pullFailure: observed(
          failure('dns-failure', {
            classification: { ...failure('dns-failure').classification, host: 'auth.example.net' },
          }),
        ),
        registryAccess: { status: 'unreachable', detail: 'no answer' },
      },
    ],
  ])('asks nothing where %s', (_story, more) => {
    expect(verdictOf(given(more)).summary).not.toContain('Did you mean');
  });
});

describe('other faults', () => {
  it('a port where nobody listens, and another that neighbours use', () => {
    const image = `${MEANT}:5001/team/api:1`;
    const host = `${MEANT}:5001`;
    const typed = given({
      reference: observed(parseReference(image)),
      container: observed({ ...waiting, image }),
      registryAccess: access(attempt(anyone, refusedConnection)),
      pullFailure: observed(
        failure('connection-refused', { classification: { ...failure('connection-refused').classification, host } }),
      ),
      scope: scope([{ host: `${MEANT}:5000`, images: 2, here: 2 }]),
    });
    expect(verdictOf(typed).summary).toContain(`Did you mean ${MEANT}:5000, which 2 images`);
  });

  it('a refused login says nothing of the host’s spelling', () => {
    const refused = given({
      pullFailure: observed(failure('unauthorized')),
      registryAccess: access(attempt(anyone, { kind: 'unauthorized', at: 'manifest', code: '', message: '' })),
      scope: scope([{ host: MEANT, images: 7, here: 3 }]),
    });
    expect(JSON.stringify(diagnose(refused).findings)).not.toContain('Did you mean');
  });
});

describe('a host of the cluster, of which it is known what it means', () => {
  it('is no slip for another that is written alike', () => {
    const image = 'localhost:5999/team/api:1.4.2';
    const message = 'dial tcp 127.0.0.1:5999: connect: connection refused';
    const { summary } = verdictOf(
      given({
        reference: observed(parseReference(image)),
        container: observed({ ...waiting, image }),
        registryAccess: observed({ host: 'localhost:5999', attempts: [attempt(anyone, refusedConnection)] }),
        pullFailure: observed(
          failure('connection-refused', {
            message,
            classification: { ...failure('connection-refused').classification, host: '127.0.0.1:5999' },
          }),
        ),
        registryService: observed({ kind: 'none', host: 'localhost:5999', lookalikes: [] }),
        scope: scope([{ host: 'localhost', images: 1, here: 0 }]),
      }),
    );
    expect(summary).toContain('nothing listens there');
    expect(summary).not.toContain('Did you mean');
  });
});

describe('a host that gave the bot this very image', () => {
  it('is the one that was meant, whatever runs from another', () => {
    const near = { before: [revision(1, 'x', { images: { app: `${MEANT}/team/api:1.4.1` } })] };
    const revisions = observed(near.before);
    expect(verdictOf(given({ revisions })).summary).toContain('Did you mean');
    const registryAccess = observed({ host: TYPED, attempts: [attempt(anyone, found)] });
    expect(verdictOf(given({ revisions, registryAccess })).summary).not.toContain('Did you mean');
  });
});
