/**
 * What registries and token servers send, as far as we read it. Lenient: other fields are ignored, wrong ones are left out, and a
 * body that does not fit is `undefined`, never an exception. Facts: OCI distribution-spec and image-spec, distribution's token
 * specification, RFC 7519.
 */
import { z } from 'zod';

const text = z.string().optional().catch(undefined);

const errorEntry = z.object({ code: text, message: text });
const errorBody = z.object({
  errors: z.array(errorEntry).optional().catch(undefined),
  // Token servers use these instead: `details` (Docker Hub), `error` and `error_description` (OAuth2), `message` (proxies).
  details: text,
  error: text,
  error_description: text,
  message: text,
});

/** What distribution adds to "not there" (registry/api/errcode and registry/handlers): a tag, a revision of a name, or a name. */
const distributionError = z.object({
  errors: z.tuple([
    z.union([
      z.object({
        code: z.literal('MANIFEST_UNKNOWN'),
        message: z.literal('manifest unknown'),
        detail: z.union([
          z.strictObject({ Tag: z.string() }),
          z.strictObject({ Name: z.string(), Revision: z.string() }),
          // distribution 3 writes a sentence where 2.8 wrote an object.
          z.string().regex(/^unknown (?:tag=\S+|manifest name=\S+ revision=\S+)$/),
        ]),
      }),
      z.object({
        code: z.literal('NAME_UNKNOWN'),
        message: z.literal('repository name not known to registry'),
        detail: z.strictObject({ name: z.string() }),
      }),
    ]),
  ]),
});

const platform = z.object({
  os: z.string().regex(/^[\w.-]{1,40}$/),
  architecture: z.string().regex(/^[\w.-]{1,40}$/),
  variant: z
    .string()
    .regex(/^[\w.-]{1,40}$/)
    .optional()
    .catch(undefined),
  'os.version': z
    .string()
    .regex(/^[\w.-]{1,40}$/)
    .optional()
    .catch(undefined),
});
const digest = z.string().regex(/^[a-z0-9+._-]{1,32}:[0-9a-fA-F]{32,128}$/);
const indexEntry = z.object({
  digest,
  platform: platform.optional().catch(undefined),
  annotations: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const manifestBody = z.object({
  schemaVersion: z.number().optional().catch(undefined),
  mediaType: text,
  manifests: z.array(z.unknown()).optional().catch(undefined),
  artifactType: text,
  config: z.object({ digest, mediaType: text }).optional().catch(undefined),
  layers: z.array(z.unknown()).optional().catch(undefined),
  fsLayers: z.array(z.unknown()).optional().catch(undefined),
});
export type ManifestBody = z.infer<typeof manifestBody>;
export type IndexEntry = z.infer<typeof indexEntry>;

const tagsBody = z.object({ tags: z.array(z.unknown()).nullish() }).refine((body) => 'tags' in body);
/** As the reference grammar allows it; anything else cannot be pulled. */
const tagName = z.string().regex(/^\w[\w.-]{0,127}$/);

/** What can stand in an Authorization header. */
const tokenText = z
  .string()
  .max(64 * 1024)
  .regex(/^[\x21-\x7e]+$/);
const tokenBody = z
  .object({
    token: tokenText.optional(),
    access_token: tokenText.optional(),
    expires_in: z.number().optional().catch(undefined),
  })
  .refine((body) => body.token !== undefined || body.access_token !== undefined);

const grant = z.object({ type: z.string(), name: z.string(), actions: z.array(z.string().max(40)).nullable() });
const claims = z.object({ access: z.array(z.unknown()).nullish() });

/** The first error of a registry's or token server's body; empty texts when it tells nothing; undefined when it is no JSON object. */
export function readError(
  body: Buffer,
): { readonly code: string; readonly message: string; readonly isRegistry: boolean } | undefined {
  const parsed = errorBody.safeParse(parseBody(body));
  if (!parsed.success) return undefined;
  const { errors, details, error, error_description: description, message } = parsed.data;
  const first = errors?.[0];
  return {
    code: first?.code ?? '',
    message: first?.message ?? details ?? description ?? message ?? error ?? '',
    isRegistry: first !== undefined && (first.code !== undefined || first.message !== undefined),
  };
}

/** Whether this is the "not there" of docker-registry, word for word and field for field. */
export function hasDistributionError(body: Buffer): boolean {
  return distributionError.safeParse(parseBody(body)).success;
}

/** A manifest or index of any schema; undefined when it is no JSON object. */
export function readManifest(body: Buffer): ManifestBody | undefined {
  return manifestBody.safeParse(parseBody(body)).data;
}

/** The readable entries of an index, at most 1000. */
export function readIndexEntries(manifests: readonly unknown[]): IndexEntry[] {
  return manifests.slice(0, 1000).flatMap((entry) => indexEntry.safeParse(entry).data ?? []);
}

/** One page of tag names; names outside the grammar are left out. */
export function readTags(body: Buffer): string[] | undefined {
  const parsed = tagsBody.safeParse(parseBody(body));
  return parsed.success ? (parsed.data.tags ?? []).flatMap((name) => tagName.safeParse(name).data ?? []) : undefined;
}

const catalogBody = z.object({ repositories: z.array(z.unknown()).nullish() });
const repositoryName = z
  .string()
  .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/)
  .max(255);

/** Names of repositories; what cannot be one is left out. undefined: this is no catalog. */
export function readCatalog(body: Buffer): string[] | undefined {
  const parsed = catalogBody.safeParse(parseBody(body));
  if (!parsed.success || parsed.data.repositories === undefined) return undefined;
  return (parsed.data.repositories ?? []).flatMap((name) => repositoryName.safeParse(name).data ?? []);
}

/** The token of a token server's answer and how long it lives (60 s where it does not say). */
export function readToken(body: Buffer): { readonly token: string; readonly seconds: number } | undefined {
  const parsed = tokenBody.safeParse(parseBody(body));
  if (!parsed.success) return undefined;
  const { token, access_token: access, expires_in: seconds } = parsed.data;
  return { token: token ?? access ?? '', seconds: seconds !== undefined && seconds > 0 ? seconds : 60 };
}

/**
 * The actions that a token grants on a repository, read from its `access` claim without checking any signature: evidence, never a
 * decision of ours. Undefined when the token is no JWT or has no such claim.
 */
export function readGrants(token: string, repository: string): string[] | undefined {
  const payload = token.split('.');
  if (payload.length !== 3) return undefined;
  const parsed = claims.safeParse(parseBody(Buffer.from(payload[1] ?? '', 'base64url')));
  if (!parsed.success || parsed.data.access === undefined) return undefined;
  const mine = (parsed.data.access ?? [])
    .slice(0, 1000)
    .flatMap((entry) => grant.safeParse(entry).data ?? [])
    .filter((entry) => entry.type === 'repository' && entry.name === repository);
  return [...new Set(mine.flatMap((entry) => entry.actions ?? []))].slice(0, 20);
}

/** undefined: it is no JSON. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
