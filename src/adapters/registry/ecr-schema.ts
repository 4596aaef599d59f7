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
