/** What ECR's API answers, as far as we read it, after the SDK has parsed it. */
import { z } from 'zod';

/** The SDK makes dates of timestamps. */
const instant = z
  .date()
  .transform((date) => date.getTime())
  .optional()
  .catch(undefined);
const authorization = z.object({
  authorizationData: z.tuple([z.object({ authorizationToken: z.string(), expiresAt: instant })]).rest(z.unknown()),
});
const images = z.object({
  imageDetails: z
    .tuple([
      z.object({
        imageDigest: z
          .string()
          .regex(/^sha256:[0-9a-f]{64}$/)
          .optional()
          .catch(undefined),
        imagePushedAt: instant,
      }),
    ])
    .rest(z.unknown()),
});

const many = z.object({ imageDetails: z.array(z.unknown()) });
const tagged = z.object({ imageTags: z.array(z.string()), imagePushedAt: instant });
const repositories = z.object({
  repositories: z
    .tuple([
      z.object({
        imageTagMutability: z.enum(['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION']),
        imageTagMutabilityExclusionFilters: z
          .array(z.object({ filter: z.string().max(128) }))
          .optional()
          .catch(undefined),
      }),
    ])
    .rest(z.unknown()),
});

/** Tag -> when the image that it means now was pushed, ms. */
export function readPushTimes(answer: unknown): ReadonlyMap<string, number> {
  const details = many.safeParse(answer).data?.imageDetails ?? [];
  return new Map(
    details.flatMap((one) => {
      const { data } = tagged.safeParse(one);
      const at = data?.imagePushedAt;
      return at === undefined ? [] : (data?.imageTags ?? []).map((tag): [string, number] => [tag, at]);
    }),
  );
}

/** Whether a tag may be pushed over in this repository; undefined: the answer does not tell. */
export function readImmutability(answer: unknown): ((tag: string) => boolean) | undefined {
  const { data } = repositories.safeParse(answer);
  if (data === undefined) return undefined;
  const [{ imageTagMutability: kind, imageTagMutabilityExclusionFilters: filters = [] }] = data.repositories;
  const isImmutable = kind.startsWith('IMMUTABLE');
  return (tag) => (filters.some(({ filter }) => fits(filter, tag)) ? !isImmutable : isImmutable);
}

/** `*` stands for any characters, at most twice in a filter (Amazon ECR user guide, image tag mutability). */
function fits(filter: string, tag: string): boolean {
  const [start = '', ...rest] = filter.split('*');
  if (rest.length === 0) return filter === tag;
  const end = rest.pop() ?? '';
  if (!tag.startsWith(start) || !tag.endsWith(end) || tag.length < start.length + end.length) return false;
  let at = start.length;
  for (const part of rest) {
    const found = tag.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= tag.length - end.length;
}

/** `AWS:TOKEN` in base64; undefined when it is something else. The caller seals the password. */
export function readAuthorization(
  answer: unknown,
): { readonly username: string; readonly password: string; readonly expiresAt?: number } | undefined {
  const parsed = authorization.safeParse(answer);
  if (!parsed.success) return undefined;
  const [{ authorizationToken, expiresAt }] = parsed.data.authorizationData;
  const [, username, password] = /^([^:]+):(.+)$/s.exec(Buffer.from(authorizationToken, 'base64').toString()) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username, password, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** The first image described; undefined when there is none. */
export function readImage(
  answer: unknown,
): { readonly kind: 'found'; readonly digest?: string; readonly pushedAt?: number } | undefined {
  const parsed = images.safeParse(answer);
  if (!parsed.success) return undefined;
  const [{ imageDigest, imagePushedAt }] = parsed.data.imageDetails;
  return {
    kind: 'found',
    ...(imageDigest === undefined ? {} : { digest: imageDigest }),
    ...(imagePushedAt === undefined ? {} : { pushedAt: imagePushedAt }),
  };
}
