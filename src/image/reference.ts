/**
 * Image references by the grammar of distribution/reference (normalize.go): what the kubelet and containerd accept.
 * `nginx` means `docker.io/library/nginx`; a first part without `.`, `:` or `localhost` is a Docker Hub path.
 */

/** A parsed reference. `registry` is the image's host as written (`docker.io` for Docker Hub), without a scheme. */
export interface ImageReference {
  /** As written in the pod. */
  readonly text: string;
  readonly registry: string;
  /** Path on the registry, lower case: `library/nginx`. */
  readonly repository: string;
  /** Absent when only a digest is given; `latest` is filled in when neither is. */
  readonly tag?: string;
  /** `sha256:…`; wins over the tag. */
  readonly digest?: string;
}

/** Why a text is no reference: a closed set, with the sentence for a person. */
export interface ReferenceFault {
  readonly text: string;
  readonly fault:
    | 'empty'
    | 'scheme'
    | 'upper-case'
    | 'empty-tag'
    | 'bad-tag'
    | 'bad-digest'
    | 'whitespace-or-quotes'
    | 'placeholder'
    | 'leading-slash'
    | 'bad-name'
    | 'too-long';
  readonly sentence: string;
}

export type ParsedReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly fault: ReferenceFault };

const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** The algorithms that the kubelet and the runtimes register, with lower-case digits of exactly their length. */
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** Counted without the domain, `library/` included. */
const MAX_PATH = 255;

/** Parses `text` as the kubelet would. Never throws. */
export function parseReference(text: string): ParsedReference {
  const quick = obviousFault(text);
  if (quick) return { ok: false, fault: { text, ...quick } };
  const [beforeDigest, digest] = splitOnce(text, '@');
  if (digest !== undefined && !DIGEST.test(digest)) {
    return fail(
      text,
      'bad-digest',
      digest === '' || digest === 'sha256:'
        ? 'the digest after "@" is empty, usually a variable that was not set when the manifest was rendered'
        : `"${digest}" is not a digest: it should be sha256: and 64 hexadecimal digits in lower case`,
    );
  }
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const name = hasTag ? beforeDigest.slice(0, colon) : beforeDigest;
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  if (tag === '')
    return fail(
      text,
      'empty-tag',
      'the tag after ":" is empty, usually a variable that was not set when the manifest was rendered',
    );
  if (tag !== undefined && !TAG.test(tag))
    return fail(text, 'bad-tag', `"${tag}" is not a tag: letters, digits, "_", "." and "-", at most 128 characters`);
  return parseName(text, name, tag, digest);
}

function parseName(text: string, name: string, tag: string | undefined, digest: string | undefined): ParsedReference {
  const { registry, path } = splitDomain(name);
  if (path !== path.toLowerCase())
    return fail(text, 'upper-case', `"${path}" has capital letters; a repository path is lower case`);
  if (path === '' || path.split('/').includes('')) {
    const what = 'a part of the name is empty, usually a variable that was not set when the manifest was rendered';
    return fail(text, 'bad-name', `${what}: "${name}"`);
  }
  if (!DOMAIN.test(registry) || !path.split('/').every((part) => PATH_PART.test(part))) {
    return fail(text, 'bad-name', `"${name}" is not a repository name`);
  }
  // Only the bare digits: with a tag behind them they are an ordinary name.
  if (/^[0-9a-f]{64}$/.test(text))
    return fail(text, 'bad-name', 'a name of 64 hexadecimal digits is refused because it looks like an image id');
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > MAX_PATH) {
    return fail(text, 'too-long', `a repository path has at most ${MAX_PATH} characters`);
  }
  const effective = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    ok: true,
    reference: {
      text,
      registry,
      repository,
      ...(effective === undefined ? {} : { tag: effective }),
      ...(digest === undefined ? {} : { digest }),
    },
  };
}

function splitDomain(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = first.includes('.') || first.includes(':') || first === 'localhost' || first !== first.toLowerCase();
  if (slash < 0 || !isDomain) return { registry: 'docker.io', path: name };
  return { registry: first === 'index.docker.io' ? 'docker.io' : first, path: name.slice(slash + 1) };
}

function obviousFault(text: string): Omit<ReferenceFault, 'text'> | undefined {
  if (text === '') return { fault: 'empty', sentence: 'the image is empty' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return { fault: 'scheme', sentence: 'an image reference has no "https://" in front' };
  const placeholder =
    /\$\{[^}]{0,80}\}|\{\{[^}]{0,80}\}\}|<[^<>]{0,80}>|%[A-Za-z_]\w{0,80}%|\$[A-Za-z_]\w{0,80}|[<>{}$]/.exec(text)?.[0];
  if (placeholder !== undefined)
    return {
      fault: 'placeholder',
      sentence: `the placeholder ${placeholder} was not replaced when the manifest was rendered`,
    };
  if (/[\s"'`]/.test(text))
    return { fault: 'whitespace-or-quotes', sentence: 'there is a space or a quote inside the reference' };
  if (text.startsWith('/'))
    return {
      fault: 'leading-slash',
      sentence: 'the registry before the first "/" is empty, usually a variable that was not set',
    };
  return undefined;
}

function fail(text: string, fault: ReferenceFault['fault'], sentence: string): ParsedReference {
  return { ok: false, fault: { text, fault, sentence } };
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/** `docker.io/library/nginx`: the full name without tag or digest, as the kubelet's keyring sees it. */
export function repositoryName(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** `docker.io/library/nginx:1.27` or `…@sha256:…`: the full, unambiguous form. */
export function fullName(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  return `${repositoryName(reference)}${tag}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
}

/** What the registry is asked for: the digest when there is one (the tag is then ignored), else the tag. */
export function manifestSelector(reference: ImageReference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

/** The host that answers the registry API: Docker Hub's differs from its image host. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}
