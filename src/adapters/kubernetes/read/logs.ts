/**
 * The last words of a container. An application may write anything into its log, so everything that looks like a secret is masked
 * here, before it is evidence.
 */
import type { CrashLog } from '../../../evidence/crashes.ts';
import { absent, forbidden, type Observation, observed, unreachable } from '../../../evidence/observation.ts';
import type { LogRef } from '../../../evidence/ports.ts';
import { createRedactor } from '../../../telemetry/redact.ts';
import type { KubeClient } from '../client.ts';
import { type Ask, isName, POD_LOGS, permissionOf } from '../resources.ts';

const MAX_LINES = 20;
const MAX_BYTES = 4096;
/** The kubelet cuts at the end, which is what matters here: so much more is asked for than is kept. */
const ASK_BYTES = 256 * 1024;
const MAX_LINE = 500;

const redactor = createRedactor();

/** What looks like a random key: long, with capitals, small letters and digits. Digests and commits have no capitals. */
const KEY = /[A-Za-z0-9+_=-]{32,}/g;

/** The kubelet answers 200 and these words of its own where its file is gone (pkg/kubelet/kuberuntime/logs `ReadLogs`, `GetContainerLogs`). */
const KUBELET_WORDS = /^(?:failed to try resolving symlinks in path|unable to retrieve container logs for) /;

/** Terminal colours: ESC [ … letter. */
const COLOUR = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]{0,20}[A-Za-z]`, 'g');

/** One line (or a few) without anything that looks like a secret, at most 500 characters. */
export function maskLine(line: string): string {
  const masked = redactor.mask(line.slice(0, 8192)).replaceAll(KEY, (word) => (isKey(word) ? '[masked]' : word));
  return masked.length > MAX_LINE ? `${masked.slice(0, MAX_LINE)}…` : masked;
}

function isKey(word: string): boolean {
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
}

/** `absent`: the pod is gone, or its node kept no such log. */
export async function readCrashLog(
  client: KubeClient,
  { namespace, pod, container, previous }: LogRef,
  signal: AbortSignal,
): Promise<Observation<CrashLog>> {
  if (!isName(namespace) || !isName(pod)) return absent;
  const ask: Ask = { resource: POD_LOGS, verb: 'get', namespace, name: pod };
  const query = { container, tailLines: String(MAX_LINES), limitBytes: String(ASK_BYTES) };
  const answer = await client.send(
    ask,
    { query: previous ? { ...query, previous: 'true' } : query, text: true },
    signal,
  );
  if (answer.kind === 'no-answer') return unreachable(answer.detail);
  if (answer.kind === 'ok') {
    const text = typeof answer.body === 'string' ? answer.body : '';
    return KUBELET_WORDS.test(text) ? absent : observed(lastLines(text));
  }
  if (answer.code === 403) return forbidden(permissionOf(ask));
  // The kubelet says 400 for a run whose log is gone already.
  if (answer.code === 404 || (answer.code === 400 && /not found/.test(answer.message))) return absent;
  return unreachable(`the API server answered ${answer.code} ${answer.reason}: ${maskLine(answer.message)}`);
}

/** The newest lines that fit; a secret that spans several lines (a private key) is masked before they are cut apart. */
function lastLines(text: string): CrashLog {
  const whole = redactor.mask(text);
  const lines = whole
    .replaceAll(COLOUR, '')
    .split('\n')
    .map((line) => maskLine(line.replaceAll(/\p{Cc}/gu, ' ').trimEnd()))
    .filter((line) => line !== '')
    .slice(-MAX_LINES);
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    size += Buffer.byteLength(line) + 1;
    if (size > MAX_BYTES) break;
    kept.unshift(line);
  }
  return { lines: kept, isCut: Buffer.byteLength(text) >= ASK_BYTES };
}
