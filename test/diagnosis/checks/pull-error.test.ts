import { describe, expect, it } from '@jest/globals';
import { absent, observed, unreachable } from '../../../src/evidence/observation.ts';
import { PULL_ERROR_KINDS } from '../../../src/image/pull-error.ts';
import { evidence, failure, firstFinding, HOST, IMAGE, runCheck, running } from '../support.ts';

const read = (...spoiled: Parameters<typeof evidence>) => runCheck('pull-error', evidence(...spoiled));

describe('what does the pull error say', () => {
  it.each(PULL_ERROR_KINDS)('%s is never more than likely by words alone', (kind) => {
    const mute = kind === 'backoff-only' || kind === 'other';
    expect(firstFinding(read({ pullFailure: observed(failure(kind)) }))).toBe(
      `${kind} ${mute ? 'possible' : 'likely'}`,
    );
  });

  it.each([
    ['InvalidImageName', 'invalid-reference', 'invalid-reference certain'],
    ['ErrImageNeverPull', 'never-pull-policy', 'never-pull-policy certain'],
    ['SignatureValidationFailed', 'signature-rejected', 'signature-rejected certain'],
    ['illegal base64 data at input byte 0', 'other', 'pull-secret-malformed certain'],
    ['constructor', 'other', 'other possible'],
  ] as const)('the waiting reason %s settles what it can', (reason, kind, expected) => {
    expect(firstFinding(read({ pullFailure: observed(failure(kind, { reason })) }))).toBe(expected);
  });

  it.each([
    [
      'rejecting 9437607 byte manifest for x:v1: not found',
      'Its manifest has 9437607 bytes, more than the runtime takes.',
    ],
    ['schema 1 image manifests are no longer supported: invalid argument', 'or the registry sends it as text/plain.'],
    ['failed to pull and unpack image "a.example/b:1": no signatures', 'or the registry sends it as text/plain.'],
    ['unexpected media type text/plain for sha256:aa: not found', 'It was given text/plain where a manifest belongs.'],
  ])('says what is there in the place of a manifest: %s', (message, words) => {
    expect(read({ pullFailure: observed(failure('manifest-unsupported', { message })) }).note).toContain(words);
  });

  it('names the image that may not be pulled', () => {
    const refused = failure('never-pull-policy', { reason: 'ErrImageNeverPull' });
    expect(read({ pullFailure: observed(refused) }).note).toContain(
      `The pod forbids pulling (imagePullPolicy Never), and ${IMAGE} is not on its node.`,
    );
  });

  it('names what the words leave open', () => {
    const said = failure('unauthorized');
    const classification = { ...said.classification, also: ['forbidden', 'image-not-found'] as const };
    const result = read({ pullFailure: observed({ ...said, classification }) });
    expect(result.note).toContain('The words also allow forbidden and image-not-found.');
  });

  it('shows unknown words raw, without the list of all that they may mean', () => {
    const said = failure('other', { message: 'something never heard of' });
    const classification = { ...said.classification, also: PULL_ERROR_KINDS.filter((kind) => kind !== 'other') };
    const result = read({ pullFailure: observed({ ...said, classification }) });
    expect(result.verdict === 'fail' ? result.findings[0].alternatives : undefined).toEqual([]);
    expect(result.note).toMatch(/says: something never heard of$/);
  });

  it('holds the error against a pod that was deleted before the pull ended', () => {
    const lost = { ...running, state: 'terminated', terminatedReason: 'ContainerStatusUnknown', imageID: '' } as const;
    const deleted = { pullFailure: observed(failure('image-not-found')), container: observed(lost) };
    expect(firstFinding(read(deleted))).toBe('image-not-found likely');
  });

  it('does not hold an old error against a container that runs or crashes', () => {
    const pullFailure = observed(failure('unauthorized'));
    expect(read({ pullFailure, container: observed(running) })).toMatchObject({
      verdict: 'pass',
      note: expect.stringContaining('earlier'),
    });
    const crashing = { ...running, state: 'waiting', waitingReason: 'CrashLoopBackOff' } as const;
    expect(read({ pullFailure, container: observed(crashing) }).verdict).toBe('pass');
  });

  it.each([
    ['the kubelet', `Back-off pulling image "${HOST}/shop/data:nope": ErrImagePull`],
    [
      'containerd, a moment earlier',
      `rpc error: code = NotFound desc = failed to pull and unpack image "${HOST}/shop/data:nope": failed to resolve image: ${HOST}/shop/data:nope: not found`,
    ],
  ])('names the image that is not the container’s own, by the words of %s', (_who, message) => {
    const pullFailure = observed(failure('image-not-found', { message }));
    expect(read({ pullFailure }).note).toContain(`is ${HOST}/shop/data:nope, which is not the container’s own`);
  });

  it.each([IMAGE, IMAGE.replace(/:[^:]*$/, `@sha256:${'a'.repeat(64)}`)])(
    'takes %s for the container’s own',
    (image) => {
      const message = `failed to pull and unpack image "${image}": not found`;
      expect(read({ pullFailure: observed(failure('image-not-found', { message })) }).note).not.toContain('own');
    },
  );

  it('passes when nothing was said, but not when it could not listen', () => {
    expect(read({ pullFailure: absent }).verdict).toBe('pass');
    expect(read({ pullFailure: absent, container: unreachable('timeout') }).verdict).toBe('inconclusive');
    expect(read({ pullFailure: unreachable('timeout') }).verdict).toBe('inconclusive');
  });

  it('cuts the signature off a signed link and a login out of an address', () => {
    const message = 'failed: https://bot:hunter2@s3.example.com/blob?X-Amz-Signature=abc: 403';
    const result = JSON.stringify(read({ pullFailure: observed(failure('other', { message })) }));
    expect(result).toContain('https://s3.example.com/blob');
    expect(result).not.toMatch(/hunter2|abc/);
  });
});
