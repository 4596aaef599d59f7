/** What runs beside what the tag means now: which digests are the same image, who is asked, and when nobody is. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../src/evidence/collect-shared.ts';
import type { AccessOutcome, ManifestView } from '../../src/evidence/registry-access.ts';
import { matchImage, matchManifests } from '../../src/evidence/running-image.ts';
import { parseImageId } from '../../src/image/image-id.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aContainer, aPod, aRunningContainer } from '../support/snapshots.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const repository = 'registry.example.com/team/api';
const [OLD, NEW, PLATFORM, CONFIG] = ['1', '2', '3', '4'].map(digest) as [string, string, string, string];

const single: ManifestView = { digest: NEW, mediaType: 'm', platforms: [], manifests: [], configDigest: CONFIG };
const index: ManifestView = { digest: NEW, mediaType: 'i', platforms: ['linux/amd64'], manifests: [PLATFORM] };

describe('an image id', () => {
  it.each([
    [`${repository}@${OLD}`, { of: 'manifest', digest: OLD, repository }],
    [`docker-pullable://${repository}@${OLD}`, { of: 'manifest', digest: OLD, repository }],
    [`nginx@${OLD}`, { of: 'manifest', digest: OLD, repository: 'docker.io/library/nginx' }],
    [OLD, { of: 'config', digest: OLD }],
    [`docker://${OLD}`, { of: 'config', digest: OLD }],
    ['1'.repeat(64), { of: 'config', digest: OLD }],
    [`${repository}:1.4.2`, undefined],
    ['', undefined],
    ['sha256:short', undefined],
  ])('%s', (text, id) => {
    expect(parseImageId(text)).toEqual(id);
  });
});

describe('the same image', () => {
  const manifest = (of: string) => ({ of: 'manifest' as const, digest: of, repository });
  it.each([
    ['the index itself', manifest(NEW), index, 'same'],
    ['the manifest of a platform of it', manifest(PLATFORM), index, 'same'],
    ['its config', { of: 'config', digest: CONFIG } as const, single, 'same'],
    ['another manifest', manifest(OLD), index, 'different'],
    ['another config', { of: 'config', digest: OLD } as const, single, 'different'],
    ['a config, beside an index that does not tell its own', { of: 'config', digest: OLD } as const, index, 'unknown'],
  ])('%s', (_story, running, now, match) => {
    expect(matchImage(running, now)).toBe(match);
  });
});

describe('two manifests of one image', () => {
  const platforms = ['linux/amd64', 'linux/arm64/v8'];
  const both: ManifestView = { ...index, platforms, manifests: [PLATFORM, CONFIG] };
  const packed = { ...single, digest: OLD };
  const rebuilt = { ...both, digest: OLD, manifests: [PLATFORM, digest('7')] };
  it.each([
    ['packed again: the config tells', packed, single, 'linux/amd64', 'same'],
    ['another config', { ...packed, configDigest: digest('8') }, single, 'linux/amd64', 'different'],
    ['an index written anew around the same manifest', rebuilt, both, 'linux/amd64', 'same'],
    ['an index in which this platform’s manifest is another', rebuilt, both, 'linux/arm64', 'different'],
    ['a manifest that was put into an index', { ...single, digest: PLATFORM }, both, 'linux/amd64', 'same'],
    ['an index, and the node’s platform is not known', rebuilt, both, undefined, 'unknown'],
    [
      'an index that does not say which manifest is whose',
      { ...rebuilt, platforms: [] },
      both,
      'linux/amd64',
      'unknown',
    ],
    [
      'an index with two of the platform',
      { ...rebuilt, platforms: ['linux/arm/v6', 'linux/arm/v7'] },
      both,
      'linux/arm',
      'unknown',
    ],
  ])('%s', (...[, before, now, platform, match]) => {
    expect(matchManifests(before, now, platform)).toBe(match);
  });
});

type Answer = Parameters<typeof fakeRegistry>[0];
/** To a login: the tag means `manifest`, any digest is another image. */
const shows =
  (manifest: ManifestView): Answer =>
  (credential, { digest: asked }) => {
    if (credential.kind === 'anonymous') {
      return { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'login' };
    }
    const other = asked === undefined ? {} : { digest: asked, configDigest: digest('8') };
    return { kind: 'found', manifest: { ...manifest, ...other } };
  };

