/** What a registry tells of its tags beyond their names: when they were pushed, and whether they may be pushed over. */

export interface TagDetail {
  readonly tag: string;
  /** When the image that it means now was pushed, ms. */
  readonly pushedAt?: number;
  /** The account that pushed it last. */
  readonly pushedBy?: string;
  /** true: the registry refuses to push over it; false: it does not. Absent: it did not say. */
  readonly isImmutable?: boolean;
}

export type TagDetailsAnswer =
  | {
      readonly kind: 'told' /** Whose words these are. */;
      readonly source: string;
      readonly tags: readonly TagDetail[];
    }
  /** `reason` is half a sentence. */
  | { readonly kind: 'untold'; readonly reason: string };

/** What was told of one tag; undefined: nothing. */
export function detailOf(answer: TagDetailsAnswer | undefined, tag: string): TagDetail | undefined {
  return answer?.kind === 'told' ? answer.tags.find((one) => one.tag === tag) : undefined;
}
