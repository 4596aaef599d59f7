import { parseReference } from '../../image/reference.ts';
import { defineCollector, type Outside } from '../collector.ts';
import type { Evidence, PullFailure } from '../evidence.ts';
import { blockedBy, notCollected, type Observation, observed, valueOf } from '../observation.ts';
import type { RegistryAccess, RegistryCredential } from '../registry-access.ts';
import type { SecretSnapshot } from '../snapshots.ts';
import {
  isNearName,
  isPullType,
  type Judged,
  judge,
  looksMistyped,
  type SecretFit,
  type SecretRow,
  type UnattachedSecret,
  type UnattachedSecrets,
} from '../unattached-secrets.ts';

/** Secrets tried at the registry, one after another until one opens it. */
const MOST_TRIED = 3;
/** Secrets of a wrong type that are opened. */
const MOST_MISTYPED = 1;
const MOST_SHOWN = 10;
const JSON_TYPE = 'kubernetes.io/dockerconfigjson';

/**
 * Pull secrets that exist and are not used. Asked only where the registry refuses nobody-in-particular and nothing that the pod names
 * applies: names and types first, then the content of pull secrets, then other namespaces, each only while nothing helps. At most four
 * questions, five where the old type is in use.
 */
export const unattachedSecrets = defineCollector({
  kind: 'unattachedSecrets',
  needs: ['reference', 'pullSecrets', 'keyring', 'registryAccess', 'pullFailure'],
  collect: async (read, outside, { namespace }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { keyring, pullSecrets } = { keyring: await read('keyring'), pullSecrets: await read('pullSecrets') };
    if (pullSecrets.status !== 'observed') return blockedBy('the pull secrets', pullSecrets);
    if (keyring.status !== 'observed') return blockedBy('the credentials that the kubelet would try', keyring);
    if (keyring.value.error !== null) return notCollected('the kubelet’s look-up fails before any Secret counts');
    if (keyring.value.tried.some(({ nobody }) => nobody === undefined))
      return notCollected('a Secret of the pod applies to this image');
    const [access, failure] = [await read('registryAccess'), await read('pullFailure')];
    if (!wantsLogin(valueOf(access), valueOf(failure))) return notCollected('nothing says that a login is needed');
    const image = parsed.value.reference.text;
    const named = new Set(pullSecrets.value.map(({ name }) => name));
    const missing = pullSecrets.value.flatMap(({ name, secret }) => (secret.status === 'absent' ? [name] : []));
    return search({ image, namespace, named, missing, outside });
  },
});

const REFUSED = new Set(['unauthorized', 'forbidden', 'not-found-or-unauthorized', 'pull-secret-missing']);

/** The registry refuses to be asked as nobody; where it could not be asked, the node says so. */
function wantsLogin(access: RegistryAccess | undefined, failure: PullFailure | undefined): boolean {
  const anonymous = access?.attempts.find(({ credential }) => credential.kind === 'anonymous')?.outcome.kind;
  if (anonymous === 'unauthorized' || anonymous === 'denied') return true;
  const isAsked = anonymous !== undefined && anonymous !== 'network' && anonymous !== 'refused';
  return !isAsked && failure !== undefined && REFUSED.has(failure.classification.kind);
}

interface Search {
  readonly image: string;
  readonly namespace: string;
  /** By the pod, whether they exist or not. */
  readonly named: ReadonlySet<string>;
  readonly missing: readonly string[];
  readonly outside: Outside;
}

async function search(look: Search): Promise<Evidence['unattachedSecrets']> {
  const { namespace, named, outside } = look;
  const listed = await outside.cluster.secretRows({ namespace }, outside.signal);
  if (listed.status !== 'observed') return listed;
  const rows = listed.value.rows.filter(({ name }) => !named.has(name));
  const found = await inNamespace(look, rows);
  if (found.status !== 'observed') return found;
  const here = await tried(look, found.value);
  const helps = here.some(({ answer }) => answer?.kind === 'found');
  const elsewhere = helps ? notCollected('the namespace itself has a Secret that helps') : await inOthers(look, rows);
  return observed<UnattachedSecrets>({
    here: here.slice(0, MOST_SHOWN),
    others: rows.filter(({ type }) => isPullType(type)).length,
    truncated: listed.value.truncated,
    elsewhere,
  });
}

