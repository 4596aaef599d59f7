/** Questions to the API: with the right token, within their time, at most once more where that can help. */
import { Octokit } from '@octokit/rest';
import type { Clock } from '../../clock.ts';
import type { CallMeter } from '../../evidence/ports.ts';
import { abortable, within } from './deadline.ts';
import { NoAnswer } from './failure.ts';
import type { GithubLimits } from './limits.ts';
import type { RepositoryName } from './names.ts';
import { usedUp } from './rate-limit.ts';
import { messageOf, type Reply, responseOf, type Seen, silent } from './reply.ts';
import type { Access, TokenSource } from './token.ts';
import { type Outgoing, readAll, type Wire } from './wire.ts';

export interface ApiParts {
  readonly apiUrl: string;
  readonly wire: Wire;
  readonly tokens: TokenSource;
  readonly limits: GithubLimits;
  readonly clock: Clock;
}

/** One question with everything that its requests share. */
export interface Question {
  readonly repository: RepositoryName;
  readonly meter: CallMeter;
  /** The caller's, and the question's time. */
  readonly signal: AbortSignal;
}

/** Thrown when the App is not installed on the repository: for us it does not exist. */
export class NotInstalled extends Error {}

/** Runs `work` with a question about `repository` for at most `ms`. @throws the caller's reason, NoAnswer, NotInstalled. */
export async function inTime<T>(question: Question, ms: number, work: (question: Question) => Promise<T>): Promise<T> {
  const late = () => new NoAnswer(`GitHub: no answer within ${ms / 1000} s`);
  return within(ms, question.signal, late, async (signal) => work({ ...question, signal }));
}

/** One call of Octokit. Every status is a reply. @throws the caller's reason, NoAnswer, NotInstalled. */
export async function ask(
  parts: ApiParts,
  question: Question,
  what: string,
  call: (octokit: Octokit) => Promise<{ readonly status: number; readonly data: unknown }>,
): Promise<Reply> {
  let seen: Seen | undefined;
  let thrown: unknown;
  const octokit = new Octokit({
    baseUrl: parts.apiUrl,
    userAgent: 'pullcheck',
    log: silent,
    // Octokit never learns the token: what it throws carries the whole request.
    request: {
      fetch: async (url: string, init: FetchInit) => {
        try {
          seen = await exchange(parts, question, what, outgoingOf(url, init));
          return responseOf(seen);
        } catch (error) {
          thrown = error;
          throw error;
        }
      },
    },
  });
  try {
    const { status, data } = await call(octokit);
    return { status, headers: seen?.headers ?? {}, data, message: '' };
  } catch {
    if (thrown !== undefined) throw thrown;
    if (seen === undefined || seen.status < 300) throw new NoAnswer('GitHub: the answer could not be read');
    return { status: seen.status, headers: seen.headers, data: undefined, message: messageOf(seen.text) };
  }
}

interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect?: string;
}

interface ApiRequest extends Outgoing {
  readonly follows: boolean;
}

function outgoingOf(url: string, init: FetchInit): ApiRequest {
  const method = init.method ?? 'GET';
  return {
    url: new URL(url),
    method: method === 'POST' || method === 'PATCH' || method === 'PUT' ? method : 'GET',
    headers: init.headers ?? {},
    follows: init.redirect !== 'manual',
    ...(init.body === undefined ? {} : { body: init.body }),
  };
}

/** Follows redirects of the API to itself: a renamed repository is one (docs.github.com, "HTTP redirects"). */
async function exchange(parts: ApiParts, question: Question, what: string, request: ApiRequest): Promise<Seen> {
  let { url } = request;
  for (let hop = 0; hop <= parts.limits.redirects; hop += 1) {
    const seen = await patiently(parts, question, what, { ...request, url });
    const location =
      request.follows && [301, 302, 307, 308].includes(seen.status) ? seen.headers['location'] : undefined;
    if (location === undefined || (request.method !== 'GET' && seen.status < 307)) return seen;
    const next = URL.parse(location, url.href);
    if (next?.origin !== new URL(parts.apiUrl).origin)
      throw new NoAnswer('GitHub sent us to another host, which is not followed');
    url = next;
  }
  throw new NoAnswer('GitHub sent us in circles');
}

/** Once more after a short limit, a token that is no longer good, or (reads only) a stumble. */
async function patiently(parts: ApiParts, question: Question, what: string, request: ApiRequest): Promise<Seen> {
  let fresh = false;
  const count = () => question.meter.count('github', 'token');
  for (let again = 0; ; again += 1) {
    const access = await abortable(parts.tokens.accessTo(question.repository, { fresh, count }), question.signal);
    if (access === 'absent') throw new NotInstalled();
    const outcome = await once(parts, question, { what, request, access });
    const pause = again === 0 ? pauseBefore(parts, request, fresh, outcome) : undefined;
    if (pause === undefined) {
      if (outcome.seen) return settled(outcome.seen, outcome.until);
      throw outcome.fault;
    }
    fresh = outcome.seen?.status === 401;
    await parts.clock.sleep(pause, question.signal);
  }
}

type Outcome =
  /** `until`: refused by the rate limit, which lasts so long. */
  | { readonly seen: Seen; readonly until: number | undefined; readonly fault?: undefined }
  | { readonly seen?: undefined; readonly fault: NoAnswer };

function settled(seen: Seen, until: number | undefined): Seen {
  if (until !== undefined) throw usedUp(until);
  return seen;
}

/** ms to wait before asking again; undefined: it would not help. */
function pauseBefore(parts: ApiParts, request: ApiRequest, wasFresh: boolean, outcome: Outcome): number | undefined {
  const { limits, clock, tokens } = parts;
  const isRead = request.method === 'GET';
  if (outcome.seen === undefined) return isRead && outcome.fault.isBroken ? limits.againMs : undefined;
  if (outcome.until !== undefined) {
    const wait = outcome.until - clock.now();
    return wait <= limits.rateWaitMs ? Math.max(0, wait) : undefined;
  }
  if (outcome.seen.status === 401) return tokens.kind === 'app' && !wasFresh ? 0 : undefined;
  return isRead && [502, 503, 504].includes(outcome.seen.status) ? limits.againMs : undefined;
}

async function once(
  parts: ApiParts,
  question: Question,
  { what, request, access }: { readonly what: string; readonly request: ApiRequest; readonly access: Access },
): Promise<Outcome> {
  access.rate.check();
  question.meter.count('github', what);
  try {
    return await inTime(question, parts.limits.requestMs, async ({ signal }) => {
      const secret = access.token.reveal();
      const headers = { ...request.headers, authorization: `Bearer ${secret}` };
      const incoming = await parts.wire.send({ ...request, headers }, signal);
      const said = (await readAll(incoming, parts.limits.bodyBytes, request.url.host)).toString('utf8');
      // Some proxies echo what they were sent.
      const text = said.includes(secret) ? said.replaceAll(secret, '[removed]') : said;
      const seen = { status: incoming.status, headers: incoming.headers, text };
      return { seen, until: access.rate.heed(seen) };
    });
  } catch (error) {
    question.signal.throwIfAborted();
    if (error instanceof NoAnswer) return { fault: error };
    throw error;
  }
}
