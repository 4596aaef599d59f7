/**
 * Asks a registry one thing with one credential: without any where it wants none, with Basic, or through the token step. How it
 * asks for credentials is remembered per registry, so that a further question goes out authorized at once.
 */
import type { AccessAttempt, AccessOutcome, RegistryCredential } from '../../evidence/registry-access.ts';
import { type Challenge, chooseChallenge, parseChallenges } from './challenge.ts';
import { abortable } from './deadline.ts';
import { type Followed, follow } from './follow.ts';
import { basicPair } from './text.ts';
import { scopesFor, tokenFor } from './token.ts';
import type { Answer, Call, HttpRequest } from './transport.ts';

type Steps = Pick<AccessAttempt, 'challenge' | 'token'>;

/** The registry's own answer, or the outcome that came before it (token step, network, refusal). */
export type Asked = Steps &
  (
    | { readonly kind: 'answer'; readonly answer: Answer }
    | { readonly kind: 'failed'; readonly outcome: AccessOutcome; readonly status?: number }
  );

/** Asks, following the registry's challenge at most once more than what is remembered of it. */
export async function ask(call: Call, credential: RegistryCredential, request: HttpRequest): Promise<Asked> {
  const { host } = call;
  if (host.discovery) await abortable(host.discovery, call.deadline.signal).catch(() => call.caller.throwIfAborted());
  const remembered = recall(call);
  const first = await (remembered === undefined
    ? discover(call, request)
    : present(call, credential, request, remembered));
  const demanded = first.followed ? demandOf(first.followed) : undefined;
  if (demanded === undefined)
    return conclude(call, first, remembered ?? (first.followed?.kind === 'answer' ? 'none' : unknown));
  if (demanded.scheme === 'basic' && first.tokenStep !== undefined && remembered !== undefined) {
    return afterToken(call, { credential, request, first, remembered, demanded });
  }
  learn(call, demanded);
  if (!isNews(call, credential, demanded, remembered)) return conclude(call, first, demanded);
  return conclude(call, await present(call, credential, request, demanded), demanded);
}

interface Turned {
  readonly credential: RegistryCredential;
  readonly request: HttpRequest;
  readonly first: Presented;
  readonly remembered: Demand;
  readonly demanded: Challenge;
}

/**
 * Basic is wanted of a token that was given. Either the registry has changed its ways, or it is Harbor, which says so to any token that
 * lacks the right and refuses the password as well: then the token step tells more, and Bearer stays what it asks for.
 */
async function afterToken(call: Call, turned: Turned): Promise<Asked> {
  const { credential, request, first, remembered, demanded } = turned;
  if (!isNews(call, credential, demanded, remembered)) return conclude(call, first, remembered);
  const second = await present(call, credential, request, demanded);
  if (second.followed && demandOf(second.followed) !== undefined) return conclude(call, first, remembered);
  learn(call, demanded);
  return conclude(call, second, demanded);
}

type Demand = Challenge | 'none';
/** Nothing answered, so nothing was asked for. */
const unknown: Challenge = { scheme: 'unknown' };
interface Presented {
  readonly followed?: Followed;
  readonly tokenStep?: Steps['token'];
  readonly tokenFailure?: AccessOutcome;
}

/** The first question to a registry goes out bare; whoever comes meanwhile waits for what it teaches. */
async function discover(call: Call, request: HttpRequest): Promise<Presented> {
  const { host } = call;
  const { promise, resolve } = Promise.withResolvers<void>();
  const mine = host.discovery === undefined;
  if (mine) host.discovery = promise;
  try {
    const followed = await follow(call, request);
    if (followed.kind === 'answer' && !followed.foreign) {
      const demand = demandOf(followed);
      if (demand !== undefined) learn(call, demand);
      else if (followed.status < 300 || followed.status === 404) learn(call, 'none');
    }
    return { followed };
  } finally {
    if (mine) delete host.discovery;
    resolve();
  }
}

async function present(
  call: Call,
  credential: RegistryCredential,
  request: HttpRequest,
  demand: Demand,
): Promise<Presented> {
  if (demand === 'none' || (demand.scheme !== 'bearer' && demand.scheme !== 'basic')) {
    return { followed: await follow(call, request) };
  }
  if (demand.scheme === 'basic') {
    if (credential.kind === 'anonymous') return { followed: await follow(call, request) };
    const pair = basicPair(credential.username, credential.password);
    return { followed: await follow(call, authorized(request, `Basic ${pair}`)) };
  }
  const token = await tokenFor(call, demand, credential);
  if (token.kind === 'failed') {
    const step = token.status === undefined ? {} : { tokenStep: { status: token.status } };
    return { ...step, tokenFailure: token.outcome };
  }
  const { status, granted, token: sealed } = token.held;
  const followed = await follow(call, authorized(request, `Bearer ${sealed.reveal()}`));
  return { followed, tokenStep: { status, ...(granted === undefined ? {} : { granted }) } };
}

function authorized(request: HttpRequest, authorization: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization } };
}

/** What a 401 of the registry itself asks for; a 401 after a redirect elsewhere is not the registry's. */
function demandOf(followed: Followed): Challenge | undefined {
  if (followed.kind === 'failure' || followed.foreign || followed.status !== 401) return undefined;
  const header = followed.headers['www-authenticate'];
  return header === undefined ? undefined : chooseChallenge(parseChallenges(header));
}

/** Whether answering this challenge is another question than the one just asked. */
function isNews(call: Call, credential: RegistryCredential, demand: Challenge, before: Demand | undefined): boolean {
  const used = before === undefined || before === 'none' ? undefined : before;
  if (demand.scheme === 'basic') return credential.kind === 'password' && used?.scheme !== 'basic';
  if (demand.scheme !== 'bearer' || demand.realm === undefined) return false;
  if (used?.scheme !== 'bearer') return true;
  const same = used.realm === demand.realm && used.service === demand.service;
  const asked = scopesFor(call, used);
  return !same || scopesFor(call, demand).some((scope) => !asked.includes(scope));
}

function recall(call: Call): Demand | undefined {
  const { challenge } = call.host;
  return challenge && call.now() - challenge.at < call.limits.challengeMs ? challenge.value : undefined;
}

function learn(call: Call, demand: Demand): void {
  if (demand !== 'none' && demand.scheme === 'bearer') call.host.isRegistry = true;
  call.host.challenge = { value: demand === 'none' ? demand : withoutRepository(demand), at: call.now() };
}

/** A scope of one repository says nothing about the next one. */
function withoutRepository(challenge: Challenge): Challenge {
  const { scope, ...rest } = challenge;
  return scope === undefined || scope.includes('repository:') ? rest : challenge;
}

function conclude(call: Call, presented: Presented, demand: Demand): Asked {
  const steps: Steps = {
    challenge: describe(call, demand),
    ...(presented.tokenStep === undefined ? {} : { token: presented.tokenStep }),
  };
  const { followed, tokenFailure } = presented;
  if (followed?.kind === 'answer') return { kind: 'answer', answer: followed, ...steps };
  const outcome = tokenFailure ?? followed?.outcome ?? { kind: 'refused', reason: 'nothing was asked' };
  return { kind: 'failed', outcome, ...steps };
}

function describe(call: Call, demand: Demand): Steps['challenge'] {
  if (demand === 'none') return { scheme: 'none' };
  const { scheme, realm } = demand;
  if (scheme === 'bearer') {
    return { scheme, ...(realm === undefined ? {} : { realm: call.scrub.clean(realm.replace(/[?#].*$/s, '')) }) };
  }
  return { scheme: scheme === 'basic' ? scheme : 'unknown' };
}
