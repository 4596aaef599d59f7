/** When tags were pushed, by the API that a registry has beside the protocol: one question, on the registry's own host or as nobody. */

import type { RegistryCredential } from '../../evidence/registry-access.ts';
import type { TagDetailsAnswer } from '../../evidence/tag-details.ts';
import type { ImageReference } from '../../image/reference.ts';
import { ask } from './ask.ts';
import { follow } from './follow.ts';
import type { TagApi } from './habits.ts';
import { parseBody } from './schema.ts';
import { basicPair } from './text.ts';
import type { Answer, Call, HttpRequest } from './transport.ts';

/** What is asked, and with what. `call` is on the host that has the API. */
export interface TagQuestion {
  readonly api: TagApi;
  readonly reference: ImageReference;
  /** The most wanted first. */
  readonly tags: readonly string[];
  readonly credential: RegistryCredential;
}

/** Whatever goes wrong, nothing is told: these are trimmings, and no verdict rests on them. */
export async function readTagDetails(call: Call, question: TagQuestion): Promise<TagDetailsAnswer> {
  const { api, reference, tags } = question;
  const [first] = tags;
  if (first === undefined) return untold('no tag was named');
  const answer = await send(call, question, {
    url: new URL(api.path(reference.repository, first), call.host.endpoint.base),
    method: 'GET',
    what: 'tags',
    headers: { accept: 'application/json' },
  });
  if (typeof answer === 'string') return untold(`${api.source} ${answer}`);
  if (answer.status < 200 || answer.status > 299) return untold(`${api.source} answered ${answer.status}`);
  const told = answer.cut ? [] : api.read(parseBody(answer.body)).filter(({ tag }) => tags.includes(tag));
  if (told.length === 0) return untold(`${api.source} tells nothing of it`);
  return { kind: 'told', source: api.source, tags: told.filter(({ tag }) => !call.scrub.leaks(tag)) };
}

/** A text: why there is no answer. */
async function send(call: Call, { api, credential }: TagQuestion, request: HttpRequest): Promise<Answer | string> {
  if (api.auth === 'registry') {
    const asked = await ask(call, credential, request);
    return asked.kind === 'answer' ? asked.answer : `could not be asked (${asked.outcome.kind})`;
  }
  const basic =
    api.auth === 'basic' && credential.kind === 'password'
      ? { authorization: `Basic ${basicPair(credential.username, credential.password)}` }
      : {};
  const followed = await follow(call, { ...request, headers: { ...request.headers, ...basic } });
  return followed.kind === 'answer' ? followed : `could not be asked (${followed.outcome.kind})`;
}

export function untold(reason: string): TagDetailsAnswer {
  return { kind: 'untold', reason };
}
