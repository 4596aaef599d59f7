/** `pullcheck.yaml`: everything optional, unknown keys are errors, every problem with its line. */
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

const Duration = z
  .string()
  .regex(/^\d+(s|m|h)$/, 'write a duration as 90s, 5m or 2h')
  .transform(
    (text) => Number.parseInt(text, 10) * { s: 1000, m: 60_000, h: 3_600_000 }[text.at(-1) as 's' | 'm' | 'h'],
  );
const UserId = z
  .string()
  .regex(/^[UW][A-Z0-9]+$/, 'a Slack user id looks like U0123ABCD (profile > Copy member ID), not a name');
const GroupId = z.string().regex(/^S[A-Z0-9]+$/, 'a Slack user-group id looks like S0123ABCD, not a name');
const Channel = z
  .string()
  .regex(/^(?:[CG][A-Z0-9]+|#?[a-z0-9][\w-]{0,79})$/, 'a Slack channel is its id (C0123ABCD) or its name');
/** A payload of Slack tells the id; a name would never match, and everybody would be refused. */
const ChannelId = z
  .string()
  .regex(/^[CG][A-Z0-9]+$/, 'a Slack channel id looks like C0123ABCD (channel > About), a name is not enough here');
const Host = z
  .string()
  .regex(/^[a-zA-Z0-9.\-[\]:]+$/, 'a registry host has no scheme and no path: ghcr.io, registry.example.com:5000');
const From = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: z.string() }),
  z.strictObject({ secret: z.strictObject({ namespace: z.string(), name: z.string() }) }),
  z.strictObject({
    ecr: z.strictObject({
      region: z
        .string()
        .regex(/^[a-z0-9-]+$/)
        .optional(),
    }),
  }),
]);

/** The file's shape; durations become milliseconds. */
export const ConfigFile = z.strictObject({
  clusters: z
    .array(
      z.strictObject({
        name: z.string(),
        context: z.string().optional(),
        kubeconfig: z.string().optional(),
        inCluster: z.boolean().optional(),
      }),
    )
    .refine(
      (clusters) => new Set(clusters.map(({ name }) => name)).size === clusters.length,
      'two clusters have the same name',
    )
    .default([]),
  slack: z
    .strictObject({
      channel: Channel.optional(),
      routes: z
        .array(z.strictObject({ match: z.strictObject({ namespace: z.string() }), channel: Channel }))
        .default([]),
      blocks: z.enum(['plan', 'sections', 'text']).default('plan'),
    })
    .prefault({}),
  access: z
    .strictObject({
      read: z.array(z.strictObject({ channel: ChannelId, namespaces: z.array(z.string()) })).default([]),
      press: z
        .strictObject({ users: z.array(UserId).default([]), userGroups: z.array(GroupId).default([]) })
        .prefault({}),
      production: z.array(z.string()).default([]),
    })
    .prefault({}),
  oncall: z.strictObject({ users: z.array(UserId).default([]), userGroup: GroupId.optional() }).prefault({}),
  escalation: z
    .strictObject({ acknowledgeAfter: Duration.default(300_000), resolveAfter: Duration.default(1_200_000) })
    .prefault({}),
  registries: z
    .array(
      z.strictObject({
        host: Host,
        plainHttp: z.boolean().optional(),
        caFile: z.string().optional(),
        credentials: z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]).optional(),
      }),
    )
    .default([]),
  credentialSources: z.array(z.strictObject({ registry: Host, from: From })).default([]),
  sources: z
    .array(z.strictObject({ image: z.string(), repository: z.string(), workflow: z.string().optional() }))
    .default([]),
  runbooks: z.array(z.string()).default([]),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

/** Text of the file -> its values, or every problem as one line each (`pullcheck.yaml:12: slack.blocks: …`). */
export function parseConfigFile(
  text: string,
  name: string,
): { readonly value: ConfigFile } | { readonly problems: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => `${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`),
    };
  }
  const parsed = ConfigFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const node = document.getIn(path, true);
    const range =
      typeof node === 'object' && node !== null && 'range' in node
        ? (node.range as [number, number, number] | undefined)
        : undefined;
    const at = range ? `${name}:${lines.linePos(range[0]).line}` : name;
    return [`${at}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${issue.message}`];
  });
  return { problems };
}
