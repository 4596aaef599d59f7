/** One write: the request, and what its answer means. */
import { ruleFor } from '../../evidence/observation.ts';
import type { WriteMode, WriteReceipt, WriteResult } from '../../remediation/ports.ts';
import type { Answer, Content, KubeClient } from './client.ts';
import { type Ask, isName, permissionOf } from './resources.ts';
import { Written } from './schema.ts';

/** The kind of a delete's body. */
export const DELETE_OPTIONS = { apiVersion: 'v1', kind: 'DeleteOptions' } as const;

export interface Write {
  readonly ask: Ask & { readonly namespace: string };
  /** `secret/regcred`. */
  readonly object: string;
  readonly content: Content;
  readonly receipt: WriteReceipt['verb'];
}

/** Sends it once. A write without an answer is reported as such: it may have been made. */
export async function write(
  client: KubeClient,
  { ask, object, content, receipt }: Write,
  mode: WriteMode,
  signal: AbortSignal,
): Promise<WriteResult> {
  if (!isName(ask.namespace) || (ask.name !== undefined && !isName(ask.name))) {
    return { kind: 'failed', reason: `${object} in ${ask.namespace}: no object can have such a name` };
  }
  const answer = await client.send(ask, mode === 'dry-run' ? dry(ask, content) : content, signal);
  if (answer.kind !== 'ok') return refused(answer, ask, object);
  const version = Written.safeParse(answer.body).data?.metadata?.resourceVersion;
  // A deleted object's last version is nothing that could be waited for or compared with.
  const versioned = version && receipt !== 'delete' ? { resourceVersion: version } : {};
  return { kind: 'done', receipt: { verb: receipt, object, namespace: ask.namespace, ...versioned } };
}

/** A delete takes all its options from the body and then ignores the query (seen on 1.36: it really deleted). */
function dry(ask: Ask, content: Content): Content {
  const body = ask.verb === 'delete' ? { body: { ...DELETE_OPTIONS, ...asMap(content.body), dryRun: ['All'] } } : {};
  return { ...content, ...body, query: { ...content.query, dryRun: 'All' } };
}

function asMap(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {};
}

/** The result for an answer that is not the object. */
export function refused(answer: Exclude<Answer, { kind: 'ok' }>, ask: Ask, object: string): WriteResult {
  if (answer.kind === 'no-answer') {
    const doubt = ask.verb === 'get' ? '' : '; whether it was changed is not known';
    return { kind: 'failed', reason: `${object}: ${answer.detail}${doubt}` };
  }
  if (answer.code === 404) return { kind: 'changed', reason: `${object} does not exist any more` };
  if (answer.code === 409) {
    const what = ask.verb === 'create' ? 'exists already' : 'changed since it was read';
    return { kind: 'changed', reason: `${object} ${what}` };
  }
  // Quotas and admission plugins answer 403 too, and no Role rule helps against them.
  if (answer.code === 403 && /\bcannot \w+ resource\b/.test(answer.message)) {
    const rule = ruleFor(permissionOf(ask));
    const where = ask.namespace === undefined ? 'in the cluster' : `in namespace ${ask.namespace}`;
    return { kind: 'forbidden', reason: `not allowed to ${ask.verb} ${ask.resource.plural} ${where}`, rule };
  }
  return { kind: 'failed', reason: `${object}: ${answer.message || `${answer.code} ${answer.reason}`}`.slice(0, 500) };
}
