/**
 * Made-up worlds of which the truth is known: how the registry asks, what it hides and how, who may what, what exists. Whatever is
 * answered in such a world, a verdict that calls itself certain names what is true there.
 */
import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/diagnosis/cause.ts';
import { conclude } from '../../src/diagnosis/conclude.ts';
import { absent, observed } from '../../src/evidence/observation.ts';
import type {
  AccessAttempt,
  AccessOutcome,
  RegistryAccess,
  RegistryCredential,
  TagAnswer,
} from '../../src/evidence/registry-access.ts';
import { tagReader } from '../../src/evidence/tag-reader.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import { anyone, bearer, botLogin, diagnose, evidence, failure, found, HOST, keyring, podLogin } from './support.ts';

type Status = 401 | 403 | 404;

interface World {
  readonly auth: 'none' | 'basic' | 'bearer';
  /** What a good login without the right is answered. */
  readonly withheld: Status;
  /** What a good login is answered about a repository that does not exist. */
  readonly nothing: Status;
  /** Its tokens can be read. */
  readonly jwt: boolean;
  /** docker-registry itself: no rights by repository under Basic, 404 for what is not there. */
  readonly plain: boolean;
  /** `/v2/` lets anybody in, whatever the password. */
  readonly openBase: boolean;
  readonly exists: 'tag' | 'repository' | 'nothing';
  readonly login: 'none' | 'wrong' | 'good' | 'entitled';
  readonly isPublic: boolean;
  readonly bot: boolean;
  /** Does the node repeat its error, or only that it backs off? */
  readonly speaks: boolean;
}

type Option<K extends keyof World> = readonly World[K][];
const OPTIONS: { readonly [K in keyof World]: Option<K> } = {
  auth: ['none', 'basic', 'bearer'],
  withheld: [401, 403, 404],
  nothing: [401, 403, 404],
  jwt: [true, false],
  plain: [true, false],
  openBase: [true, false],
  exists: ['tag', 'repository', 'nothing'],
  login: ['none', 'wrong', 'good', 'entitled'],
  isPublic: [true, false],
  bot: [true, false],
  speaks: [true, false],
};

function worlds(): World[] {
  const keys = Object.keys(OPTIONS) as (keyof World)[];
  const all = keys.reduce<Partial<World>[]>(
    (before, key) => before.flatMap((world) => OPTIONS[key].map((value) => ({ ...world, [key]: value }))),
    [{}],
  ) as World[];
  return all.filter(isPossible);
}

/** No two spellings of one world, and none that contradicts itself. */
function isPossible(world: World): boolean {
  if (world.isPublic && world.exists === 'nothing') return false;
  if (world.plain && !isPlain(world)) return false;
  if (world.auth === 'basic') return world.jwt;
  if (world.openBase) return false;
  return world.auth === 'none' ? isOpen(world) : !world.plain;
}

const answers404 = (world: World) => world.withheld === 404 && world.nothing === 404;

/** docker-registry without a token server: who has a password may pull everything. */
function isPlain(world: World): boolean {
  if (world.auth === 'basic' && (world.isPublic || world.openBase)) return false;
  return world.login !== 'good' && answers404(world);
}

function isOpen(world: World): boolean {
  return world.isPublic && world.login !== 'good' && world.jwt && answers404(world);
}

const isRight = ({ login }: World) => login === 'good' || login === 'entitled';

function may(world: World, who: RegistryCredential): boolean {
  if (world.auth === 'none') return true;
  if (who.kind === 'anonymous') return world.isPublic;
  return who.origin === 'bot' || world.login === 'entitled';
}

const says = (status: Status, code: string): AccessOutcome =>
  status === 404
    ? { kind: 'missing', code, message: '' }
    : { kind: status === 403 ? 'denied' : 'unauthorized', at: 'manifest', code: '', message: '' };

function outcomeOf(world: World, who: RegistryCredential): AccessOutcome {
  const { auth, exists, isPublic } = world;
  const isWrong = who.kind === 'password' && who.origin === 'pull-secret' && !isRight(world);
  if (auth !== 'none' && isWrong)
    return { kind: 'unauthorized', at: auth === 'bearer' ? 'token' : 'manifest', code: '', message: '' };
  if (auth !== 'none' && who.kind === 'anonymous' && !isPublic) return says(401, '');
  if (exists === 'nothing') return says(world.nothing, 'NAME_UNKNOWN');
  if (!may(world, who)) return says(world.withheld, 'NAME_UNKNOWN');
  return exists === 'tag' ? found : says(404, 'MANIFEST_UNKNOWN');
}

