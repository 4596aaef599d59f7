/**
 * Could a new pod pull this image right now? Asked of the registry with the credentials that the kubelet would choose. Where those are
 * none, a registry that wants a login has refused nobody in particular: the node may bring one of its own, which cannot be seen.
 */

import { readSecrets } from '../../evidence/collectors/pull-secrets.ts';
import { asCredential, MOST_CREDENTIALS } from '../../evidence/collectors/registry-access.ts';
import { describeGap } from '../../evidence/observation.ts';
import { type AccessOutcome, anonymous } from '../../evidence/registry-access.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import { lookupCredentials } from '../../image/keyring.ts';
import { type ImageReference, parseReference } from '../../image/reference.ts';
import type { RemedyPorts } from '../ports.ts';
import { isOurs, outcomeSentence } from './outcome-sentence.ts';

export type Pullability =
  | { readonly kind: 'pullable' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The bot cannot stand in the kubelet's shoes: Secrets could not be read, or what kept it from the registry is of its own. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Asks with each credential in the kubelet's order until one is answered with the manifest. */
export async function pullability(
  input: { readonly image: string; readonly namespace: string; readonly secrets: readonly string[] },
  ports: Pick<RemedyPorts, 'reader' | 'registry'>,
  signal: AbortSignal,
): Promise<Pullability> {
  const parsed = parseReference(input.image);
  if (!parsed.ok) return { kind: 'refused', reason: parsed.fault.sentence };
  const secrets: SecretSnapshot[] = [];
  const read = await readSecrets(input.secrets, input.namespace, { cluster: ports.reader, signal });
  for (const { name, secret } of read) {
    if (secret.status === 'observed') secrets.push(secret.value);
    else if (secret.status !== 'absent') return { kind: 'unknown', reason: describeGap(`secret/${name}`, secret) };
  }
  const keyring = lookupCredentials(input.image, secrets);
  if (keyring.error === 'secrets')
    return { kind: 'refused', reason: 'a pull secret of the pod is not readable, and that fails every pull' };
  // An entry without a user name is the question that nobody in particular asks.
  const own = keyring.tried.filter(({ nobody }) => nobody === undefined).map(asCredential);
  let last = 'nobody answered';
  for (const credential of own.length > 0 ? own.slice(0, MOST_CREDENTIALS) : [anonymous]) {
    const { outcome } = await ports.registry.manifest(parsed.reference, credential, signal);
    if (outcome.kind === 'found') return { kind: 'pullable' };
    last = outcomeSentence(outcome);
    if (isOurs(outcome)) return { kind: 'unknown', reason: `From here ${last}.` };
    if (own.length === 0 && wantsLogin(outcome)) return { kind: 'unknown', reason: noLogin(parsed.reference) };
  }
  const left = own.length - MOST_CREDENTIALS;
  return left > 0
    ? { kind: 'unknown', reason: `From here ${last}, and ${left} more of a new pod’s credentials were not tried.` }
    : { kind: 'refused', reason: last };
}

function wantsLogin({ kind }: AccessOutcome): boolean {
  return kind === 'unauthorized' || kind === 'denied';
}

function noLogin({ registry }: ImageReference): string {
  return `${registry} wants a login, a new pod would bring none for this image, and whether its node has one cannot be seen from here.`;
}
