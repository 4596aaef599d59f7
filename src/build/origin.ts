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
}
