/**
 * What registries tell of their tags through APIs of their own, as far as we read it. Lenient: a wrong field is left out, a body that
 * does not fit tells nothing. Sources: Docker Hub API reference (read repository tag), Project Quay API (tag), Harbor API v2.0 (tags of
 * an artifact), GitLab container registry (docs/spec/gitlab/api.md), Azure Container Registry REST API (tag attributes), the listing of
 * Google's registries (go-containerregistry, pkg/v1/google).
 */
import { z } from 'zod';
import { parseTime } from '../../clock.ts';
import type { TagDetail } from '../../evidence/tag-details.ts';

const name = z.string().regex(/^\w[\w.-]{0,127}$/);
/** RFC 3339, RFC 1123, whatever a date is written in. */
const instant = z
  .string()
  .transform((text) => parseTime(text))
  .optional()
  .catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const account = z
  .string()
  .regex(/^[\w.@+-]{1,80}$/)
  .optional()
  .catch(undefined);

const hub = z.object({ name, tag_last_pushed: instant, last_updated: instant, last_updater_username: account });
const quay = z.object({
  tags: z.array(z.unknown()),
});
const quayTag = z.object({
  name,
  start_ts: z.number().int().positive().optional().catch(undefined),
  last_modified: instant,
  immutable: flag,
});
const harborTag = z.object({ name, push_time: instant, immutable: flag });
const gitlabTag = z.object({ name, published_at: instant, updated_at: instant, created_at: instant });
const acr = z.object({
  tag: z.object({
    name,
    lastUpdateTime: instant,
    changeableAttributes: z.object({ writeEnabled: flag }).optional().catch(undefined),
  }),
});
const google = z.object({ manifest: z.record(z.string(), z.unknown()) });
const googleManifest = z.object({ tag: z.array(name), timeUploadedMs: z.string().regex(/^\d{1,15}$/) });

/** Of `/v2/namespaces/…/tags/TAG`. */
export function readHubTag(body: unknown): readonly TagDetail[] {
  const { data } = hub.safeParse(body);
  if (data === undefined) return [];
  return [detail(data.name, data.tag_last_pushed ?? data.last_updated, { pushedBy: data.last_updater_username })];
}

/** Of `/api/v1/repository/…/tag/`. */
export function readQuayTags(body: unknown): readonly TagDetail[] {
  return (quay.safeParse(body).data?.tags ?? []).flatMap((one) => {
    const { data } = quayTag.safeParse(one);
    if (data === undefined) return [];
    const at = data.start_ts === undefined ? data.last_modified : data.start_ts * 1000;
    return [detail(data.name, at, { isImmutable: data.immutable })];
  });
}

/** Of `/api/v2.0/projects/…/artifacts/TAG/tags`: every tag of that artifact. */
export function readHarborTags(body: unknown): readonly TagDetail[] {
  return many(body).flatMap((one) => {
    const { data } = harborTag.safeParse(one);
    return data === undefined ? [] : [detail(data.name, data.push_time, { isImmutable: data.immutable })];
  });
}

/** Of `/gitlab/v1/repositories/…/tags/list/`. */
export function readGitlabTags(body: unknown): readonly TagDetail[] {
  return many(body).flatMap((one) => {
    const { data } = gitlabTag.safeParse(one);
    return data === undefined ? [] : [detail(data.name, data.published_at ?? data.updated_at ?? data.created_at, {})];
  });
}

/** Of `/acr/v1/…/_tags/TAG`. */
export function readAcrTag(body: unknown): readonly TagDetail[] {
  const { data } = acr.safeParse(body);
  if (data === undefined) return [];
  const { tag } = data;
  const writes = tag.changeableAttributes?.writeEnabled;
  return [detail(tag.name, tag.lastUpdateTime, { isImmutable: writes === undefined ? undefined : !writes })];
}

/** Of `/v2/…/tags/list` as Google's registries answer it, with their manifests beside the tags. */
export function readGoogleTags(body: unknown): readonly TagDetail[] {
  return Object.values(google.safeParse(body).data?.manifest ?? {}).flatMap((one) => {
    const { data } = googleManifest.safeParse(one);
    return (data?.tag ?? []).map((tag) => detail(tag, Number(data?.timeUploadedMs), {}));
  });
}

function many(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [];
}

interface More {
  readonly pushedBy?: string | undefined;
  readonly isImmutable?: boolean | undefined;
}

function detail(tag: string, pushedAt: number | undefined, { pushedBy, isImmutable }: More): TagDetail {
  return {
    tag,
    ...(pushedAt === undefined || pushedAt <= 0 ? {} : { pushedAt }),
    ...(pushedBy === undefined ? {} : { pushedBy }),
    ...(isImmutable === undefined ? {} : { isImmutable }),
  };
}
