import { describe, expect, it } from '@jest/globals';
import { observed, valueOf } from '../../../src/evidence/observation.ts';
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
  failure,
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
  verdictOf,
  wrongLogin,
} from '../support.ts';

const check = (...spoiled: Parameters<typeof evidence>) => runCheck('tag-exists', evidence(...spoiled));
const gone = { status: 'observed', value: { kind: 'missing' } } as const;
const unasked = { status: 'not-collected', reason: 'not asked' } as const;

const firstOf = (result: ReturnType<typeof check>) => (result.verdict === 'fail' ? result.findings[0] : result);

describe('does the tag exist', () => {
  it('says what is there instead of an image', () => {
    const helm = { name: 'a Helm chart', type: 'application/vnd.cncf.helm.config.v1+json' };
    for (const outcome of [
      { kind: 'found', manifest: { ...manifest, platforms: [], artifact: helm } },
      { kind: 'unsupported-manifest', mediaType: 'x', artifact: helm },
    ] as const) {
      expect(firstOf(check({ registryAccess: access(attempt(podLogin, outcome)) }))).toMatchObject({
        cause: 'manifest-unsupported',
        confidence: 'likely',
        summary: expect.stringContaining(
          'is a Helm chart (application/vnd.cncf.helm.config.v1+json), not a container image',
        ),
        fix: expect.stringContaining('installed with helm'),
      });
    }
  });

  it('tells an index without images as such, also where the node speaks of its platform', () => {
    const empty = { ...manifest, platforms: [], manifests: [], listsNothing: true };
    const given = evidence({
      pullFailure: observed(failure('platform-mismatch')),
      registryAccess: access(attempt(podLogin, { kind: 'found', manifest: empty })),
    });
    const verdict = verdictOf(given);
    expect(verdict).toMatchObject({ cause: 'manifest-unsupported', confidence: 'certain' });
    expect(verdict.summary).toContain('lists no image at all');
  });

  it('leaves a container in peace that runs from what seems to be no image', () => {
    const container = valueOf(evidence().container);
    if (container === undefined) throw new Error('no container');
    const artifact = { name: 'an artifact', type: 'application/vnd.acme' };
    const registryAccess = access(attempt(podLogin, { kind: 'found', manifest: { ...manifest, artifact } }));
    const running = observed({ ...container, state: 'running' as const });
    expect(check({ registryAccess, container: running }).verdict).toBe('pass');
  });

  it('passes where the registry shows the manifest, and rules missing out', () => {
    const result = check();
    expect(result.verdict).toBe('pass');
    expect(result).toMatchObject({ note: expect.stringContaining(manifest.digest) });
    const causes = result.verdict === 'pass' ? result.ruledOut?.map(({ cause }) => cause) : [];
    expect(causes).toEqual(['tag-not-found', 'repository-not-found', 'digest-not-found', 'platform-mismatch']);
  });

  it.each([
    [['blue', 'green'], ' It has only blue and green.'],
    [[], ' It has no tag at all.'],
    [['aa', 'bb', 'cc', 'dd', 'ee', 'ff'], ' None of its 6 tags comes near.'],
  ])('says what there is where nothing comes near: %j', (names, words) => {
    const result = firstOf(check({ registryAccess: access(attempt(podLogin, missing)), tags: tagList(...names) }));
    expect(result).toMatchObject({
      cause: 'tag-not-found',
      summary: expect.stringContaining(`does not.${words}`),
      fix: expect.not.stringContaining('nearest'),
    });
  });

  it('believes a Secret that the pod does not use, whatever others are told', () => {
    const unattachedSecrets = observed({
      here: [
        { namespace: 'staging', name: 'old', type: 'x', fit: 'matches', reason: '', answer: wrongLogin },
        { namespace: 'staging', name: 'reg-cred', type: 'x', fit: 'matches', reason: '', answer: found },
      ],
      others: 2,
      truncated: false,
      elsewhere: observed([]),
    } as const);
    for (const outcome of [wrongLogin, denied, missing]) {
      const registryAccess = access(attempt(anyone, wrongLogin), attempt(botLogin, outcome));
      const result = check({ registryAccess, unattachedSecrets });
      expect(result).toMatchObject({
        verdict: 'pass',
        note: expect.stringContaining('asked as Secret reg-cred of namespace staging, which the pod does not use'),
        ruledOut: expect.arrayContaining([{ cause: 'tag-not-found', because: ['unattachedSecrets'] }]),
      });
    }
  });

  it.each([
    [
      ['shop/cart', 'team/apps', 'team/api-old', 'a', 'b', 'c'],
      false,
      'It holds team/apps, team/api-old, shop/cart, a, b and 1 more.',
    ],
    [['other/api', 'shop/cart'], false, 'It holds other/api, shop/cart.'],
    [['shop/cart'], true, 'It holds shop/cart and others.'],
    [[], false, 'It holds no repository at all.'],
  ])('says what the registry holds instead, the nearest first: %j', (names, truncated, words) => {
    const tags = { status: 'observed', value: { kind: 'missing', repositories: { names, truncated } } } as const;
    const result = check({ registryAccess: access(attempt(podLogin, missing, distribution)), tags });
    expect(firstFinding(result)).toBe('repository-not-found certain');
    expect(result.note).toContain(words);
  });

  it('holds its tongue where a page of the registry’s repositories shows none, and is not the last', () => {
    const repositories = { names: [], truncated: true };
    const tags = { status: 'observed', value: { kind: 'missing', repositories } } as const;
    const result = check({ registryAccess: access(attempt(podLogin, missing, distribution)), tags });
    expect(result.note).not.toContain('It holds');
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

  it.each([
    [
      'both kinds of nodes',
      ['amd64', 'arm64'],
      'It works on arm64-node of the 2 nodes where the pod may land: build it for both',
    ],
    ['this kind only', ['amd64'], 'That is the only node where the pod may land.'],
    [
      'a node that does not tell enough',
      ['amd64', 'arm'],
      'Of the 2 nodes where the pod may land, none is known to run it.',
    ],
  ])('says whether another node would do: %s', (_story, arches, words) => {
    const platforms = ['linux/arm64', 'linux/arm/v7'];
    const node = valueOf(evidence().node);
    if (node === undefined) throw new Error('no node');
    const nodes = arches.map((arch) => ({ ...node, name: `${arch}-node`, arch }));
    const result = check({
      registryAccess: access(attempt(podLogin, { kind: 'found', manifest: { ...manifest, platforms } })),
      landing: observed({ nodes, truncated: false }),
    });
    expect(firstFinding(result)).toBe('platform-mismatch certain');
    expect(result.note).toContain('but node node-1 is linux/amd64.');
    expect(result.note).toContain(words);
  });

  it('leaves open what depends on the variant of the node’s CPU', () => {
    const newer = { ...manifest, platforms: ['linux/amd64/v3'] };
    const result = check({ registryAccess: access(attempt(podLogin, { kind: 'found', manifest: newer })) });
    expect(result).toMatchObject({ verdict: 'pass', note: expect.stringContaining('not known which variant') });
    const ruledOut = result.verdict === 'pass' ? (result.ruledOut ?? []) : [];
    expect(ruledOut.map(({ cause }) => cause)).not.toContain('platform-mismatch');
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
