/** A fault of the registry itself in one sentence: what it answered, and who saw it. */
import { formatDuration } from '../clock.ts';
import type { AccessAttempt, RegistryAccess } from '../evidence/registry-access.ts';
import { readAttempt, whereOf } from './registry-answers.ts';
import { tidy } from './words.ts';

interface Seen {
  readonly access: RegistryAccess;
  readonly attempt: AccessAttempt;
  /** The node’s own words say the same. */
  readonly nodeAgrees: boolean;
}

/** undefined: what was answered is no fault of the registry. */
export function registryFaultWords({ access, attempt, nodeAgrees }: Seen): string | undefined {
  const said = answered(access, attempt);
  return said === undefined ? undefined : `${said}${nodeAgrees ? '; the node met the same' : ', as the bot saw it'}.`;
}

const DISBELIEF =
  'Compare issuer, service, signing key and clock of the registry and of its token server: the registry’s log names what it minds. Another login or a restart changes nothing.';

/** What mends it, where the catalogue’s advice for such a fault would lead astray. */
export function registryFaultFix(attempt: AccessAttempt): { readonly fix?: string } {
  return readAttempt(attempt) === 'token-refused' ? { fix: DISBELIEF } : {};
}

function answered(access: RegistryAccess, attempt: AccessAttempt): string | undefined {
  const { outcome } = attempt;
  const host = attempt.status === undefined ? whereOf(access, attempt) : access.host;
  if (readAttempt(attempt) === 'token-refused') {
    const giver = tidy(URL.parse(attempt.challenge.realm ?? '')?.host ?? 'its token server');
    return `The registry ${access.host} does not believe its own token server: ${giver} gave a token that grants pull, and the registry answered 401 to it`;
  }
  if (outcome.kind === 'server-error' && outcome.status === 451) {
    return `The registry does not serve this address: ${host} answered 451, which stands for legal reasons (a block by country or by address)`;
  }
  if (outcome.kind === 'server-error') {
    return `The registry itself fails: ${host} answered ${outcome.status}${quoted(outcome.message)}`;
  }
  if (outcome.kind === 'rate-limited') {
    return `The registry limits how often it may be asked: ${host} answered 429${pause(outcome)}`;
  }
  if (outcome.kind !== 'not-a-registry') return undefined;
  return MANIFEST.test(outcome.contentType)
    ? `${host} answered ${outcome.status} with a manifest that cannot be read (${tidy(outcome.contentType).slice(0, 100)}): torn in its storage or on the way`
    : `What answers at ${host} is no registry: it sent ${shape(outcome)}`;
}

/** A portal does not call its pages so. */
const MANIFEST = /^application\/vnd\.(?:oci\.image\.(?:manifest|index)|docker\.distribution\.manifest)\./i;

/** The reader takes no more for granted. */
const LONGEST_WAIT_S = 86_400;

function pause({ retryAfterSeconds: seconds }: { readonly retryAfterSeconds?: number }): string {
  if (seconds === undefined || seconds <= 0) return '';
  return ` and asks to wait ${seconds >= LONGEST_WAIT_S ? 'a day or more' : formatDuration(seconds * 1000)}`;
}

function quoted(message: string): string {
  const text = tidy(message).slice(0, 200).trim();
  return text === '' ? '' : ` ("${text}")`;
}

function shape({ status, contentType }: { readonly status: number; readonly contentType: string }): string {
  if (status === 0) return 'what cannot be read as HTTP';
  const type = tidy(contentType).slice(0, 100);
  return `${status} with ${type === '' ? 'no content type' : type}, and what came with it is nothing that a registry sends`;
}
