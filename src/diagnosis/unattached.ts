/** What Secrets that the pod does not use say about its failure: the one that would help, or why those that look right would not. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { isNearName, type UnattachedSecret, type UnattachedSecrets } from '../evidence/unattached-secrets.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { attachCommands, copyCommand, createCommand, renewCommands, retypeCommand } from './secret-commands.ts';
import { count, list } from './words.ts';

type View = EvidenceView<'pod' | 'serviceAccount' | 'workload' | 'pullSecrets' | 'unattachedSecrets'>;
type Draft = Omit<Finding, 'confidence' | 'alternatives'>;

/** A Secret that would mend the pull. `proven`: the registry showed the image to it just now. */
export interface Helper {
  readonly draft: Draft;
  readonly proven: boolean;
  readonly alternatives: readonly Cause[];
}

/** The best Secret that is not used; undefined where none would help. */
export function helperIn(evidence: View): Helper | undefined {
  const found = valueOf(evidence.unattachedSecrets);
  if (found === undefined) return undefined;
  const here = found.here.find(mayHelp);
  const there = (valueOf(found.elsewhere) ?? []).find((one) => one.fit === 'matches' && mayHelp(one));
  const best = [here, there].filter((one) => one !== undefined).sort((a, b) => rank(a) - rank(b))[0];
  if (best === undefined) return undefined;
  const proven = best.answer?.kind === 'found';
  const draft = best === there ? elsewhere(evidence, best) : inNamespace(evidence, best);
  const absent: readonly Cause[] = best.answer?.kind === 'missing' ? ['tag-not-found', 'repository-not-found'] : [];
  return { draft, proven, alternatives: proven ? [] : [...absent, 'credentials-required'] };
}

function rank({ answer, fit }: UnattachedSecret): number {
  return (answer?.kind === 'found' ? 0 : 10) + (fit === 'never' ? 1 : 0);
}

/** Refused by the registry, it would not help; a missing image says nothing against it. */
function mayHelp({ fit, answer }: UnattachedSecret): boolean {
  if (fit === 'never') return true;
  return (fit === 'matches' || fit === 'wrong-type') && answer?.kind !== 'unauthorized' && answer?.kind !== 'denied';
}

function inNamespace(evidence: View, secret: UnattachedSecret): Draft {
  if (secret.fit === 'never') return neverMatches(evidence, secret);
  return secret.fit === 'wrong-type' ? wrongType(evidence, secret) : notAttached(evidence, secret);
}

const because: Draft['because'] = ['unattachedSecrets', 'pullSecrets'];

function detailOf({ name, namespace, type, answer }: UnattachedSecret): Draft['detail'] {
  return { secret: name, secretNamespace: namespace, type, tried: answer?.kind ?? 'not tried' };
}

function would({ answer }: UnattachedSecret): string {
  return answer?.kind === 'found'
    ? 'would let it pull: the registry was asked with it just now and showed the image'
    : 'has an entry for this registry, which could not be tried';
}

function notAttached(evidence: View, secret: UnattachedSecret): Draft {
  const account = valueOf(evidence.serviceAccount);
  const { namespace, name } = secret;
  const isLate = account?.imagePullSecrets.includes(name) === true;
  const why = isLate
    ? `the pod was made before its service account ${account.name} named it`
    : `neither the pod nor its service account${account === undefined ? '' : ` ${account.name}`} names it`;
  return {
    cause: 'pull-secret-not-attached',
    because,
    summary: `Secret ${name} of namespace ${namespace} ${would(secret)}; ${why}.`,
    detail: detailOf(secret),
    fix: isLate
      ? 'Let the pod be made anew: it then gets the service account’s list.'
      : `Name ${name} in imagePullSecrets of the pod template or its service account, then let the stuck pods be made anew.`,
    commands: isLate ? renewCommands(evidence) : attachCommands(evidence, namespace, name),
  };
}

function wrongType(evidence: View, secret: UnattachedSecret): Draft {
  const { namespace, name, reason, key = '.dockerconfigjson' } = secret;
  return {
    cause: 'pull-secret-malformed',
    because,
    summary: `Secret ${name} of namespace ${namespace} holds a login that ${would(secret)}, but ${reason}. The pod does not name it either.`,
    detail: { ...detailOf(secret), key },
    fix: 'Make it again with the type that the kubelet reads, and attach it.',
    commands: [retypeCommand(name, namespace, key), ...attachCommands(evidence, namespace, name)],
  };
}

function neverMatches(evidence: View, { namespace, name, reason, ...rest }: UnattachedSecret): Draft {
  return {
    cause: 'pull-secret-wrong-registry',
    because,
    summary: `Secret ${name} of namespace ${namespace} seems meant for this registry and would not serve it: ${reason}. The pod does not name it either.`,
    detail: detailOf({ namespace, name, reason, ...rest }),
    fix: 'Write the entry for exactly the image’s registry, and attach the Secret.',
    commands: attachCommands(evidence, namespace, name),
  };
}

