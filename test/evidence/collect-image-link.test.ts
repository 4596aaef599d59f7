/** Which of an image's other tags is asked where the image was made. */
import { describe, expect, it } from '@jest/globals';
import { linkImage } from '../../src/evidence/collect-image-link.ts';
import { absent } from '../../src/evidence/observation.ts';
import { parseReference } from '../../src/image/reference.ts';
import { aSha, fakeCodeHost } from '../support/fake-code-host.ts';
import { fakeRegistry } from '../support/readers.ts';

const [OLD, NEWER, MISSING] = [aSha('old'), aSha('newer'), aSha('missing')];

async function askedFor(tag: string, names: readonly string[]): Promise<string | undefined> {
  const asked: string[] = [];
  const parsed = parseReference(`registry.example.com/acme/shop:${tag}`);
  if (!parsed.ok) throw new Error('no reference');
  const registry = {
    ...fakeRegistry(() => ({ kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }), names),
    origin: async (image: { readonly tag?: string }) => {
      asked.push(image.tag ?? '');
      return absent;
    },
  };
  const outside = { registry, codeHost: fakeCodeHost({ repositories: {} }), signal: new AbortController().signal };
  const wanted = { image: parsed.reference, credential: { kind: 'anonymous' as const }, names, exists: false };
  await linkImage(wanted, outside, []);
  return asked[0];
}

describe('the tag that is asked where an image comes from', () => {
  it('names a commit where the missing one does', async () => {
    const commits = [OLD, NEWER].toSorted();
    expect(await askedFor(MISSING, [...commits, 'stable', 'v1'])).toBe(commits[1]);
  });

  it('is no signature, no attestation and no cache', async () => {
    const beside = ['buildcache', `sha256-${'0'.repeat(64)}.sig`, 'zz-cache'];
    expect(await askedFor(MISSING, ['base', ...beside])).toBe('base');
  });

  it('is the last one where nothing else can be told', async () => {
    expect(await askedFor('nightly', ['alpha', 'omega'])).toBe('omega');
  });
});
