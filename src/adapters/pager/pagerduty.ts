/** PagerDuty Events API v2. The dedup key decides what is one page: the same key appends to the open alert and pages nobody again. */
import { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { errorLine, PagerError } from '../../errors.ts';
import type { PageRequest, Pager } from '../../incident/ports.ts';
import type { Sealed } from '../../sealed.ts';
import { isConfirmation, refusalReasons } from './schema.ts';

export interface PagerDutyOptions {
  /** Base; `/v2/enqueue` is appended. The EU region has its own. */
  readonly url?: string;
  readonly routingKey: Sealed;
  /** For one request, ms; default 5 s. */
  readonly timeoutMs?: number;
  readonly dispatcher?: Dispatcher;
}

const PAGERDUTY_URL = 'https://events.pagerduty.com';
/** The service's limits: summary 1024 characters, dedup key 255, event 512 KB. */
const LONGEST_SUMMARY = 1_024;
const LARGEST_EVENT = 512_000;
const LONGEST_ANSWER = 64 * 1024;

/**
 * A pager that speaks Events v2. Throws PagerError: `pager-unavailable` (it took nothing, trying again may help), `pager-unconfirmed`
 * (the event was on its way and its fate is not known; trying again with the same key adds no page) or `pager-refused`.
 */
export function createPagerDuty(options: PagerDutyOptions): Pager {
  return {
    name: 'PagerDuty',
    trigger: async (page) => send(options, triggerEvent(page)),
    acknowledge: async (dedupKey) => send(options, { event_action: 'acknowledge', dedup_key: dedupKey }),
    resolve: async (dedupKey) => send(options, { event_action: 'resolve', dedup_key: dedupKey }),
  };
}

function triggerEvent(page: PageRequest): Record<string, unknown> {
  const event = (details: Readonly<Record<string, string>>): Record<string, unknown> => ({
    event_action: 'trigger',
    dedup_key: page.dedupKey,
    client: 'Pullcheck',
    links: page.links.slice(0, 10),
    payload: {
      summary: page.summary.slice(0, LONGEST_SUMMARY),
      source: page.source.slice(0, 255),
      severity: page.severity === 'P1' ? 'critical' : 'error',
      class: 'image-pull',
      custom_details: { ...details, priority: page.severity },
    },
  });
  const full = event(page.facts);
  // Leaves room for the routing key. A page without details is better than a refused one.
  if (Buffer.byteLength(JSON.stringify(full)) < LARGEST_EVENT - 1_024) return full;
  return event({ note: 'The details were too large for the paging service; the thread has them.' });
}

async function send(options: PagerDutyOptions, event: Record<string, unknown>): Promise<void> {
  const url = `${(options.url ?? PAGERDUTY_URL).replace(/\/+$/, '')}/v2/enqueue`;
  const timeoutMs = options.timeoutMs ?? 5_000;
  const { status, body } = await post(url, { ...event, routing_key: options.routingKey.reveal() }, timeoutMs, options);
  const reasons = refusalReasons(body).replaceAll(options.routingKey.reveal(), '[sealed]');
  if (status >= 200 && status < 300) {
    if (isConfirmation(body)) return;
    // A proxy's or a portal's page, or half an answer: whether the event got any further cannot be told.
    throw unconfirmed(`something answered ${status} with words that are not PagerDuty's`);
  }
  // A gateway may give up on an event that the service behind it took.
  if (status >= 500) throw unconfirmed(`PagerDuty answered ${status}${reasons === '' ? '' : `: ${reasons}`}`);
  const retryable = status === 408 || status === 429;
  throw new PagerError({
    code: retryable ? 'pager-unavailable' : 'pager-refused',
    message: `PagerDuty answered ${status}${reasons === '' ? '' : `: ${reasons}`}`,
    hint: retryable ? 'It is tried again.' : 'Check PAGERDUTY_ROUTING_KEY and PAGERDUTY_URL.',
    retryable,
  });
}

async function post(
  url: string,
  event: Record<string, unknown>,
  timeoutMs: number,
  options: PagerDutyOptions,
): Promise<{ readonly status: number; readonly body: string }> {
  const bytes = Buffer.from(JSON.stringify(event));
  let begun = false;
  // Read when there is a connection to write it to, and not before: that tells "never sent" from "no answer".
  async function* body(): AsyncGenerator<Buffer> {
    begun = true;
    yield bytes;
  }
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(bytes.length) },
      body: Readable.from(body()),
      signal: AbortSignal.timeout(timeoutMs),
      ...(options.dispatcher ? { dispatcher: options.dispatcher } : {}),
    });
    return { status: answer.statusCode, body: await readBounded(answer.body) };
  } catch (error) {
    const why = errorLine(error).replaceAll(options.routingKey.reveal(), '[sealed]');
    if (begun) throw unconfirmed(`the answer of PagerDuty was lost: ${why}`);
    throw new PagerError({
      code: 'pager-unavailable',
      message: `PagerDuty could not be reached: ${why}`,
      hint: 'It is tried again.',
      retryable: true,
    });
  }
}

function unconfirmed(message: string): PagerError {
  return new PagerError({
    code: 'pager-unconfirmed',
    message,
    hint: 'It is sent again with the same key, which adds no second page.',
    retryable: true,
  });
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
