/** A pod older than its service account's pull secret: would a new pod, which gets it, pull? */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { AccessOutcome } from '../evidence/registry-access.ts';
import type { UnattachedSecret } from '../evidence/unattached-secrets.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { renewCommands } from './secret-commands.ts';
import { list } from './words.ts';

type View = EvidenceView<'pod' | 'serviceAccount' | 'workload' | 'pullSecrets' | 'unattachedSecrets'>;

/** Why the late Secret would not help a new pod. */
export interface LateTrouble {
  readonly secret: string;
  /** `the registry refuses Secret regcred`. */
  readonly says: string;
  /** The likeliest one first. */
  readonly causes: readonly [Cause, ...Cause[]];
  /** What to mend before a new pod is made. */
  readonly first: string;
}

/** A service account's list reaches a pod only at its creation, so a pod without one can lag behind its account. */
export function lateAccount(evidence: View): Omit<Finding, 'confidence' | 'alternatives'> | undefined {
  const account = valueOf(evidence.serviceAccount);
  if (account === undefined || account.imagePullSecrets.length === 0) return undefined;
  const trouble = lateTrouble(evidence);
  const late = `The pod has no pull secret. Its service account ${account.name} names ${list(account.imagePullSecrets)}, but that came after the pod was created`;
  return {
    cause: 'pull-secret-not-attached',
    because: ['pullSecrets', 'serviceAccount', ...(trouble === undefined ? [] : (['unattachedSecrets'] as const))],
    detail: {
      serviceAccount: account.name,
      secrets: account.imagePullSecrets,
      ...(trouble === undefined ? {} : { mendFirst: trouble.secret }),
    },
    ...(trouble === undefined
      ? {
          summary: `${late}.`,
          fix: 'Let the pod be made anew: it then gets the service account’s list.',
          commands: renewCommands(evidence),
        }
      : { summary: `${late}, and ${trouble.says}.`, fix: `${trouble.first} A new pod alone does not help.` }),
  };
}

/** Undefined: a Secret of the account opens the registry, or nobody knows. One that cannot be decoded fails every look-up. */
export function lateTrouble(evidence: Pick<View, 'serviceAccount' | 'unattachedSecrets'>): LateTrouble | undefined {
  const names = valueOf(evidence.serviceAccount)?.imagePullSecrets ?? [];
  const late = (valueOf(evidence.unattachedSecrets)?.here ?? []).filter(({ name }) => names.includes(name));
  const broken = late.find(({ fit }) => fit === 'broken');
  if (broken !== undefined) return unfit(broken, 'cannot be decoded');
  const matching = late.filter(({ fit }) => fit === 'matches');
  const answers = matching.map((secret) => troubleOf(secret));
  const [first] = answers;
  if (first === undefined) {
    const [secret] = matching.length === 0 ? late : [];
    return secret === undefined ? undefined : unfit(secret, 'does not serve this image');
  }
  return answers.every((one) => one !== undefined) ? first : undefined;
}

function unfit({ name, fit, reason }: UnattachedSecret, what: string): LateTrouble {
  return {
    secret: name,
    says: `Secret ${name} ${what} (${reason})`,
    causes: [fit === 'never' ? 'pull-secret-wrong-registry' : 'pull-secret-malformed'],
    first: `Mend Secret ${name} first.`,
  };
}

/** Undefined where it helps, or was not tried. */
function troubleOf({ name, answer }: UnattachedSecret): LateTrouble | undefined {
  if (answer === undefined || answer.kind === 'found' || answer.kind === 'refused') return undefined;
  return { secret: name, ...explained(name, answer) };
}

type Told = Omit<LateTrouble, 'secret'>;

function explained(name: string, answer: Exclude<AccessOutcome, { kind: 'found' | 'refused' }>): Told {
  switch (answer.kind) {
    case 'unauthorized':
      return {
        says: `the registry refuses the login of Secret ${name}`,
        causes: answer.at === 'token' ? ['credentials-rejected'] : ['credentials-rejected', 'permission-denied'],
        first: `Mend Secret ${name} first: its login is refused.`,
      };
    case 'denied':
      return {
        says: `the registry denies the image to the login of Secret ${name}`,
        causes: ['permission-denied', 'credentials-rejected', 'repository-not-found'],
        first: `See to it first that the login of Secret ${name} may pull this repository.`,
      };
    case 'missing':
      return {
        says: `the registry tells the login of Secret ${name} that the image is not there`,
        causes:
          answer.code === 'NAME_UNKNOWN'
            ? ['repository-not-found', 'tag-not-found', 'permission-denied']
            : ['tag-not-found', 'repository-not-found', 'permission-denied'],
        first: `Find out first whether the image exists and the login of Secret ${name} may see it.`,
      };
    case 'rate-limited':
      return {
        says: `the registry limits how often the login of Secret ${name} may ask`,
        causes: ['rate-limited'],
        first: 'Wait first until the registry’s limit is over: every further try counts.',
      };
    case 'server-error':
    case 'not-a-registry':
    case 'unsupported-manifest':
    case 'network':
      return { says: `the registry did not show the image to the login of Secret ${name}`, ...ofRegistry(answer) };
  }
}

function ofRegistry(
  answer: Extract<AccessOutcome, { kind: 'server-error' | 'not-a-registry' | 'unsupported-manifest' | 'network' }>,
): Pick<Told, 'causes' | 'first'> {
  if (answer.kind === 'unsupported-manifest') {
    return { causes: ['manifest-unsupported'], first: 'Push the image first in a format that runtimes accept.' };
  }
  const first = 'Get the registry first to answer.';
  if (answer.kind === 'network') return { causes: [answer.fault], first };
  return { causes: [answer.kind === 'server-error' ? 'registry-error' : 'non-registry-response'], first };
}
