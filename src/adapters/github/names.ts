/** What may be put into a URL of the code host. Repositories and commits come from image labels, which anyone who pushes may write. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** Owner: letters, digits, hyphens, and the underscore of managed users. */
const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9_-]{0,99})\/([A-Za-z0-9._-]{1,100})$/;

/** `owner/name` -> its parts; undefined: no repository is called so. */
export function parseRepository(text: string): RepositoryName | undefined {
  const [, owner, repo] = REPOSITORY.exec(text) ?? [];
  return owner === undefined || repo === undefined || /^\.{1,2}$/.test(repo) ? undefined : { owner, repo };
}

/** A branch, a tag or a sha, by git's own rules (git-check-ref-format); nothing that a URL would resolve away. */
export function isRef(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= 255 &&
    !/[\p{Cc}\p{Cf}\s~^:?*[\\]|\.\.|\/\/|@\{/u.test(text) &&
    text.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

/** A file's path from the repository's root, without `.`, `..` and empty parts. */
export function isPath(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= 1024 &&
    !/[\p{Cc}\p{Cf}\\]/u.test(text) &&
    text.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
