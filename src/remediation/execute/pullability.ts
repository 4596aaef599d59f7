/** Could a new pod pull this image right now? Asked of the registry with the credentials that the kubelet would choose. */
import { describeGap } from '../../evidence/observation.ts';
import type { RegistryCredential } from '../../evidence/registry-access.ts';
import { anonymous } from '../../evidence/registry-access.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import { lookupCredentials } from '../../image/keyring.ts';
import { parseReference } from '../../image/reference.ts';
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
  for (const name of input.secrets) {
    const secret = await ports.reader.secret(input.namespace, name, signal);
    if (secret.status === 'observed') secrets.push(secret.value);
    else if (secret.status !== 'absent') return { kind: 'unknown', reason: describeGap(`secret/${name}`, secret) };
  }
  const keyring = lookupCredentials(input.image, secrets);
  if (keyring.error === 'secrets')
    return { kind: 'refused', reason: 'a pull secret of the pod is not readable, and that fails every pull' };
  const own = keyring.tried.map(
    (entry): RegistryCredential => ({
      kind: 'password',
      origin: 'pull-secret',
      source: `secret/${entry.secret}`,
      secret: entry.secret,
      entry: entry.entry,
      username: entry.username,
      password: entry.password,
    }),
  );
  let last = 'nobody answered';
  for (const credential of own.length > 0 ? own : [anonymous]) {
    const attempt = await ports.registry.manifest(parsed.reference, credential, signal);
    if (attempt.outcome.kind === 'found') return { kind: 'pullable' };
    last = outcomeSentence(attempt.outcome);
    if (isOurs(attempt.outcome)) return { kind: 'unknown', reason: `From here ${last}.` };
  }
  return { kind: 'refused', reason: last };
}
