/** Redirects: followed by hand, each address judged again, the credential left behind as soon as the origin changes. */
import { type Answer, type Call, type Failure, type HttpRequest, refusal, send } from './transport.ts';

/** An answer and whether it came from another origin than the one asked (then its challenge is not ours to answer). */
export type Followed = (Answer & { readonly foreign: boolean }) | Failure;

/** Sends a request and follows up to `limits.redirects` redirects. */
export async function follow(call: Call, request: HttpRequest): Promise<Followed> {
  let current = request;
  for (let hop = 0; hop <= call.limits.redirects; hop += 1) {
    const answer = await send(call, current);
    if (answer.kind === 'failure') return answer;
    const target = locationOf(answer);
    if (target === undefined) return { ...answer, foreign: answer.url.origin !== request.url.origin };
    current = { ...current, url: target, headers: sameOrigin(request.url, target, current.headers) };
  }
  return refusal(call, `${request.url.host} redirects more than ${call.limits.redirects} times`);
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
