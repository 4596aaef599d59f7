/**
 * The token step of a Bearer registry (distribution's token specification): GET realm?service&scope with Basic or anonymously. The
 * server answers 200 also when it grants nothing, so the granted actions are read from the token as evidence.
 */
import { createHash } from 'node:crypto';
import type { RegistryCredential } from '../../evidence/registry-access.ts';
import { Sealed } from '../../sealed.ts';
import { failureOf, notARegistry } from './answers.ts';
import type { Challenge } from './challenge.ts';
import { abortable } from './deadline.ts';
import { follow } from './follow.ts';
import type { HeldToken, TokenAnswer } from './hosts.ts';
import { readGrants, readToken } from './schema.ts';
import { basicPair } from './text.ts';
import { type Call, refusal } from './transport.ts';

/** The scopes to ask for: the registry's own first (some read only the first), then plain pull on the repository. */
export function scopesFor(call: Call, challenge: Challenge): string[] {
  const own = `repository:${call.repository}:pull`;
  const asked = (challenge.scope ?? '').split(' ').filter((scope) => scope !== '' && isHarmless(scope));
  return [...new Set([...asked, own])].slice(0, 5);
}

/** A scope may name this repository or no repository; never push or delete: we only read. */
function isHarmless(scope: string): boolean {
  return !/[:,](?:push|delete)\b/.test(scope) && scope.length <= 300;
}

/** A token for this repository, held or fetched; concurrent questions for the same token share one request. */
export async function tokenFor(call: Call, challenge: Challenge, credential: RegistryCredential): Promise<TokenAnswer> {
  const scopes = scopesFor(call, challenge);
  const key = JSON.stringify([challenge.realm, challenge.service, scopes, fingerprint(credential)]);
  const { tokens, asking } = call.host;
  const pending = asking.get(key);
  // No await where nothing is pending: between looking and asking nobody else may look.
  const shared = pending && (await joined(call, pending));
  if (shared) {
    if (shared.kind === 'token') call.scrub.hide(shared.held.token.reveal());
    return shared;
  }
  const held = tokens.get(key);
  if (held && held.until > call.now()) {
    call.scrub.hide(held.token.reveal());
    return { kind: 'token', held };
  }
  tokens.delete(key);
  const request = fetchToken(call, challenge, credential);
  asking.set(key, request);
  try {
    const answer = await request;
    if (answer.kind === 'token') keep(call, key, answer.held);
    return answer;
  } finally {
    asking.delete(key);
  }
}

/** The answer to the same question that somebody else has under way; it may fail by their abort, then we ask ourselves. */
async function joined(call: Call, request: Promise<TokenAnswer>): Promise<TokenAnswer | undefined> {
  try {
    return await abortable(request, call.deadline.signal);
  } catch {
    call.caller.throwIfAborted();
    return undefined;
  }
}

function keep(call: Call, key: string, held: HeldToken): void {
  const { tokens } = call.host;
  tokens.set(key, held);
  const [oldest] = tokens.keys();
  if (tokens.size > 100 && oldest !== undefined) tokens.delete(oldest);
}

async function fetchToken(call: Call, challenge: Challenge, credential: RegistryCredential): Promise<TokenAnswer> {
  const url = URL.parse(challenge.realm ?? '', call.host.endpoint.base.href);
  if (!url) {
    return { kind: 'failed', outcome: refusal(call, 'it is no address', 'realm').outcome };
  }
  url.hash = '';
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  for (const scope of scopesFor(call, challenge)) url.searchParams.append('scope', scope);
  const answer = await follow(call, {
    url,
    method: 'GET',
    what: 'token',
    headers: {
      accept: 'application/json',
      ...(credential.kind === 'password'
        ? { authorization: `Basic ${basicPair(credential.username, credential.password)}` }
        : {}),
    },
  });
  if (answer.kind === 'failure') return { kind: 'failed', outcome: answer.outcome };
  const { status } = answer;
  if (status < 200 || status > 299) return { kind: 'failed', status, outcome: failureOf(call, answer, 'token') };
  const read = answer.cut ? undefined : readToken(answer.body);
  if (!read) return { kind: 'failed', status, outcome: notARegistry(call, answer) };
  call.scrub.hide(read.token);
  const granted = readGrants(read.token, call.repository)?.map((action) => call.scrub.clean(action));
  const lifeMs = Math.min(read.seconds * 1000 - 5_000, call.limits.tokenReuseMs);
  return {
    kind: 'token',
    held: {
      token: new Sealed(read.token),
      status,
      ...(granted === undefined ? {} : { granted }),
      until: call.now() + lifeMs,
    },
  };
}

function fingerprint(credential: RegistryCredential): string {
  if (credential.kind === 'anonymous') return 'anonymous';
  return createHash('sha256').update(basicPair(credential.username, credential.password)).digest('hex');
}
