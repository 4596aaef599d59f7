/** The images that a simulated registry holds: real manifests with real digests, without layers worth the name. */
import { createHash } from 'node:crypto';

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface ImageShelf {
  /** Stores an image under a tag; `platforms` given: an index with one manifest each. Returns the digest of what the tag means. */
  push(repository: string, tag: string, options?: PushOptions): string;
  /** Forgets the tag, or the whole repository. */
  remove(repository: string, tag?: string): void;
  find(repository: string, selector: string): StoredManifest | undefined;
  /** Sorted; undefined when the repository does not exist. */
  tags(repository: string): readonly string[] | undefined;
  /** Sorted. */
  names(): readonly string[];
}

export interface PushOptions {
  /** `linux/amd64`, `linux/arm64/v8`. */
  readonly platforms?: readonly string[];
  /** Another text gives another digest: a tag that was moved. */
  readonly content?: string;
}

interface Repository {
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
}

export function createImageShelf(): ImageShelf {
  const repositories = new Map<string, Repository>();
  return {
    push(repository, tag, options = {}) {
      const held = repositories.get(repository) ?? { manifests: new Map(), tags: new Map() };
      repositories.set(repository, held);
      const built = build(`${repository}:${tag} ${options.content ?? ''}`, options.platforms);
      for (const manifest of built) held.manifests.set(manifest.digest, manifest);
      const digest = built.at(-1)?.digest ?? '';
      held.tags.set(tag, digest);
      return digest;
    },
    remove(repository, tag) {
      if (tag === undefined) repositories.delete(repository);
      else repositories.get(repository)?.tags.delete(tag);
    },
    find(repository, selector) {
      const held = repositories.get(repository);
      return held?.manifests.get(held.tags.get(selector) ?? selector);
    },
    tags(repository) {
      const held = repositories.get(repository);
      return held ? [...held.tags.keys()].sort() : undefined;
    },
    names: () => [...repositories.keys()].sort(),
  };
}

/** All manifests of an image, the one that the tag means last. */
function build(content: string, platforms: readonly string[] | undefined): StoredManifest[] {
  if (platforms === undefined) return [image(content)];
  const images = platforms.map((platform) => ({ platform, manifest: image(`${content} ${platform}`) }));
  const index = store('application/vnd.oci.image.index.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map(({ platform, manifest }) => {
      const [os = 'linux', architecture = 'amd64', variant] = platform.split('/');
      return {
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.body.length,
        platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
      };
    }),
  });
  return [...images.map(({ manifest }) => manifest), index];
}

function image(content: string): StoredManifest {
  return store('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(Buffer.from(content)),
      size: content.length,
    },
    layers: [],
  });
}

function store(mediaType: string, value: object): StoredManifest {
  const body = Buffer.from(JSON.stringify(value));
  return { digest: digestOf(body), mediaType, body };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
