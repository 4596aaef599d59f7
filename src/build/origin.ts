/** Where an image says it comes from: what its builder left in the registry beside it. Evidence, not proof: anyone who pushes may write it. */

export interface ImageOrigin {
  /** `org.opencontainers.image.source`, of the config or of the index. */
  readonly source?: string;
  /** `org.opencontainers.image.revision`: the commit. */
  readonly revision?: string;
  /** The run's page in BuildKit's provenance (`builder.id`): `https://github.com/o/r/actions/runs/1` (newer ones with `/attempts/2`). */
  readonly runUrl?: string;
  /** `created` of the config, ms: build time as the builder set it, often 0. A hint only. */
  readonly builtAt?: number;
  /** Of what was asked about. */
  readonly digest?: string;
}

/** One row of `sources`: what labels and provenance do not tell. */
export interface ImageSource {
  /** Image name without tag; `*` stands for any characters. */
  readonly image: string;
  /** `owner/name`. */
  readonly repository: string;
  /** File name or path of the workflow that builds it. */
  readonly workflow?: string | undefined;
}

/** The owner of a managed user has an underscore. */
const REPOSITORY = /^\/([A-Za-z0-9][A-Za-z0-9_-]{0,99})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?(?:\/.*)?$/;
const RUN = /^\/[^/]+\/[^/]+\/actions\/runs\/(\d{1,15})(?:\/(?:attempts\/(\d{1,4})|job\/\d+))?\/?$/;

/** `owner/name` of a link, if it leads to the code host's own address; a label may say anything. */
export function repositoryIn(link: string | undefined, web: string): string | undefined {
  const path = pathAt(link, web);
  const [, owner, name] = (path === undefined ? null : REPOSITORY.exec(path)) ?? [];
  return owner === undefined || name === undefined || /^\.{1,2}$/.test(name) ? undefined : `${owner}/${name}`;
}

/** The run that a link names, on the same terms. */
export function runIn(
  link: string | undefined,
  web: string,
): { readonly repository: string; readonly id: number; readonly attempt?: number } | undefined {
  const repository = repositoryIn(link, web);
  const [, id, attempt] = RUN.exec(pathAt(link, web) ?? '') ?? [];
  if (repository === undefined || id === undefined) return undefined;
  return { repository, id: Number(id), ...(attempt === undefined ? {} : { attempt: Number(attempt) }) };
}

function pathAt(link: string | undefined, web: string): string | undefined {
  const [url, host] = [URL.parse(link ?? ''), URL.parse(web)];
  return url !== null && host !== null && url.host === host.host ? url.pathname : undefined;
}
