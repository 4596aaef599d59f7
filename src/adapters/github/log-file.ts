/**
 * A job's log from the store that the API names: its beginning and its end. The address is a signed URL on another host that is good for
 * about a minute (docs.github.com, "Download job logs for a workflow run"); nothing of ours goes there, and it is never shown.
 */
import { NoAnswer } from './failure.ts';
import type { GithubLimits } from './limits.ts';
import type { Incoming, Wire } from './wire.ts';

export interface LogText {
  readonly text: string;
  /** true: something in the middle, or the end, was left out. */
  readonly truncated: boolean;
}

interface Store {
  readonly wire: Wire;
  readonly limits: GithubLimits;
  readonly signal: AbortSignal;
  /** Called for each request. */
  readonly count: () => void;
}

/** undefined: the store does not have it (any more). @throws NoAnswer, and the signal's reason. */
export async function downloadLog(store: Store, address: URL): Promise<LogText | undefined> {
  const edge = store.limits.logEdgeBytes;
  const first = await open(store, address, `bytes=0-${edge - 1}`);
  if (first === undefined) return undefined;
  if (first.incoming.status !== 206) return readThrough(first.incoming, store.limits);
  const { head, isWhole } = await readHead(first.incoming, edge);
  const total = totalOf(first.incoming);
  if (isWhole && total !== undefined && total <= head.length) return { text: decode(head), truncated: false };
  if (total === undefined || total <= head.length) return { text: joined(head), truncated: true };
  const from = Math.max(head.length, total - edge);
  // A suffix range (`bytes=-N`) is not understood by Azure's store, where github.com keeps logs.
  const second = await open(store, first.url, `bytes=${from}-${total - 1}`);
  if (second?.incoming.status !== 206) {
    second?.incoming.discard();
    return { text: joined(head), truncated: true };
  }
  const { head: tail } = await readHead(second.incoming, edge);
  if (from === head.length) return { text: decode(Buffer.concat([head, tail])), truncated: false };
  return { text: joined(head, tail), truncated: true };
}

/** Follows the store's own redirects, each judged by the wire. */
async function open(
  store: Store,
  address: URL,
  range: string,
): Promise<{ readonly incoming: Incoming; readonly url: URL } | undefined> {
  let url = address;
  for (let hop = 0; hop <= store.limits.redirects; hop += 1) {
    store.count();
    const incoming = await store.wire.send({ url, method: 'GET', headers: { range } }, store.signal);
    const { status } = incoming;
    if (status === 200 || status === 206) return { incoming, url };
    incoming.discard();
    if (status === 404 || status === 410) return undefined;
    // An empty log has no first byte.
    if (status === 416) return { incoming: { ...incoming, status: 200, body: empty() }, url };
    const next = [301, 302, 303, 307, 308].includes(status)
      ? URL.parse(incoming.headers['location'] ?? '', url.href)
      : null;
    if (next === null) throw new NoAnswer(`GitHub’s log store ${url.host} answered ${status}`);
    url = next;
  }
  throw new NoAnswer('GitHub’s log store sent us in circles');
}

async function* empty(): AsyncIterable<Uint8Array> {}

/** At most `cap` bytes of an answer. */
async function readHead(
  incoming: Incoming,
  cap: number,
): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of incoming.body) {
    parts.push(part);
    size += part.length;
    if (size > cap) break;
  }
  if (size > cap) incoming.discard();
  return { head: Buffer.concat(parts).subarray(0, cap), isWhole: size <= cap };
}

/** A store without ranges: everything passes by, the beginning and the end are kept. */
async function readThrough(incoming: Incoming, limits: GithubLimits): Promise<LogText> {
  const edge = limits.logEdgeBytes;
  const head: Uint8Array[] = [];
  let tail: Buffer = Buffer.alloc(0);
  let headSize = 0;
  let seen = 0;
  let waiting: Uint8Array[] = [];
  let waitingSize = 0;
  for await (const part of incoming.body) {
    seen += part.length;
    const room = Math.max(0, edge - headSize);
    const start = part.subarray(0, room);
    const rest = part.subarray(room);
    head.push(start);
    headSize += start.length;
    waiting.push(rest);
    waitingSize += rest.length;
    if (waitingSize > edge) {
      tail = Buffer.concat([tail, ...waiting]).subarray(-edge);
      waiting = [];
      waitingSize = 0;
    }
    if (seen > limits.logStreamBytes) {
      incoming.discard();
      return { text: joined(Buffer.concat(head)), truncated: true };
    }
  }
  tail = Buffer.concat([tail, ...waiting]).subarray(-edge);
  const whole = headSize + tail.length === seen;
  const beginning = Buffer.concat(head);
  return whole
    ? { text: decode(Buffer.concat([beginning, tail])), truncated: false }
    : { text: joined(beginning, tail), truncated: true };
}

/** `bytes 0-99/12345` -> 12345. */
function totalOf({ headers }: Incoming): number | undefined {
  const [, total] = /^bytes \d+-\d+\/(\d{1,15})$/.exec(headers['content-range'] ?? '') ?? [];
  return total === undefined ? undefined : Number(total);
}

/** Both edges without the lines that were cut. */
function joined(head: Buffer, tail?: Buffer): string {
  const beginning = decode(head).replace(/[^\n]*$/, '');
  return tail === undefined ? beginning : `${beginning}${decode(tail).replace(/^[^\n]*\n?/, '')}`;
}

function decode(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
