/** What every registry must show through the reader: run on the simulated registry and on the real docker-registry. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClosableRegistryReader } from '../../src/adapters/registry/client.ts';
import { anonymous, type RegistryCredential } from '../../src/evidence/registry-access.ts';
import { type ImageReference, parseReference } from '../../src/image/reference.ts';
import { Sealed } from '../../src/sealed.ts';

/** A running registry that holds nothing yet. With auth: the account `puller` with the password `correct horse`. */
export interface RegistryUnderTest {
  readonly host: string;
  readonly reader: ClosableRegistryReader;
  /** How it is asked; default http. */
  readonly scheme?: 'http' | 'https';
  /** Requests that left through the reader so far. */
  calls(): readonly string[];
  push(
    repository: string,
    tag: string,
    platforms?: readonly string[],
  ): Promise<{ digest: string; manifests?: readonly string[] }>;
  stop(): Promise<void>;
}

/** `puller` with this password, as a pull secret would bring it. */
export function puller(password = 'correct horse'): RegistryCredential {
  return {
    kind: 'password',
    source: 'secret/regcred',
    origin: 'pull-secret',
    secret: 'regcred',
    username: 'puller',
    password: new Sealed(password),
  };
}

/** The reference of an image, which must be well formed. */
export function imageOf(text: string): ImageReference {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Error(parsed.fault.sentence);
  return parsed.reference;
}

/** Declares the suite. `auth` is what the registry asks for. */
export function registryReaderContract(
  name: string,
  auth: 'none' | 'basic' | 'bearer',
  start: () => Promise<RegistryUnderTest>,
): void {
  describe(`registry reader on ${name}`, () => {
    const signal = new AbortController().signal;
    const good = auth === 'none' ? anonymous : puller();
    let world: RegistryUnderTest;
    let pushed: { digest: string; manifests?: readonly string[] };
    let many: { digest: string; manifests?: readonly string[] };

    beforeAll(async () => {
      world = await start();
      pushed = await world.push('shop/api', '1.4.2');
      many = await world.push('shop/api', 'multi', ['linux/amd64', 'linux/arm64/v8']);
    });
    afterAll(async () => {
      await world.reader.close();
      await world.stop();
    });

    function image(rest: string): ImageReference {
      return imageOf(`${world.host}/${rest}`);
    }

    it(`needs at most ${auth === 'bearer' ? 6 : 4} requests to ask anonymously, with a credential, and for the tags`, async () => {
      const before = world.calls().length;
      await world.reader.manifest(image('shop/api:1.4.2'), anonymous, signal);
      await world.reader.manifest(image('shop/api:1.4.2'), good, signal);
      await world.reader.tags(image('shop/api:1.4.2'), good, signal);
      expect(world.calls().length - before).toBeLessThanOrEqual(auth === 'bearer' ? 6 : 4);
    });

    it('finds an image by tag and says what it is', async () => {
      const attempt = await world.reader.manifest(image('shop/api:1.4.2'), good, signal);
      expect(attempt).toMatchObject({
        status: 200,
        challenge: { scheme: auth },
        outcome: {
          kind: 'found',
          manifest: { digest: pushed.digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', platforms: [] },
        },
      });
    });

    it('finds it by digest too', async () => {
      const attempt = await world.reader.manifest(image(`shop/api@${pushed.digest}`), good, signal);
      expect(attempt.outcome).toMatchObject({ kind: 'found', manifest: { digest: pushed.digest } });
    });

    it('lists the platforms of an index', async () => {
      const { outcome } = await world.reader.manifest(image('shop/api:multi'), good, signal);
      expect(outcome).toMatchObject({
        kind: 'found',
        manifest: { digest: many.digest, platforms: ['linux/amd64', 'linux/arm64/v8'] },
      });
      if (many.manifests) expect(outcome).toMatchObject({ manifest: { manifests: many.manifests } });
    });

    it('misses a tag that was never pushed', async () => {
      const attempt = await world.reader.manifest(image('shop/api:1.4.3'), good, signal);
      expect(attempt).toMatchObject({ status: 404, outcome: { kind: 'missing', code: 'MANIFEST_UNKNOWN' } });
    });

    it('lists the tags of a repository', async () => {
      const answer = await world.reader.tags(image('shop/api:x'), good, signal);
      expect(answer).toMatchObject({ kind: 'listed', truncated: false });
      // docker-registry 2.8 lists in the order of its folders.
      expect(answer.kind === 'listed' ? [...answer.names].sort() : []).toEqual(['1.4.2', 'multi']);
    });

    it('misses the tag list of a repository that does not exist', async () => {
      expect(await world.reader.tags(image('shop/nothing:x'), good, signal)).toEqual({ kind: 'missing' });
    });

    it('tells what it holds where it lets somebody list it', async () => {
      const told = await world.reader.repositories?.(image('shop/nothing:x'), good, signal);
      // A token server gives tokens for repositories; the catalog is a resource of its own.
      expect(told).toEqual(auth === 'bearer' ? undefined : { names: ['shop/api'], truncated: false });
      if (auth === 'basic')
        expect(await world.reader.repositories?.(image('shop/x:x'), anonymous, signal)).toBeUndefined();
    });

    it('throws only when the caller gives up', async () => {
      const stopped = AbortSignal.abort(new Error('enough'));
      await expect(world.reader.manifest(image('shop/api:1.4.2'), good, stopped)).rejects.toThrow('enough');
      await expect(world.reader.tags(image('shop/api:1.4.2'), good, stopped)).rejects.toThrow('enough');
      await expect(world.reader.login(image('shop/api:1.4.2'), good, stopped)).rejects.toThrow('enough');
    });

    it(auth === 'none' ? 'lets anybody in at its base' : 'tells a good login from a bad one at its base', async () => {
      const login = (who: RegistryCredential) => world.reader.login(image('shop/api:1.4.2'), who, signal);
      if (auth === 'none') {
        expect(await login(anonymous)).toBe('accepted');
        return;
      }
      expect(await login(puller())).toBe('accepted');
      expect(await login(puller('battery staple'))).toBe('rejected');
      if (auth === 'basic') expect(await login(anonymous)).toBe('rejected');
    });

    it('names the scheme that it asked with, and docker-registry by its way of saying no', async () => {
      const { scheme, software } = await world.reader.manifest(image('shop/api:1.4.3'), good, signal);
      expect(scheme).toBe(world.scheme ?? 'http');
      expect(software).toBe('distribution');
      const gone = await world.reader.manifest(image(`shop/api@sha256:${'0'.repeat(64)}`), good, signal);
      expect(gone.software).toBe('distribution');
    });

    if (auth === 'none') return;

    it('is refused without a credential, and says what the registry wants', async () => {
      const attempt = await world.reader.manifest(image('shop/api:1.4.2'), anonymous, signal);
      expect(attempt).toMatchObject({
        status: 401,
        challenge: { scheme: auth },
        outcome: { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED' },
      });
    });

    it('is refused with a wrong password, in manifest and tags alike', async () => {
      const outcome = { kind: 'unauthorized', at: auth === 'bearer' ? 'token' : 'manifest' };
      const wrong = puller('battery staple');
      const attempt = await world.reader.manifest(image('shop/api:1.4.2'), wrong, signal);
      expect(attempt.outcome).toMatchObject(outcome);
      expect(await world.reader.tags(image('shop/api:1.4.2'), wrong, signal)).toMatchObject({
        kind: 'failed',
        outcome,
      });
      expect(JSON.stringify([attempt, world.calls()])).not.toContain('battery staple');
    });
  });
}
