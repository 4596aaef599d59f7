/** How a write ends early: as a result that says why. */

import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import { type ApiParts, ask, NotInstalled, type Question } from './api.ts';
import { NoAnswer } from './failure.ts';
import { acceptedPermission, observe, type Reply } from './reply.ts';

export type Refusal =
  | { readonly kind: 'changed'; readonly reason: string; readonly base?: 'missing' }
  | { readonly kind: 'forbidden'; readonly reason: string; readonly permission: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Thrown inside a write only. */
export class Stop extends Error {
  readonly result: Refusal;

  constructor(result: Refusal) {
    super(result.reason);
    this.result = result;
  }
}

export function changed(reason: string): Stop {
  return new Stop({ kind: 'changed', reason });
}
export function failed(reason: string): Stop {
  return new Stop({ kind: 'failed', reason });
}
export function refusedFor(permission: string, reason: string): Stop {
  return new Stop({ kind: 'forbidden', reason, permission });
}

/** What stopped a write, as its result. Anything else is thrown on. */
export function refusalOf(error: unknown, repository: string): Refusal {
  if (error instanceof Stop) return error.result;
  if (error instanceof NoAnswer) return { kind: 'failed', reason: error.message };
  if (error instanceof NotInstalled)
    return {
      kind: 'failed',
      reason: `the GitHub App is not installed on ${repository}, or ${repository} does not exist`,
    };
  throw error;
}

export interface Session {
  readonly parts: ApiParts;
  readonly question: Question;
}

type Call = (octokit: Octokit) => Promise<{ readonly status: number; readonly data: unknown }>;

/** A read inside a write: undefined when it is not there. @throws Stop for everything that is not an answer. */
export async function lookUp<T>(
  { parts, question }: Session,
  what: string,
  schema: z.ZodType<T>,
  call: Call,
): Promise<T | undefined> {
  return valueIn({ parts, question }, schema, await ask(parts, question, what, call));
}

/** What such a read answered. */
export function valueIn<T>({ parts, question }: Session, schema: z.ZodType<T>, reply: Reply): T | undefined {
  // An empty repository answers 409.
  if (reply.status === 409) return undefined;
  const seen = observe(reply, schema, { permission: 'contents:read', variable: parts.tokens.variable });
  switch (seen.status) {
    case 'observed':
      return seen.value;
    case 'absent':
      return undefined;
    case 'forbidden':
      throw refusedFor(seen.permission.resource, `GitHub does not let us read ${nameOf(question)}`);
    case 'unreachable':
      throw failed(seen.detail);
    case 'not-collected':
      throw failed(seen.reason);
  }
}

/** 403 for another reason than a right: a run too old, or running (seen in answers to re-run requests). */
const NO_RIGHT_HELPS =
  /\bcannot be (?:re-?run|retried)|\bunable to (?:retry|re-?run)|over a month ago|already running/i;

/** A write. A rejection is given back: what it means depends on what was written. @throws Stop for everything else that is not done. */
export async function put<T>(
  { parts, question }: Session,
  { what, permission, schema }: { readonly what: string; readonly permission: string; readonly schema: z.ZodType<T> },
  call: Call,
): Promise<T | { readonly rejected: string }> {
  const reply = await ask(parts, question, what, call);
  const isRejected = reply.status === 403 && NO_RIGHT_HELPS.test(reply.message);
  if (isRejected || reply.status === 422 || reply.status === 409) return { rejected: reply.message };
  const missing = missingRight(reply, permission);
  if (missing !== undefined) {
    const said = reply.message === '' ? '' : `: ${reply.message}`;
    throw refusedFor(missing, `GitHub refused to write to ${nameOf(question)} (${reply.status}${said})`);
  }
  const seen = observe(reply, schema, { permission, variable: parts.tokens.variable });
  if (seen.status === 'observed') return seen.value;
  if (seen.status === 'unreachable') throw failed(seen.detail);
  throw failed(`GitHub answered ${reply.status}`);
}

/**
 * What is named first in the refusal; else what the write needs. A write to what was read a moment ago is refused with 404 too, when
 * the token's scope does not reach (a classic token without `workflow` and a tree with workflow files).
 */
function missingRight(reply: Reply, permission: string): string | undefined {
  if (reply.status !== 403 && reply.status !== 404) return undefined;
  if (/`?workflows?`? (?:permission|scope)|without `workflows?`/i.test(reply.message)) return 'workflows:write';
  const accepted = acceptedPermission(reply);
  // The list names `contents` first also where `workflows` is what is missing.
  return accepted === undefined || accepted === 'contents:write' ? permission : accepted;
}

export function nameOf({ repository }: Question): string {
  return `${repository.owner}/${repository.repo}`;
}
