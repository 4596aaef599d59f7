/** How the simulated nodes pull: they ask the registry over HTTP, with the credentials that the kubelet would choose. */
import { type KeyringCredential, lookupCredentials } from '../../../image/keyring.ts';
import { type ImageReference, parseReference } from '../../../image/reference.ts';
import type { Pull } from '../cluster/kubelet.ts';
import { runtimeTexts } from '../cluster/texts.ts';

type Outcome = Awaited<ReturnType<Pull>>;

const PATIENCE_MS = 5_000;

/** Each credential in turn, the last answer counts; without any, anonymously. Never throws. */
export const pullOverHttp: Pull = async ({ image, secrets }) => {
  const parsed = parseReference(image);
  if (!parsed.ok) return { ok: false, message: parsed.fault.sentence };
  const { tried } = lookupCredentials(image, secrets);
  let outcome: Outcome = { ok: false, message: '' };
  for (const credential of tried.length > 0 ? tried : [undefined]) {
    outcome = await ask(parsed.reference, credential);
    if (outcome.ok) return outcome;
  }
  return outcome;
};

async function ask(reference: ImageReference, credential: KeyringCredential | undefined): Promise<Outcome> {
  const { registry, repository, tag, digest, text } = reference;
  const url = `http://${registry}/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'HEAD',
      headers: credential ? { authorization: basic(credential) } : {},
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return { ok: false, message: runtimeTexts.refused(text, registry) };
  }
  const found = answer.headers.get('docker-content-digest');
  if (answer.ok) return { ok: true, ...(found === null ? {} : { digest: found }) };
  if (answer.status === 404) return { ok: false, message: runtimeTexts.notFound(text) };
  if (answer.status === 401) return { ok: false, message: runtimeTexts.unauthorized(text) };
  if (answer.status === 403) return { ok: false, message: runtimeTexts.forbidden(text) };
  return { ok: false, message: runtimeTexts.serverError(text, answer.status, answer.statusText) };
}

function basic({ username, password }: KeyringCredential): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}
