/** When tags were pushed is asked only where it matters, with one question, by whoever was let in. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../src/evidence/collect.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import { detailOf } from '../../src/evidence/tag-details.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aContainer, aPod, IMAGE } from '../support/snapshots.ts';

const OLD = `sha256:${'b'.repeat(64)}`;
const NEW = `sha256:${'c'.repeat(64)}`;
const login: AccessOutcome = { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'no' };
const missing: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
const repository = IMAGE.slice(0, IMAGE.lastIndexOf(':'));

function found(digest: string): AccessOutcome {
  return { kind: 'found', manifest: { digest, mediaType: 'x', platforms: [], manifests: [], configDigest: digest } };
}

async function look(
  answer: AccessOutcome,
  imageID?: string,
  names: readonly string[] = ['1.4.1', '1.4.0', '1.3.0', '9'],
) {
  const running = { state: 'running' as const, ready: true, imageID: imageID ?? '', startedAt: 1 };
  const container = aContainer(imageID === undefined ? {} : running);
  const pod = aPod({ containers: [container] });
  const asked: string[] = [];
  const registry = {
    ...fakeRegistry(({ kind }, { digest }) => {
      if (kind === 'anonymous') return login;
      // What ran before is still there under its digest.
      return digest === undefined ? answer : found(digest);
    }, names),
    tagDetails: async (_image: unknown, tags: readonly string[], credential: { readonly kind: string }) => {
      asked.push(`${tags.join(' ')} by ${credential.kind}`);
      return { kind: 'told' as const, source: 'its API', tags: [{ tag: '1.4.1', pushedAt: 7 }] };
    },
  };
  const { signal } = new AbortController();
  const outside = { cluster: fakeCluster(aStory({ pods: [pod] })), registry, signal, ownCredential: () => undefined };
  const subject = { namespace: pod.namespace, pod: pod.name, container: container.name };
  return { seen: await collectCase(subject, outside).get('tagDetails'), asked };
}

describe('when tags were pushed', () => {
  it('is asked for those nearest to a missing one, with the login that was told so', async () => {
    const { seen, asked } = await look(missing);
    expect(asked).toEqual(['1.4.1 1.4.0 1.3.0 by password']);
    expect(seen).toMatchObject({ status: 'observed', value: { kind: 'told' } });
  });

  it('is asked for a tag that means another image than what runs', async () => {
    expect((await look(found(NEW), `${repository}@${OLD}`)).asked).toEqual(['1.4.2 by password']);
  });

  it.each([
    ['nothing is near the missing tag', missing, undefined, ['zzzzzzzz']],
    ['the node runs what the tag means now', found(OLD), `${repository}@${OLD}`, []],
    ['the image is there and not yet running', found(NEW), undefined, []],
    ['the registry lets nobody in', login, undefined, []],
  ] as const)('is not asked where %s', async (_story, answer, imageID, names) => {
    const { seen, asked } = await look(answer, imageID, names);
    expect(asked).toEqual([]);
    expect(seen.status).toBe('not-collected');
  });

  it('is looked up by the name of the tag', () => {
    const told = { kind: 'told' as const, source: 'its API', tags: [{ tag: '1.4.1', pushedAt: 7 }] };
    expect(detailOf(told, '1.4.1')).toEqual({ tag: '1.4.1', pushedAt: 7 });
    expect(detailOf(told, '1.4.0')).toBeUndefined();
    expect(detailOf({ kind: 'untold', reason: 'none' }, '1.4.1')).toBeUndefined();
  });
});
