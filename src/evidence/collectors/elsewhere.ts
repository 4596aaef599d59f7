import { lookupCredentials } from '../../image/keyring.ts';
import { fullName, type ImageReference, parseReference } from '../../image/reference.ts';
import { defineCollector, type Outside } from '../collector.ts';
import { type Elsewhere, earlierImages, elsewhereNames, isMissing, type TriedImage } from '../elsewhere.ts';
import type { AttachedSecret } from '../evidence.ts';
import { blockedBy, notCollected, type Observation, observed, valueOf } from '../observation.ts';
import { type AccessAttempt, anonymous, type RegistryCredential } from '../registry-access.ts';
import type { SecretSnapshot } from '../snapshots.ts';
import { asCredential } from './registry-access.ts';

/** Names asked for on one other host. */
const MOST_NAMES = 2;

/**
 * Whether a missing image is somewhere else: what earlier revisions ran, and the same name in the other registries for which the pod's
 * Secrets hold a login. Each is asked for as the kubelet would, with the credential whose key matches that host, and no other.
 */
export const elsewhere = defineCollector({
  kind: 'elsewhere',
  needs: ['reference', 'registryAccess', 'revisions', 'container', 'pullSecrets'],
  collect: async (read, outside) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    if (!isMissing(access.value)) return notCollected('the registry did not say that the image is missing');
    const [revisions, container, attached] = await Promise.all([
      read('revisions'),
      read('container'),
      read('pullSecrets'),
    ]);
    const secrets = secretsOf(attached);
    const seeker: Seeker = { ...outside, secrets };
    const before =
      container.status === 'observed' ? earlierImages(valueOf(revisions) ?? [], container.value.name, reference) : [];
    const [tried, registries, tag] = await Promise.all([
      firstFound(before, async ({ revision, image }) => ({ ...(await pull(image, seeker)), revision })),
      Promise.all(elsewhereNames(reference, secrets).map((names) => search(names, seeker))),
      besideDigest(reference, seeker),
    ]);
    const found: Elsewhere = { revisions: tried, registries: registries.flat(), ...(tag === undefined ? {} : { tag }) };
    return observed(found);
  },
});

type Seeker = Pick<Outside, 'registry' | 'signal'> & { readonly secrets: readonly SecretSnapshot[] };

function secretsOf(attached: Observation<readonly AttachedSecret[]>): readonly SecretSnapshot[] {
  return (valueOf(attached) ?? []).flatMap(({ secret }) => valueOf(secret) ?? []);
}

/** One after another: what is found first is enough. */
async function firstFound<T, A extends TriedImage>(items: readonly T[], ask: (item: T) => Promise<A>): Promise<A[]> {
  const answers: A[] = [];
  for (const item of items) {
    const answer = await ask(item);
    answers.push(answer);
    if (answer.answer === 'found') break;
  }
  return answers;
}

/** On one other host; a name for which no Secret brings a login is not asked for. */
function search(names: readonly string[], seeker: Seeker): Promise<TriedImage[]> {
  const known = names.flatMap((name) => {
    const parsed = parseReference(name);
    return parsed.ok && loginsFor(parsed.reference, seeker).length > 0 ? [parsed.reference] : [];
  });
  return firstFound(known.slice(0, MOST_NAMES), (image) => pull(image, seeker));
}

/** As the kubelet would: the first login that matches, as nobody where none does. */
async function pull(image: ImageReference, seeker: Seeker): Promise<TriedImage> {
  const { credential, outcome } = await askFor(image, seeker);
  return { image: fullName(image), asked: nameOf(credential), answer: outcome.kind };
}

function askFor(image: ImageReference, seeker: Seeker): Promise<AccessAttempt> {
  return seeker.registry.manifest(image, loginsFor(image, seeker)[0] ?? anonymous, seeker.signal);
}

function loginsFor(image: ImageReference, { secrets }: Seeker): readonly RegistryCredential[] {
  return lookupCredentials(fullName(image), secrets).tried.map(asCredential);
}

function nameOf(credential: RegistryCredential): string {
  return credential.kind === 'anonymous' ? 'anonymous' : `secret/${credential.secret ?? ''}`;
}

/** The runtime ignores a tag beside a digest; what it means now is what somebody wants to know once the digest is gone. */
async function besideDigest(image: ImageReference, seeker: Seeker): Promise<Elsewhere['tag']> {
  const { digest: _gone, ...tagged } = image;
  if (image.digest === undefined || image.tag === undefined) return undefined;
  const { credential, outcome } = await askFor(tagged, seeker);
  const digest = outcome.kind === 'found' ? { digest: outcome.manifest.digest } : {};
  return { image: fullName(tagged), asked: nameOf(credential), answer: outcome.kind, ...digest };
}