function attemptIn(world: World, who: RegistryCredential): AccessAttempt {
  const outcome = outcomeOf(world, who);
  const scheme = world.auth;
  const isPods = who.kind === 'password' && who.origin === 'pull-secret';
  const refused = outcome.kind === 'unauthorized' || outcome.kind === 'denied';
  const token = scheme === 'bearer' && !(outcome.kind === 'unauthorized' && outcome.at === 'token');
  const granted = may(world, who) && world.exists !== 'nothing' ? ['pull'] : [];
  return {
    credential: who,
    outcome,
    durationMs: 5,
    challenge: { scheme },
    ...(token ? bearer(200, world.jwt ? granted : undefined) : {}),
    ...(scheme === 'basic' && refused && isPods
      ? {
          login: world.openBase ? ('unknown' as const) : isRight(world) ? ('accepted' as const) : ('rejected' as const),
        }
      : {}),
    ...(world.plain && outcome.kind === 'missing' ? { software: 'distribution' as const } : {}),
  };
}

function tagsIn(world: World, access: RegistryAccess): TagAnswer | undefined {
  const reader = tagReader(access);
  if (reader === undefined) return undefined;
  if (may(world, reader.credential) && world.exists !== 'nothing')
    return { kind: 'listed', names: ['other'], truncated: false };
  return { kind: 'missing' };
}

/** What a kubelet writes when it is answered so. */
function wordsOf(world: World, { outcome }: AccessAttempt): PullErrorKind {
  if (!world.speaks) return 'backoff-only';
  if (outcome.kind === 'missing') return 'image-not-found';
  return outcome.kind === 'denied' ? 'forbidden' : 'unauthorized';
}

/** Every cause that may call itself certain in this world. */
function truth(world: World): Cause[] {
  const { auth, exists, login, isPublic } = world;
  const absence: Cause[] =
    exists === 'tag' ? [] : exists === 'repository' ? ['tag-not-found'] : ['repository-not-found'];
  if (auth === 'none') return absence;
  if (login === 'none') return isPublic ? absence : [...absence, 'credentials-required'];
  const stale: Cause[] = isPublic ? ['stale-credentials'] : [];
  if (login === 'wrong') return [...absence, ...stale, 'credentials-rejected'];
  if (login === 'good' && exists !== 'nothing') return [...absence, ...stale, 'permission-denied'];
  return absence;
}

function verdictIn(world: World) {
  const pods = world.login === 'none' ? [] : [podLogin];
  const attempts = [anyone, ...pods, ...(world.bot ? [botLogin] : [])].map((who) => attemptIn(world, who));
  const access: RegistryAccess = { host: HOST, attempts };
  const asKubelet = attempts[pods.length] as AccessAttempt;
  if (asKubelet.outcome.kind === 'found') return undefined;
  const tags = tagsIn(world, access);
  const bare = { keyring: observed(keyring(false)), pullSecrets: observed([]) };
  const given = evidence({
    pullFailure: observed(failure(wordsOf(world, asKubelet))),
    registryAccess: observed(access),
    tags: tags === undefined ? absent : observed(tags),
    ...(pods.length === 0 ? bare : {}),
  });
  return conclude([diagnose(given)]).verdict;
}

const all = worlds().flatMap((world) => {
  const verdict = verdictIn(world);
  return verdict === undefined ? [] : [{ world, verdict }];
});

describe('in every world', () => {
  it('a certain verdict is true', () => {
    expect(all.length).toBeGreaterThan(500);
    const wrong = all.filter(
      ({ world, verdict }) => verdict.confidence === 'certain' && !truth(world).includes(verdict.cause),
    );
    expect(wrong).toEqual([]);
  });

  it('a verdict that is not certain is true, or leaves the truth open', () => {
    const lost = all.filter(({ world, verdict }) => {
      const named = [verdict.cause, ...verdict.alternatives];
      return !named.some((cause) => truth(world).includes(cause) || cause === 'not-found-or-unauthorized');
    });
    expect(lost).toEqual([]);
  });

  it('docker-registry leaves nothing open', () => {
    const open = all.filter(({ world, verdict }) => world.plain && world.speaks && verdict.confidence !== 'certain');
    expect(open).toEqual([]);
  });
});