/** Content only of pull secrets, and of one that has the wrong type and a key like theirs while none of them applies. */
async function inNamespace(look: Search, rows: readonly SecretRow[]): Promise<Observation<readonly Judged[]>> {
  const { image, namespace, named, outside } = look;
  const judged: Judged[] = [];
  for (const type of new Set(rows.map((row) => row.type).filter(isPullType))) {
    const secrets = await outside.cluster.secretsOfType({ namespace, type }, outside.signal);
    if (secrets.status !== 'observed') return secrets;
    judged.push(...secrets.value.filter(({ name }) => !named.has(name)).map((secret) => judge(image, secret)));
  }
  if (judged.some(({ secret }) => secret.fit === 'matches')) return observed(judged);
  for (const { name } of nearFirst(look, rows.filter(looksMistyped)).slice(0, MOST_MISTYPED)) {
    const secret = await outside.cluster.secret(namespace, name, outside.signal);
    if (secret.status === 'observed') judged.push(judge(image, secret.value));
  }
  return observed(judged);
}

/**
 * A Secret that the pod names and lacks, by that name. Where it names none, the commonest name among the pull secrets of the cluster:
 * that is the one which every namespace but this was given.
 */
async function inOthers(look: Search, rows: readonly SecretRow[]): Promise<UnattachedSecrets['elsewhere']> {
  const { image, namespace, missing, named, outside } = look;
  const [name] = missing;
  if (name === undefined && (named.size > 0 || rows.some(({ type }) => isPullType(type)))) {
    return notCollected('the pod’s own namespace has pull secrets, none of which is missing');
  }
  const wanted = name === undefined ? await commonest(look) : observed(name);
  if (wanted.status !== 'observed') return wanted;
  if (wanted.value === undefined) return observed([]);
  const secrets = await outside.cluster.secretsOfType({ name: wanted.value, type: JSON_TYPE }, outside.signal);
  if (secrets.status !== 'observed') return secrets;
  const others = secrets.value.filter((secret) => secret.namespace !== namespace);
  return observed(
    (
      await tried(
        look,
        others.map((secret) => judgeFrom(image, secret)),
      )
    ).slice(0, MOST_SHOWN),
  );
}

async function commonest({ outside }: Search): Promise<Observation<string | undefined>> {
  const listed = await outside.cluster.secretRows({ type: JSON_TYPE }, outside.signal);
  if (listed.status !== 'observed') return listed;
  const counts = new Map<string, number>();
  for (const { name } of listed.value.rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [first] = [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  return observed(first?.[0]);
}

/** Whoever makes a pod here chooses the image's host: a pattern in somebody else's Secret must not send their login there. */
function judgeFrom(image: string, secret: SecretSnapshot): Judged {
  const { credential, ...judged } = judge(image, secret);
  return credential === undefined || /[*?[\\]/.test(credential.entry) ? judged : { ...judged, credential };
}

const ORDER: readonly SecretFit[] = ['matches', 'wrong-type', 'never', 'broken'];

/** Best first, those for something else left out; each that applies is tried until one opens the registry. */
async function tried(look: Search, all: readonly Judged[]): Promise<readonly UnattachedSecret[]> {
  const { registry, signal } = look.outside;
  const parsed = parseReference(look.image);
  const relevant = nearFirst(
    look,
    all.filter(({ secret }) => secret.fit !== 'other').map((one) => ({ ...one, name: one.secret.name })),
  ).sort((a, b) => ORDER.indexOf(a.secret.fit) - ORDER.indexOf(b.secret.fit));
  const seen: UnattachedSecret[] = [];
  let isOpen = false;
  let left = MOST_TRIED;
  for (const { secret, credential } of relevant) {
    if (!parsed.ok || credential === undefined || isOpen || left === 0) seen.push(secret);
    else {
      left -= 1;
      const { outcome } = await registry.manifest(parsed.reference, asCredential(secret, credential), signal);
      isOpen = outcome.kind === 'found';
      seen.push({ ...secret, answer: outcome });
    }
  }
  return seen.sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ answer, fit }: UnattachedSecret): number {
  return answer?.kind === 'found' ? -1 : ORDER.indexOf(fit);
}

function nearFirst<T extends { readonly name: string }>({ missing }: Search, list: readonly T[]): T[] {
  const isNear = ({ name }: T) => missing.some((wanted) => isNearName(name, wanted));
  return [...list.filter(isNear), ...list.filter((one) => !isNear(one))];
}

function asCredential(
  { namespace, name }: UnattachedSecret,
  { entry, username, password }: NonNullable<Judged['credential']>,
): RegistryCredential {
  const source = `secret/${name} of namespace ${namespace}, which the pod does not use`;
  return { kind: 'password', source, origin: 'pull-secret', secret: name, entry, username, password };
}
