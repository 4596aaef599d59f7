/** A missing image is looked for where it may be: in earlier revisions, and in the other registries that the pod's Secrets open. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../src/evidence/collect.ts';
import { earlierImages, elsewhereNames } from '../../src/evidence/elsewhere.ts';
import { valueOf } from '../../src/evidence/observation.ts';
import type { AccessOutcome, RegistryCredential } from '../../src/evidence/registry-access.ts';
import type { ContainerSnapshot, Revision, SecretSnapshot } from '../../src/evidence/snapshots.ts';
import { parseReference } from '../../src/image/reference.ts';
import { Sealed } from '../../src/sealed.ts';
import { imageOf } from '../contract/registry-reader.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aPod } from '../support/snapshots.ts';

const IMAGE = 'registry.example.com/team/api:1.4.2';
const HERE = { 'registry.example.com': 'here-user' };
const missing: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
const denied: AccessOutcome = { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'denied' };
const found: AccessOutcome = {
  kind: 'found',
  manifest: { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'x', platforms: [], manifests: [] },
};

function secret(name: string, users: Readonly<Record<string, string>>): SecretSnapshot {
  const auths = Object.fromEntries(
    Object.entries(users).map(([entry, username]) => [entry, { username, password: `password-of-${username}` }]),
  );
  return {
    name,
    namespace: 'staging',
    type: 'kubernetes.io/dockerconfigjson',
    resourceVersion: '1',
    data: { '.dockerconfigjson': new Sealed(JSON.stringify({ auths })) },
  };
}

function revision(number: number, image: string, isCurrent = false): Revision {
  return { revision: number, name: `api-${number}`, images: { api: image }, ready: 0, isCurrent };
}

interface Story {
  readonly image?: string;
  readonly secrets?: readonly SecretSnapshot[];
  readonly revisions?: readonly Revision[];
  readonly has?: readonly string[];
  readonly otherwise?: AccessOutcome;
}

async function look({ image = IMAGE, secrets = [secret('here', HERE)], revisions = [], ...rest }: Story = {}) {
  const asked: string[] = [];
  const story = aStory();
  const [first] = story.pods;
  const containers = (first?.containers ?? []).map((one): ContainerSnapshot => ({ ...one, image }));
  const pod = { ...(first ?? aPod()), imagePullSecrets: secrets.map(({ name }) => name), containers };
  const cluster = fakeCluster({ ...story, pods: [pod], secrets, revisions });
  const registry = fakeRegistry((credential: RegistryCredential, { text }) => {
    asked.push(`${text} ${credential.kind === 'anonymous' ? 'anonymous' : credential.username}`);
    return rest.has?.includes(text) === true ? found : (rest.otherwise ?? missing);
  });
  const subject = { namespace: pod.namespace, pod: pod.name, container: containers[0]?.name ?? '' };
  const { signal } = new AbortController();
  const evidence = collectCase(subject, { cluster, registry, signal, ownCredential: () => undefined });
  const seen = await evidence.get('elsewhere');
  return { seen, value: valueOf(seen), asked };
}

describe('a missing image', () => {
  it('is asked for under the same path on the other registry whose login is attached, with that login only', async () => {
    const other = 'ghcr.io/team/api:1.4.2';
    const secrets = [secret('here', HERE), secret('there', { 'https://ghcr.io': 'there-user' })];
    const { value, asked } = await look({ secrets, has: [other] });
    expect(value?.registries).toEqual([{ image: other, asked: 'secret/there', answer: 'found' }]);
    expect(asked.filter((line) => line.startsWith('ghcr.io'))).toEqual([`${other} there-user`]);
    expect(asked.filter((line) => line.endsWith('there-user'))).toHaveLength(1);
    expect(JSON.stringify(value)).not.toMatch(/password-of|here-user|there-user/);
  });

  it('is asked for by its last part where the same path is not there', async () => {
    const secrets = [secret('here', HERE), secret('there', { 'ghcr.io/shop': 'there-user' })];
    const { value } = await look({ secrets, has: ['ghcr.io/shop/api:1.4.2'] });
    // The key covers ghcr.io/shop only, so the other paths are not asked for.
    expect(value?.registries).toEqual([{ image: 'ghcr.io/shop/api:1.4.2', asked: 'secret/there', answer: 'found' }]);
  });

  it('is looked for where Docker Hub hides what a name without a host would mean', async () => {
    const secrets = [secret('there', { 'ghcr.io': 'there-user' })];
    const { value } = await look({ image: 'team/api:1.4.2', secrets, has: ['ghcr.io/team/api:1.4.2'] });
    expect(value?.registries.map(({ image }) => image)).toEqual(['ghcr.io/team/api:1.4.2']);
  });

  it('is asked for on three other hosts at most', async () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.example.com`, name]));
    const { asked } = await look({ secrets: [secret('here', HERE), secret('many', many)] });
    const hosts = new Set(asked.map((line) => line.split('/')[0]).filter((host) => host !== 'registry.example.com'));
    expect([...hosts]).toEqual(['a.example.com', 'b.example.com', 'c.example.com']);
    expect(asked.filter((line) => !line.startsWith('registry.example.com')).length).toBeLessThanOrEqual(6);
  });

  it('sends nobody’s login where only a pattern names hosts', async () => {
    const { value, asked } = await look({
      secrets: [secret('here', HERE), secret('wild', { '*.example.org': 'wild' })],
    });
    expect(value?.registries).toEqual([]);
    expect(asked.every((line) => line.startsWith('registry.example.com'))).toBe(true);
  });

  it('is compared with the newest earlier revision, which is really asked for', async () => {
    const before = 'registry.example.com/team/api:1.4.1';
    const revisions = [revision(13, IMAGE, true), revision(12, before), revision(11, IMAGE.replace('1.4.2', '1.4.0'))];
    const { value, asked } = await look({ revisions, has: [before] });
    expect(value?.revisions).toEqual([{ revision: 12, image: before, asked: 'secret/here', answer: 'found' }]);
    expect(asked).toContain(`${before} here-user`);
    expect(asked.some((line) => line.includes(':1.4.0'))).toBe(false);
  });

  it('goes one revision further back where that is gone as well, and no further', async () => {
    const revisions = [1, 2, 3, 4].map((number) =>
      revision(number, `registry.example.com/team/api:1.4.${number * 10}`),
    );
    const { value } = await look({ revisions });
    expect(value?.revisions.map(({ revision: number, answer }) => `${number} ${answer}`)).toEqual([
      '4 missing',
      '3 missing',
    ]);
  });

  it('by digest comes with what the tag beside it means now', async () => {
    const image = `registry.example.com/team/api:1.4.2@sha256:${'f'.repeat(64)}`;
    const { value, asked } = await look({ image });
    expect(value?.tag).toMatchObject({ image: IMAGE, answer: 'missing' });
    expect(asked).toContain(`${image} here-user`);
  });
});

describe('an image that is not missing', () => {
  it.each([
    ['that is there', found],
    ['that is refused', denied],
    ['of a registry out of reach', { kind: 'network', fault: 'dns-failure', detail: 'no such host' } as const],
  ])('is looked for nowhere else: one %s', async (_name, otherwise) => {
    const secrets = [secret('here', HERE), secret('there', { 'ghcr.io': 'there-user' })];
    const { seen, asked } = await look({ secrets, otherwise });
    expect(seen.status).toBe('not-collected');
    expect(asked.some((line) => line.startsWith('ghcr.io'))).toBe(false);
  });
});

describe('names on other hosts', () => {
  it('keep tag and digest, and leave out what Docker Hub cannot hold', () => {
    const image = imageOf(`registry.example.com/api:1@sha256:${'f'.repeat(64)}`);
    const secrets = [secret('hub', { 'https://index.docker.io/v1/': 'u', 'ghcr.io/v2/org': 'u' })];
    expect(elsewhereNames(image, secrets)).toEqual([
      [],
      [`ghcr.io/api:1@sha256:${'f'.repeat(64)}`, `ghcr.io/org/api:1@sha256:${'f'.repeat(64)}`],
    ]);
  });

  it('are made of no entry that is no host', () => {
    const odd = { '': 'u', 'https://user:pass@': 'u', '[::1]:5000': 'u', '../etc': 'u', '?.example.com': 'u' };
    const made = elsewhereNames(imageOf(IMAGE), [secret('odd', odd)]);
    expect(made.flat().filter((name) => !parseReference(name).ok)).toEqual([]);
  });

  it('of revisions leave out the same image and what is no reference', () => {
    const same = [revision(1, IMAGE), revision(2, '${IMAGE}'), revision(3, '')];
    expect(earlierImages(same, 'api', imageOf(IMAGE))).toEqual([]);
    expect(earlierImages([revision(1, IMAGE)], 'constructor', imageOf('a/b:1'))).toEqual([]);
  });
});
