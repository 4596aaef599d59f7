/** Manifests, configs and in-toto statements, as far as they tell where an image was made. Lenient, and bounded in what is passed on. */
import { z } from 'zod';
import type { ImageOrigin } from '../../build/origin.ts';
import { parseBody } from './schema.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const texts = z.record(z.string(), z.unknown()).optional().catch(undefined);
const entry = z.object({
  digest,
  mediaType: z.string().optional().catch(undefined),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional().catch(undefined),
  annotations: texts,
});
const manifest = z.object({
  manifests: z.array(z.unknown()).optional().catch(undefined),
  layers: z.array(z.unknown()).optional().catch(undefined),
  config: z.object({ digest }).optional().catch(undefined),
  annotations: texts,
});
const config = z.object({
  created: z.string().optional().catch(undefined),
  config: z.object({ Labels: texts }).optional().catch(undefined),
});
const builder = z.object({ id: z.string() });
/** SLSA 0.2 and 1. */
const statement = z.object({
  predicate: z.object({
    builder: builder.optional().catch(undefined),
    runDetails: z.object({ builder }).optional().catch(undefined),
  }),
});

export interface OriginManifest {
  readonly annotations: Readonly<Record<string, unknown>>;
  /** Digests of attestation manifests. */
  readonly attestations: readonly string[];
  /** Digests of the platforms' manifests. */
  readonly images: readonly string[];
  readonly config?: string;
  /** Digest of the in-toto statement about the build, in an attestation manifest. */
  readonly provenance?: string;
}

/** undefined: it is no manifest. */
export function readOriginManifest(body: Buffer): OriginManifest | undefined {
  const parsed = manifest.safeParse(parseBody(body)).data;
  if (!parsed) return undefined;
  const entries = (parsed.manifests ?? []).slice(0, 100).flatMap((one) => entry.safeParse(one).data ?? []);
  const attests = ({ platform, annotations }: z.infer<typeof entry>) =>
    platform?.os === 'unknown' || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
  const provenance = (parsed.layers ?? [])
    .slice(0, 20)
    .flatMap((one) => entry.safeParse(one).data ?? [])
    .find(({ annotations }) => {
      const type = annotations?.['in-toto.io/predicate-type'];
      return typeof type === 'string' && type.includes('slsa.dev/provenance');
    });
  return {
    annotations: parsed.annotations ?? {},
    attestations: entries.filter(attests).map((one) => one.digest),
    images: entries.filter((one) => !attests(one)).map((one) => one.digest),
    ...(parsed.config && parsed.manifests === undefined ? { config: parsed.config.digest } : {}),
    ...(provenance ? { provenance: provenance.digest } : {}),
  };
}

/** The builder's id, where it is a link. */
export function readStatement(body: Buffer): string | undefined {
  const predicate = statement.safeParse(parseBody(body)).data?.predicate;
  return link(predicate?.builder?.id ?? predicate?.runDetails?.builder.id);
}

export function readConfig(
  body: Buffer,
): { readonly created: string | undefined; readonly labels: Readonly<Record<string, unknown>> } | undefined {
  const parsed = config.safeParse(parseBody(body)).data;
  return parsed && { created: parsed.created, labels: parsed.config?.Labels ?? {} };
}

/** Source and revision, where they look like one. */
export function originIn(labels: Readonly<Record<string, unknown>> = {}): Pick<ImageOrigin, 'source' | 'revision'> {
  const source = link(labels['org.opencontainers.image.source'] ?? labels['org.label-schema.vcs-url']);
  const said = labels['org.opencontainers.image.revision'] ?? labels['org.label-schema.vcs-ref'];
  const revision = typeof said === 'string' && /^[0-9a-f]{7,64}$/i.test(said) ? said.toLowerCase() : undefined;
  return { ...(source === undefined ? {} : { source }), ...(revision === undefined ? {} : { revision }) };
}

/** An address without a login, a query or anything odd in it. */
function link(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 500) return undefined;
  const text = value
    .replace(/^git@([\w.-]+):/, 'https://$1/')
    .replace(/^git\+|^ssh:\/\/git@/, (head) => (head === 'git+' ? '' : 'https://'));
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return /^[\w./@:-]*$/.test(url.pathname) ? `${url.protocol}//${url.host}${url.pathname}` : undefined;
}
