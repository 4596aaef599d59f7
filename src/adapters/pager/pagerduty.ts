/** PagerDuty Events API v2. The dedup key decides what is one page: the same key appends to the open alert and pages nobody again. */
import { type Dispatcher, request } from 'undici';
import { errorLine, PagerError } from '../../errors.ts';
import type { PageRequest, Pager } from '../../incident/ports.ts';
import type { Sealed } from '../../sealed.ts';
import { refusalReasons } from './schema.ts';

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

/** A pager that speaks Events v2. Throws PagerError: `pager-unavailable` (retryable) or `pager-refused`. */
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
  if (status >= 200 && status < 300) return;
  const retryable = status === 408 || status === 429 || status >= 500;
  const reasons = refusalReasons(body).replaceAll(options.routingKey.reveal(), '[sealed]');
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
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(timeoutMs),
      ...(options.dispatcher ? { dispatcher: options.dispatcher } : {}),
    });
    return { status: answer.statusCode, body: await readBounded(answer.body) };
  } catch (error) {
    throw new PagerError({
      code: 'pager-unavailable',
      message: `PagerDuty could not be reached: ${errorLine(error).replaceAll(options.routingKey.reveal(), '[sealed]')}`,
      hint: 'It is tried again.',
      retryable: true,
    });
  }
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
