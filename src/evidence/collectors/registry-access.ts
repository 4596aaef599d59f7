import type { KeyringCredential } from '../../image/keyring.ts';
import type { PullErrorKind } from '../../image/pull-error.ts';
import { apiHost, type ImageReference } from '../../image/reference.ts';
import { tokenExpiry } from '../../image/token-expiry.ts';
import { defineCollector, type Outside } from '../collector.ts';
import type { PullFailure } from '../evidence.ts';
import { blockedBy, notCollected, observed, valueOf } from '../observation.ts';
import {
  type AccessAttempt,
  anonymous,
  anonymousInTheClear,
  type LoginAnswer,
  type RegistryCredential,
} from '../registry-access.ts';

/** The kubelet tries all that match; more than this is a broken keyring and a way to make us hammer somebody's registry. */
export const MOST_CREDENTIALS = 6;

/** A node that says one of these got an answer from the registry, and so knows how it is spoken to. */
const ANSWERED: ReadonlySet<PullErrorKind> = new Set([
  'image-not-found',
  'not-found-or-unauthorized',
  'platform-mismatch',
  'manifest-unsupported',
]);

/**
 * The pattern of the registry's answers: the same manifest asked for anonymously, then with each credential that the kubelet would
 * try, in its order, then with the bot's own. Anonymous goes first because it also tells the adapter how the registry wants to be
 * asked, and because it does not wait for the Secrets. A refused password is then tried where no repository is named. Where the
 * nodes get answers from a registry without TLS that the bot is not told of, it looks as anybody can, and shows it no credential.
 */
export const registryAccess = defineCollector({
  kind: 'registryAccess',
  needs: ['reference', 'keyring', 'pullFailure'],
  collect: async (read, { registry, signal, ownCredential, now }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const first = await registry.manifest(reference, anonymous, signal);
    const keyring = await read('keyring');
    // An entry without a user name is the question that is asked anonymously anyway.
    const tried = keyring.status === 'observed' ? keyring.value.tried.filter(({ nobody }) => nobody === undefined) : [];
    const attached = tried.map(asCredential);
    const own = ownCredential(reference.registry);
    const others = [...attached.slice(0, MOST_CREDENTIALS), ...(own ? [own] : [])];
    const rest = answersWhoever(first)
      ? []
      : await Promise.all(others.map((credential) => registry.manifest(reference, credential, signal)));
    const attempts = await withLogins([first, ...rest], reference, { registry, signal });
    const scheme = first.scheme === undefined ? {} : { scheme: first.scheme };
    const asked = now === undefined ? {} : { askedAt: now() };
    const host = apiHost(reference.registry);
    const isAnswered = lacksTls(first) && nodeIsAnswered(valueOf(await read('pullFailure')));
    const shown = isAnswered ? await lookInTheClear(reference, { registry, signal }) : undefined;
    if (shown !== undefined) {
      const untried = attached.length > 0 ? { untried: attached.length } : {};
      return observed({ host, scheme: 'http', ...asked, attempts: [shown], ...untried });
    }
    const left = attached.length - MOST_CREDENTIALS;
    const untried = left > 0 && rest.length > 0 ? { untried: left } : {};
    return observed({ host, ...scheme, ...asked, attempts, ...untried });
  },
});

function lacksTls({ outcome, scheme }: AccessAttempt): boolean {
  return outcome.kind === 'network' && outcome.fault === 'http-vs-https' && scheme === 'https';
}

function nodeIsAnswered(failure: PullFailure | undefined): boolean {
  return failure !== undefined && ANSWERED.has(failure.classification.kind);
}

/** What anybody may see there; undefined where it shows nothing without a login. */
async function lookInTheClear(
  reference: ImageReference,
  { registry, signal }: Pick<Outside, 'registry' | 'signal'>,
): Promise<AccessAttempt | undefined> {
  const attempt = await registry.manifest(reference, anonymousInTheClear, signal);
  return attempt.outcome.kind === 'missing' || attempt.outcome.kind === 'found' ? attempt : undefined;
}

/** A login of the keyring as the registry is asked with it. */
export function asCredential({
  secret,
  entry,
  username,
  password,
  onlyToken,
  padded,
}: KeyringCredential): RegistryCredential {
  const expiresAt = tokenExpiry(password);
  return {
    kind: 'password',
    source: `secret/${secret}, entry ${entry}`,
    origin: 'pull-secret',
    secret,
    entry,
    username,
    password,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(onlyToken === undefined ? {} : { onlyToken }),
    ...(padded === undefined ? {} : { padded }),
  };
}

/** Nobody can be reached there, or nobody we would show a credential to: asking again with a password tells nothing more. */
function answersWhoever({ outcome }: AccessAttempt): boolean {
  return outcome.kind === 'network' || outcome.kind === 'refused' || outcome.kind === 'not-a-registry';
}

/**
 * A Basic registry may refuse a wrong password and a missing right in the same words: `/v2/` tells them apart, unless it lets anybody
 * in, which a question without a credential shows. Not asked where somebody gets the image without, or the kubelet with another login.
 */
async function withLogins(
  attempts: readonly AccessAttempt[],
  reference: ImageReference,
  { registry, signal }: Pick<Outside, 'registry' | 'signal'>,
): Promise<AccessAttempt[]> {
  const settled = attempts.some(({ credential, outcome }) => outcome.kind === 'found' && !isBots(credential));
  if (settled || !attempts.some(refusedByBasic)) return [...attempts];
  const ask = (credential: RegistryCredential) => registry.login(reference, credential, signal);
  const control = ask(anonymous);
  return Promise.all(
    attempts.map(async (attempt) => {
      if (!refusedByBasic(attempt)) return attempt;
      const [answer, anybody] = await Promise.all([ask(attempt.credential), control]);
      const login: LoginAnswer = answer === 'accepted' && anybody !== 'rejected' ? 'unknown' : answer;
      return { ...attempt, login };
    }),
  );
}

function refusedByBasic({ credential, outcome, challenge }: AccessAttempt): boolean {
  const refused = (outcome.kind === 'unauthorized' || outcome.kind === 'denied') && outcome.at === 'manifest';
  return refused && challenge.scheme === 'basic' && credential.kind === 'password' && !isBots(credential);
}

function isBots(credential: RegistryCredential): boolean {
  return credential.kind === 'password' && credential.origin === 'bot';
}