function look(story: Partial<ClusterStory>, answer: Answer = shows(single)) {
  const cluster = fakeCluster(aStory(story));
  const registry = fakeRegistry(answer);
  const { signal } = new AbortController();
  const shared = shareReaders({ cluster, registry }, createManualClock(), DEFAULT_LIMITS, signal);
  const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };
  const evidence = collectCase(subject, { ...shared, signal, ownCredential: () => undefined });
  return { cluster, registry, evidence };
}

function aReference(registry: string) {
  return { text: '', registry, repository: 'team/api', tag: '1.4.2' };
}

function running(imageID: string, over: Parameters<typeof aPod>[0] = {}) {
  return aPod({ phase: 'Running', containers: [aRunningContainer({ imageID })], ...over });
}

describe('what the node runs', () => {
  it('is compared with the answer that the registry gave anyway: no call of its own where it is the same', async () => {
    const { evidence, cluster, registry } = look({ pods: [running(`${repository}@${NEW}`)] });
    await evidence.get('registryAccess');
    const [before, asked] = [cluster.calls.length, registry.calls.length];
    expect(await evidence.get('runningImage')).toMatchObject({
      status: 'observed',
      value: { match: 'same', copies: [] },
    });
    expect([cluster.calls.length, registry.calls.length]).toEqual([before, asked]);
  });

  it('is shown by node and digest where it differs, pods of other images left out', async () => {
    const sibling = (name: string, node: string, imageID: string) => running(imageID, { name, node });
    const other = aRunningContainer({ image: `${repository}:2.0.0`, imageID: `${repository}@${digest('9')}` });
    const { evidence } = look({
      pods: [
        running(`${repository}@${OLD}`),
        sibling('api-b', 'node-1', `${repository}@${OLD}`),
        sibling('api-c', 'node-2', `${repository}@${NEW}`),
        running('', { name: 'api-d', containers: [other] }),
      ],
    });
    expect(await evidence.get('runningImage')).toMatchObject({
      value: {
        running: { digest: OLD },
        now: { digest: NEW },
        match: 'different',
        before: { configDigest: digest('8') },
        copies: [
          { node: 'node-1', digest: OLD, pods: ['api-7d9c5-x2x7k', 'api-b'] },
          { node: 'node-2', digest: NEW, pods: ['api-c'] },
        ],
      },
    });
  });

  it('is the same image where only the manifest was packed anew: the config tells', async () => {
    const answer: Answer = (_credential, { digest: asked }): AccessOutcome => ({
      kind: 'found',
      manifest: { ...single, digest: asked ?? NEW },
    });
    const { evidence, registry } = look({ pods: [running(`registry.example.com/mirror/api@${OLD}`)] }, answer);
    expect(await evidence.get('runningImage')).toMatchObject({ value: { match: 'same', before: { digest: OLD } } });
    expect(registry.calls.at(-1)).toBe(`manifest registry.example.com/mirror/api@${OLD} robot`);
  });

  it('shows no credential to another registry that a status names, and takes what nobody may compare for nothing', async () => {
    const { evidence, registry } = look({ pods: [running(`elsewhere.example.net/team/api@${OLD}`)] });
    expect(await evidence.get('runningImage')).toMatchObject({ value: { match: 'unknown', copies: [] } });
    const elsewhere = `manifest elsewhere.example.net/team/api@${OLD} anonymous`;
    expect(registry.calls.filter((call) => call.includes('elsewhere'))).toEqual([elsewhere]);
  });

  // The kubelet reports one of the names under which its runtime knows the image.
  it.each([
    ['the same', 'by the config', single, { ...single, digest: OLD }],
    ['another', 'by the config', single, { ...single, digest: OLD, configDigest: digest('8') }],
    ['the same', 'by its platform’s manifest', index, { ...index, digest: OLD }],
    ['unknown', 'where it is not there', single, undefined],
  ] as const)('is %s image under the name of another registry, %s', async (what, _how, now, there) => {
    const nothing = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' } as const;
    const answer: Answer = (credential, { registry }): AccessOutcome => {
      if (registry !== 'elsewhere.example.net') return shows(now)?.(credential, aReference(registry)) ?? nothing;
      return there === undefined ? nothing : { kind: 'found', manifest: there };
    };
    const { evidence } = look({ pods: [running(`elsewhere.example.net/team/api@${OLD}`)] }, answer);
    const match = { 'the same': 'same', another: 'different', unknown: 'unknown' }[what];
    expect(await evidence.get('runningImage')).toMatchObject({ value: { match } });
  });

  it('is one image where the manifests of the platform differ and their config does not', async () => {
    const answer: Answer = (_credential, { digest: asked }): AccessOutcome => {
      if (asked === undefined) return { kind: 'found', manifest: index };
      const before = { ...index, digest: OLD, manifests: [digest('7')] };
      return { kind: 'found', manifest: asked === OLD ? before : { ...single, digest: asked } };
    };
    const { evidence } = look({ pods: [running(`${repository}@${OLD}`)] }, answer);
    expect(await evidence.get('runningImage')).toMatchObject({ value: { match: 'same' } });
  });

  it.each([
    ['that has not started', { containers: [aContainer()] }, 'the container has not started'],
    ['that is pinned', { containers: [aRunningContainer({ image: `${repository}@${OLD}` })] }, 'pinned by its digest'],
    [
      'whose node speaks in riddles',
      { containers: [aRunningContainer({ imageID: 'riddle' })] },
      'a form that is not known',
    ],
  ])('is not asked of a container %s', async (_story, over, reason) => {
    const { evidence, registry } = look({ pods: [aPod(over)] });
    expect(await evidence.get('runningImage')).toMatchObject({
      status: 'not-collected',
      reason: expect.stringContaining(reason),
    });
    expect(registry.calls).toEqual([]);
  });

  it('stays unknown where the registry shows nobody the image', async () => {
    const { evidence } = look({ pods: [running(`${repository}@${OLD}`)] }, () => ({
      kind: 'network',
      fault: 'dns-failure',
      detail: 'ENOTFOUND',
    }));
    expect(await evidence.get('runningImage')).toMatchObject({ status: 'not-collected' });
  });
});

