/** An answer of the API, and what it means as an observation. */
import type { z } from 'zod';
import {
  absent,
  codeHostPermission,
  forbidden,
  type Observation,
  observed,
  unreachable,
} from '../../evidence/observation.ts';
import { tidy } from './failure.ts';
import { Problem, parseBody } from './schema.ts';

/** As it came. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or text where it is none; undefined for refusals. */
  readonly data: unknown;
  /** What a refusal says, fit to be shown; else empty. */
  readonly message: string;
}

export const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** For Octokit: JSON stays JSON, everything else becomes text. */
export function responseOf({ status, headers, text }: Seen): Response {
  const isJson = /^application\/(?:[\w.+-]*\+)?json\b/i.test(headers['content-type'] ?? '');
  const type = isJson ? 'application/json' : 'text/plain';
  const { location } = headers;
  const hasBody = ![204, 205, 304].includes(status);
  return new Response(hasBody ? text : null, {
    status,
    headers: { 'content-type': type, ...(location === undefined ? {} : { location }) },
  });
}

/** The sentence of a refusal; empty when it says nothing readable (a proxy's HTML page). */
export function messageOf(text: string): string {
  return tidy(Problem.safeParse(parseBody(text)).data?.message ?? '');
}

/** `permission`: what is missing when the answer is a refusal that does not say it; `variable`: where the credential comes from. */
export function observe<T>(
  reply: Reply,
  schema: z.ZodType<T>,
  { permission, variable }: { readonly permission: string; readonly variable: string },
): Observation<T> {
  const { status } = reply;
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(reply.data);
    return parsed.success ? observed(parsed.data) : unreachable('GitHub answered something that is not its API’s form');
  }
  if (status === 404 || status === 410) return absent;
  if (status === 401)
    return unreachable(`GitHub does not accept the credential (401${said(reply)}); look at ${variable}`);
  if (status === 403) return refused(reply, permission);
  return unreachable(`GitHub answered ${status}${said(reply)}`);
}

function refused(reply: Reply, permission: string): Observation<never> {
  // A policy of the organisation: no permission of the App or token helps.
  if (reply.headers['x-github-sso'] !== undefined || /\bSAML\b|single sign-on|IP allow list/i.test(reply.message))
    return unreachable(`GitHub refuses by a policy of the organisation (403${said(reply)})`);
  return forbidden(codeHostPermission(acceptedPermission(reply) ?? permission));
}

/** `x-accepted-github-permissions: actions=read; …` (docs.github.com, "Troubleshooting the REST API"): the first way that would do. */
export function acceptedPermission({ headers }: Reply): string | undefined {
  const [, name, level] =
    /^\s*([a-z_]{1,40})=(read|write|admin)\b/.exec(headers['x-accepted-github-permissions'] ?? '') ?? [];
  return name === undefined || level === undefined ? undefined : `${name}:${level}`;
}

function said({ message }: Reply): string {
  return message === '' ? '' : `: ${message}`;
}