/** Several namespaces were given it: the one that is named was only the first that helps. */
function amongOthers({ unattachedSecrets }: View): boolean {
  const there = valueOf(unattachedSecrets)?.elsewhere;
  return there?.status === 'observed' && there.value.length > 1;
}

function elsewhere(evidence: View, secret: UnattachedSecret): Draft {
  const { namespace, name } = secret;
  const here = homeOf(evidence);
  const isNamed = namesOf(evidence).includes(name);
  return {
    cause: 'pull-secret-wrong-namespace',
    because,
    summary: `${isNamed ? `The pod names Secret ${name}, which` : `Secret ${name}`} is not in its namespace${here === undefined ? '' : ` ${here}`}, ${amongOthers(evidence) ? 'but, as in others, in' : 'only in'} ${namespace}; the one there ${would(secret)}.`,
    detail: detailOf(secret),
    fix: `Secrets count only in the pod’s own namespace: make ${name} there too${isNamed ? '' : ', and attach it'}. Whoever provides ${namespace} with it should provide this namespace as well.`,
    commands:
      here === undefined
        ? []
        : [copyCommand(name, namespace, here), ...(isNamed ? [] : attachCommands(evidence, here, name))],
  };
}

function homeOf({ pod }: View): string | undefined {
  return valueOf(pod)?.namespace;
}

function namesOf({ pullSecrets }: View): readonly string[] {
  return (valueOf(pullSecrets) ?? []).map(({ name }) => name);
}

/** Sentences about the others, each beginning with a space; empty where there is nothing to say. */
export function remarksOn(evidence: View): string {
  const { unattachedSecrets } = evidence;
  if (unattachedSecrets.status === 'forbidden' || unattachedSecrets.status === 'unreachable') {
    return ' Whether another Secret of the namespace would serve could not be seen.';
  }
  const found = valueOf(unattachedSecrets);
  return found === undefined ? '' : remarks(evidence, found);
}

/** Where a login is wanted and nothing brings one: what was seen of the Secrets that would not help either. */
export function withOthers(finding: Finding, evidence: View): Finding {
  const found = valueOf(evidence.unattachedSecrets);
  const said = finding.cause === 'credentials-required' && found !== undefined ? remarks(evidence, found) : '';
  if (said === '') return finding;
  const [first, ...rest] = finding.because;
  return {
    ...finding,
    because: [first, ...new Set([...rest, 'unattachedSecrets' as const])],
    summary: `${finding.summary}${said}`,
  };
}

function remarks(evidence: View, { here, others, elsewhere: beyond }: UnattachedSecrets): string {
  const there = valueOf(beyond) ?? [];
  const refused = [...here, ...there].filter(
    ({ answer }) => answer?.kind === 'unauthorized' || answer?.kind === 'denied',
  );
  const broken = here.filter(({ fit }) => fit === 'broken');
  const missing = missingOf(evidence);
  const near = here.filter(({ name }) => missing.some((wanted) => isNearName(name, wanted)));
  const isHidden = beyond.status === 'forbidden' && missing.length > 0;
  const told = [
    ...(near.length > 0 ? [`There is a Secret ${list(near.map(({ name }) => name))}: perhaps a typing error.`] : []),
    ...(refused.length > 0
      ? [
          `The registry refuses also Secret ${list(refused.map((one) => `${one.namespace}/${one.name}`))}, which the pod does not use.`,
        ]
      : []),
    ...(broken.length > 0
      ? [`Secret ${list(broken.map(({ name, reason }) => `${name} (${reason})`))} is not used either.`]
      : []),
    ...(here.length === 0 && others > 0
      ? [`None of ${count(others, 'other pull secret')} in the namespace is for this registry.`]
      : []),
    ...(isHidden ? ['Whether it exists in another namespace could not be seen.'] : []),
  ];
  return told.map((sentence) => ` ${sentence}`).join('');
}

function missingOf({ pullSecrets }: View): readonly string[] {
  return (valueOf(pullSecrets) ?? []).flatMap(({ name, secret }) => (secret.status === 'absent' ? [name] : []));
}

/** The Secret that may have been meant where one is missing: it applies, and its name is one slip away. */
export function meantInstead(evidence: View): UnattachedSecret | undefined {
  const missing = missingOf(evidence);
  return valueOf(evidence.unattachedSecrets)?.here.find(
    (one) => one.fit === 'matches' && mayHelp(one) && missing.some((wanted) => isNearName(one.name, wanted)),
  );
}

/** To make the missing Secret, and nothing better is known. */
export function createMissing(names: readonly string[], namespace: string, registry: string): readonly string[] {
  return names.map((name) => createCommand(name, namespace, registry));
}