describe('the last words', () => {
  const logs = { 'api-7d9c5-x2x7k/api': ['boom'] };
  it.each([
    [
      'of the run before, while it waits to be started again',
      { state: 'waiting', waitingReason: 'CrashLoopBackOff' },
      ' previous',
    ],
    ['of the run that just ended', { state: 'terminated', exitCode: 1 }, ''],
    [
      'of the run before, while it runs and never got ready',
      { ready: false, restartCount: 2, exitCode: 1 },
      ' previous',
    ],
  ] as const)('are those %s', async (_story, over, which) => {
    const { evidence, cluster } = look({ logs, pods: [aPod({ containers: [aRunningContainer(over)] })] });
    expect(await evidence.get('crashLogs')).toEqual({ status: 'observed', value: { lines: ['boom'], isCut: false } });
    expect(cluster.calls.at(-1)).toBe(`crashLog staging/api-7d9c5-x2x7k/api${which}`);
  });

  it.each([
    ['runs', aRunningContainer({ restartCount: 3, exitCode: 1 })],
    ['completed', aRunningContainer({ state: 'terminated', exitCode: 0 })],
    ['waits for its image', aContainer()],
  ])('are not asked of a container that %s', async (_story, container) => {
    const { evidence, cluster } = look({ logs, pods: [aPod({ containers: [container] })] });
    expect((await evidence.get('crashLogs')).status).toBe('not-collected');
    expect(cluster.calls.filter((call) => call.startsWith('crashLog'))).toEqual([]);
  });
});
