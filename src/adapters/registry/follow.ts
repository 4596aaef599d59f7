/** Redirects: followed by hand, each address judged again, the credential left behind as soon as the origin changes. */
import { type Answer, type Call, type Failure, type Heard, type HttpRequest, refusal, send } from './transport.ts';

/** An answer and whether it came from another origin than the one asked (then its challenge is not ours to answer). */
export type Followed = (Answer & { readonly foreign: boolean }) | Failure;

/** Sends a request and follows up to `limits.redirects` redirects, none of them twice. */
export async function follow(call: Call, request: HttpRequest): Promise<Followed> {
  let current = request;
  const seen = new Set([keyOf(request)]);
  for (let hop = 0; hop <= call.limits.redirects; hop += 1) {
    const answer = await send(call, current);
    if (answer.kind === 'failure') return sentBy(request, hop, answer);
    const target = locationOf(answer);
    if (target === undefined) return { ...answer, foreign: answer.url.origin !== request.url.origin };
    current = { ...current, url: target, headers: sameOrigin(request.url, target, current.headers) };
    if (seen.has(keyOf(current))) return refusal(call, `${request.url.host} redirects in a circle`, 'redirect');
    seen.add(keyOf(current));
  }
  return refusal(call, `${request.url.host} redirects more than ${call.limits.redirects} times`, 'redirect');
}

/** An address that is not asked for safety was named by somebody: a redirect, or the registry as its token server. */
function sentBy({ what }: HttpRequest, hop: number, failure: Failure): Failure {
  const after: Heard | undefined = hop > 0 ? 'redirect' : what === 'token' ? 'realm' : undefined;
  const { outcome } = failure;
  return outcome.kind === 'refused' && after !== undefined ? { ...failure, outcome: { ...outcome, after } } : failure;
}

/** The same address asked without the credential is another question. */
function keyOf({ url, headers }: HttpRequest): string {
  return `${headers['authorization'] === undefined ? '' : '+'}${url.origin}${url.pathname}${url.search}`;
}

function locationOf(answer: Answer): URL | undefined {
  const location = answer.headers['location'];
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return undefined;
  return URL.parse(location, answer.url.href) ?? undefined;
}

/** Once dropped, the credential stays dropped: `headers` are those of the request before. */
function sameOrigin(asked: URL, target: URL, headers: HttpRequest['headers']): HttpRequest['headers'] {
  if (target.origin === asked.origin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}
