import { describe, expect, it } from '@jest/globals';
import { observed } from '../../../src/evidence/observation.ts';
import { parseReference } from '../../../src/image/reference.ts';
import {
  access,
  anyone,
  attempt,
  bearer,
  botLogin,
  denied,
  distribution,
  evidence,
  firstFinding,
  found,
  HOST,
  manifest,
  missing,
  noName,
  podLogin,
  refusedConnection,
  runCheck,
  tagList,
  wrongLogin,
} from '../support.ts';

const check = (...spoiled: Parameters<typeof evidence>) => runCheck('tag-exists', evidence(...spoiled));
const gone = { status: 'observed', value: { kind: 'missing' } } as const;
const unasked = { status: 'not-collected', reason: 'not asked' } as const;

describe('does the tag exist', () => {
  it('passes where the registry shows the manifest, and rules missing out', () => {
    const result = check();
    expect(result.verdict).toBe('pass');
    expect(result).toMatchObject({ note: expect.stringContaining(manifest.digest) });
    const causes = result.verdict === 'pass' ? result.ruledOut?.map(({ cause }) => cause) : [];
    expect(causes).toEqual(['tag-not-found', 'repository-not-found', 'digest-not-found', 'platform-mismatch']);
  });

  it.each([
    ['404, tag list answered', attempt(podLogin, missing), tagList('1.0'), 'tag-not-found certain'],
    ['404, tag list empty', attempt(podLogin, missing), tagList(), 'tag-not-found certain'],
    ['404, tag list names the tag', attempt(podLogin, missing), tagList('1.4.2-17-54'), 'image-not-found likely'],
    ['404, tag list 404', attempt(podLogin, missing), gone, 'repository-not-found likely'],
    ['404 NAME_UNKNOWN', attempt(podLogin, noName), unasked, 'repository-not-found likely'],
    [
      '404 of docker-registry, tag list 404',
      attempt(podLogin, missing, distribution),
      gone,
      'repository-not-found certain',
    ],
    [
      '404 NAME_UNKNOWN of docker-registry',
      attempt(podLogin, noName, distribution),
      unasked,
      'repository-not-found certain',
    ],
    ['404, tag list unknown', attempt(podLogin, missing), unasked, 'image-not-found likely'],
    [
      '404 on an open registry',
      attempt(anyone, missing, { challenge: { scheme: 'none' } }),
      gone,
      'repository-not-found certain',
    ],
    [
      '404 on an open registry of a product that may hide',
      attempt(anyone, missing, { challenge: { scheme: 'none' }, software: 'product' }),
      gone,
      'not-found-or-unauthorized likely',
    ],
    ['404, token grants pull', attempt(podLogin, noName, bearer(200, ['pull'])), gone, 'repository-not-found certain'],
    ['404, token grants nothing', attempt(podLogin, noName, bearer(200, [])), gone, 'not-found-or-unauthorized likely'],
    ['404, token is opaque', attempt(podLogin, missing, bearer(200)), gone, 'not-found-or-unauthorized likely'],
  ])('%s', (_story, answer, tags, expected) => {
    expect(firstFinding(check({ registryAccess: access(answer), tags }))).toBe(expected);
  });

  it.each([
    ['everybody is refused', [attempt(podLogin, wrongLogin), attempt(anyone, denied)]],
    ['nobody is reached', [attempt(podLogin, refusedConnection)]],
    ['nobody asked', []],
  ])('does not know when %s', (_story, attempts) => {
    expect(check({ registryAccess: access(...attempts) }).verdict).toBe('inconclusive');
  });

  it('believes the bot’s own login when the pod’s is refused', () => {
    const answers = access(attempt(podLogin, wrongLogin), attempt(botLogin, found));
    expect(check({ registryAccess: answers }).verdict).toBe('pass');
  });

  it('names the digest when the pin is gone', () => {
    const reference = observed(parseReference(`${HOST}/team/api@sha256:${'b'.repeat(64)}`));
    const result = check({ reference, registryAccess: access(attempt(podLogin, missing)), tags: tagList('1.0') });
    expect(firstFinding(result)).toBe('digest-not-found certain');
  });

  it('finds an image that was not built for the node', () => {
    const arm = { ...manifest, platforms: ['linux/arm64'] };
    const result = check({ registryAccess: access(attempt(podLogin, { kind: 'found', manifest: arm })) });
    expect(firstFinding(result)).toBe('platform-mismatch certain');
  });

  it('does not blame the platform when the node is unknown or runs the older CPU too', () => {
    const old = { ...manifest, platforms: ['linux/386'] };
    const answers = access(attempt(podLogin, { kind: 'found', manifest: old }));
    expect(check({ registryAccess: answers }).verdict).toBe('pass');
    const blind = check({ registryAccess: answers, node: { status: 'unreachable', detail: 'timeout' } });
    expect(blind).toMatchObject({ verdict: 'pass', note: expect.stringContaining('could not be read (timeout)') });
  });

  it('does not arise for a broken reference', () => {
    expect(check({ reference: observed(parseReference('a b')) }).verdict).toBe('not-applicable');
  });
});
