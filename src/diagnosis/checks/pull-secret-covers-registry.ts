/** Is a usable pull secret attached? The chain pod -> service account -> Secret, read as the kubelet reads it. */
import { placeOf } from '../../evidence/elsewhere.ts';
import type { AttachedSecret, EvidenceView } from '../../evidence/evidence.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import { isMeantFor, type KeyringLookup } from '../../image/keyring.ts';
import { isNearHost } from '../../image/near-host.ts';
import { type CheckResult, defineCheck, type Finding, type RuledOut } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { type LateTrouble, lateAccount, lateTrouble } from '../late-account.ts';
import { attachCommands, retypeCommand } from '../secret-commands.ts';
import { type Need, needOf } from '../secret-need.ts';
import { commandLine } from '../shell.ts';
import { createMissing, type Helper, helperIn, meantInstead, remarksOn } from '../unattached.ts';
import { list, tidy } from '../words.ts';

type View = EvidenceView<
  | 'pod'
  | 'pullSecrets'
  | 'keyring'
  | 'serviceAccount'
  | 'registryAccess'
  | 'pullFailure'
  | 'unattachedSecrets'
  | 'workload'
>;

export const pullSecretCoversRegistry = defineCheck({
  id: 'pull-secret-covers-registry',
  question: 'Is a usable pull secret attached?',
  needs: [
    'pod',
    'pullSecrets',
    'keyring',
    'serviceAccount',
    'registryAccess',
    'pullFailure',
    'unattachedSecrets',
    'workload',
  ],
  run(evidence): CheckResult {
    const { pullSecrets, keyring } = evidence;
    if (pullSecrets.status !== 'observed') return couldNotLook({ pullSecrets });
    if (keyring.status === 'observed' && keyring.value.error === 'invalid-image') {
      return { verdict: 'not-applicable', note: 'the reference cannot be parsed, no credential is looked up' };
    }
    const broken = keyring.status === 'observed' && keyring.value.error === 'secrets' ? keyring.value : undefined;
    if (broken !== undefined) return undecodable(broken);
    const blind = unreadable(pullSecrets.value);
    if (blind.length > 0) return { verdict: 'inconclusive', note: blind.join('; '), missing: ['pullSecrets'] };
    if (keyring.status !== 'observed') return couldNotLook({ keyring });
    return covered(evidence, pullSecrets.value, keyring.value);
  },
  command({ pod }) {
    if (pod?.status !== 'observed') return undefined;
    const { namespace, serviceAccount, imagePullSecrets } = pod.value;
    const secrets = imagePullSecrets.map((name) => `secret/${name}`);
    return commandLine('kubectl', 'get', `serviceaccount/${serviceAccount}`, ...secrets, '-n', namespace);
  },
});

function undecodable(keyring: KeyringLookup): CheckResult {
  const finding = found(malformed(keyring), 'certain');
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}

function unreadable(secrets: readonly AttachedSecret[]): string[] {
  return secrets.flatMap(({ name, secret }) =>
    secret.status === 'observed' || secret.status === 'absent' ? [] : [describeGap(`Secret ${name}`, secret)],
  );
}

const COVERED: readonly RuledOut[] = [
  { cause: 'pull-secret-missing', because: ['pullSecrets'] },
  { cause: 'pull-secret-malformed', because: ['pullSecrets', 'keyring'] },
  { cause: 'pull-secret-wrong-registry', because: ['keyring'] },
];

function covered(evidence: View, secrets: readonly AttachedSecret[], keyring: KeyringLookup): CheckResult {
  const missing = secrets.filter(({ secret }) => secret.status === 'absent').map(({ name }) => name);
  const lost = missing.length === 0 ? '' : `; Secret ${list(missing)} does not exist and is skipped`;
  if (keyring.tried.some(({ nobody }) => nobody === undefined)) {
    const tried = keyring.tried.map(
      ({ secret, entry, username, nobody }) =>
        `${nobody === undefined ? username : 'nobody'} (secret/${secret}, entry ${tidy(entry)})`,
    );
    return { verdict: 'pass', note: `the kubelet will try ${list(tried)}${lost}`, ruledOut: COVERED };
  }
  const need = needOf(evidence);
  if (need === 'none') {
    return { verdict: 'pass', note: `no Secret applies to this image, and none is needed${lost}`, ruledOut: COVERED };
  }
  return judge(need, whyNone(evidence, secrets, keyring), evidence);
}

type Draft = Omit<Finding, 'confidence' | 'alternatives'>;

function judge(need: Exclude<Need, 'none'>, own: Draft | undefined, evidence: View): CheckResult {
  const trouble = own?.cause === 'pull-secret-not-attached' ? lateTrouble(evidence) : undefined;
  const helper = beside(trouble, helperIn(evidence), evidence);
  const remarks = trouble === undefined ? remarksOn(evidence) : '';
  if (own === undefined && helper === undefined) {
    const note = `neither the pod nor its service account names a pull secret; the node’s own login cannot be seen.${remarks}`;
    return { verdict: 'not-applicable', note: note.replace(/\.$/, '') };
  }
  const why = own === undefined ? undefined : { ...own, summary: `${own.summary}${remarks}` };
  if (need === 'unknown') {
    const note = `${(why ?? helper?.draft)?.summary ?? ''} Whether this image needs a login is not known.`;
    return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
  }
  const mine = why === undefined ? undefined : sure(why, need, trouble);
  const other = helper === undefined ? undefined : helped(helper);
  const [first, ...rest] = inOrder(mine, other, helper).filter((one) => one !== undefined);
  return first === undefined
    ? { verdict: 'not-applicable', note: remarks }
    : { verdict: 'fail', note: first.summary, findings: [first, ...rest] };
}

/** A pod that lacks a Secret which would not help it lacks something else too: what that is, its answer leaves open. */
function sure(draft: Draft, need: 'proven' | 'probable', trouble: LateTrouble | undefined): Finding {
  if (trouble !== undefined) return { ...draft, confidence: 'likely', alternatives: trouble.causes };
  return found(draft, need === 'proven' ? 'certain' : 'likely', need);
}

/** The account's own Secret is no helper where it is the trouble. */
function beside(
  trouble: LateTrouble | undefined,
  helper: Helper | undefined,
  { pod, serviceAccount }: View,
): Helper | undefined {
  if (trouble === undefined || helper === undefined) return helper;
  const { secret, secretNamespace } = helper.draft.detail;
  const isOwn = valueOf(serviceAccount)?.imagePullSecrets.some((name) => name === secret) === true;
  return isOwn && secretNamespace === valueOf(pod)?.namespace ? undefined : helper;
}

function helped({ draft, proven, alternatives }: Helper): Finding {
  if (proven) return { ...draft, confidence: 'certain', alternatives };
  const confidence = draft.cause === 'pull-secret-wrong-registry' ? 'possible' : 'likely';
  return {
    ...draft,
    confidence,
    alternatives,
    fix: `Whether it helps is not proven, try it first. ${draft.fix ?? ''}`,
  };
}

/** A Secret that is proven to help says all that a missing or unfit one of the pod would say; a wrong name or a wrong type is mended first. */
function inOrder(
  mine: Finding | undefined,
  other: Finding | undefined,
  helper: Helper | undefined,
): readonly (Finding | undefined)[] {
  if (mine === undefined || other === undefined || helper?.proven !== true) return [mine, other];
  if (mine.cause === 'pull-secret-malformed') return [mine, other];
  return mine.cause === 'pull-secret-missing' && other.cause !== 'pull-secret-wrong-namespace'
    ? [mine, other]
    : [other];
}

function found(draft: Draft, confidence: Finding['confidence'], need?: Need): Finding {
  const alternatives = need === 'probable' ? (['credentials-required', 'repository-not-found'] as const) : [];
  return { ...draft, confidence, alternatives };
}

function malformed(keyring: KeyringLookup): Draft {
  const bad = keyring.ignored.map(({ secret, reason }) => `${secret} (${tidy(reason)})`);
  const which = bad.length === 0 ? 'A Secret of the pod' : `Secret ${list([...new Set(bad)])}`;
  return {
    cause: 'pull-secret-malformed',
    because: ['pullSecrets', 'keyring'],
    summary: `${which} cannot be decoded, and one undecodable Secret fails the whole look-up.`,
    detail: { secrets: [...new Set(keyring.ignored.map(({ secret }) => secret))] },
  };
}

/** Why no Secret applies; undefined when none is named anywhere. */
function whyNone(evidence: View, secrets: readonly AttachedSecret[], keyring: KeyringLookup): Draft | undefined {
  const missing = secrets.filter(({ secret }) => secret.status === 'absent');
  if (missing.length > 0) return absentSecrets(evidence, missing, keyring);
  if (keyring.tried.length > 0) return withoutLogin(keyring);
  if (secrets.length === 0) return lateAccount(evidence);
  const whole = keyring.ignored.filter(({ entry }) => entry === null);
  if (whole.length > 0 && whole.length === keyring.ignored.length) return ignoredWhole(whole, secrets);
  return noEntry(secrets, keyring);
}

function absentSecrets(evidence: View, missing: readonly AttachedSecret[], { repository }: KeyringLookup): Draft {
  const namespace = valueOf(evidence.pod)?.namespace;
  const names = missing.map(({ name }) => name);
  const via = missing[0]?.via === 'service-account' ? 'the service account' : 'the pod';
  const meant = meantInstead(evidence);
  const registry = repository.slice(0, repository.indexOf('/'));
  return {
    cause: 'pull-secret-missing',
    because: ['pullSecrets', 'keyring'],
    summary: `Secret ${list(names)}, which ${via} names, does not exist${namespace === undefined ? '' : ` in namespace ${namespace}`}.`,
    detail: { secrets: names, namespace: namespace ?? null },
    ...(meant === undefined
      ? { commands: namespace === undefined ? [] : createMissing(names, namespace, registry) }
      : {
          fix: `Correct the name: ${meant.name} is there${meant.answer?.kind === 'found' ? ', and the registry accepts it' : ''}.`,
          commands: attachCommands(evidence, meant.namespace, meant.name),
        }),
  };
}

function ignoredWhole(whole: KeyringLookup['ignored'], secrets: readonly AttachedSecret[]): Draft {
  const reasons = whole.map(({ secret, reason }) => `${secret} (${tidy(reason)})`);
  return {
    cause: 'pull-secret-malformed',
    because: ['pullSecrets', 'keyring'],
    summary: `The kubelet ignores Secret ${list(reasons)}.`,
    detail: { secrets: whole.map(({ secret }) => secret), reasons: whole.map(({ reason }) => tidy(reason)) },
    commands: whole.flatMap(({ secret }) => retyped(secrets.find(({ name }) => name === secret))),
  };
}

/** What a desktop login leaves in the file that was made into the Secret. */
const INSTEAD = {
  token: 'it has a token where the kubelet does not look (identitytoken, registrytoken)',
  helper: 'the login itself is with the credential helper that the Secret names, which the kubelet does not run',
  nothing: 'it has nothing in its place',
} as const;

function withoutLogin({ tried, repository }: KeyringLookup): Draft {
  const entries = tried.map(({ secret, entry, nobody = 'nothing' }) => {
    return `entry ${tidy(entry)} of Secret ${secret}, which matches ${repository}, has no user name: ${INSTEAD[nobody]}`;
  });
  return {
    cause: 'pull-secret-malformed',
    because: ['pullSecrets', 'keyring'],
    summary: `The pod brings no login, and its node asks as nobody: ${list(entries)}.`,
    detail: { secrets: [...new Set(tried.map(({ secret }) => secret))], repository },
    fix: 'Create the Secret anew with kubectl create secret docker-registry, which writes user name and password, or from a login without a credential store.',
  };
}

/** Where its content is as it should be, and only the type is wrong. */
function retyped(attached: AttachedSecret | undefined): readonly string[] {
  const secret = attached === undefined ? undefined : valueOf(attached.secret);
  const key = '.dockerconfigjson';
  return secret !== undefined && secret.type !== 'kubernetes.io/dockerconfigjson' && Object.hasOwn(secret.data, key)
    ? [retypeCommand(secret.name, secret.namespace, key)]
    : [];
}

function noEntry(secrets: readonly AttachedSecret[], keyring: KeyringLookup): Draft {
  const unfit = keyring.ignored.filter(({ entry }) => entry !== null);
  const entries = unfit.map(({ entry }) => tidy(entry ?? ''));
  const holds = entries.length === 0 ? 'no entry at all' : list([...new Set(entries)].slice(0, 5));
  const why = whyUnfit(unfit, keyring.repository);
  return {
    cause: 'pull-secret-wrong-registry',
    because: ['pullSecrets', 'keyring'],
    summary: `No entry of Secret ${list(secrets.map(({ name }) => name))} matches ${keyring.repository}; there is ${holds}${why === undefined ? '' : ` (${tidy(why)})`}.`,
    detail: { secrets: secrets.map(({ name }) => name), entries, repository: keyring.repository },
  };
}

/** Of the entry that was meant for this registry, or of the only one. */
function whyUnfit(unfit: KeyringLookup['ignored'], repository: string): string | undefined {
  const near = unfit.find(({ entry }) => entry !== null && isMeantFor(entry, repository));
  if (near !== undefined) return near.reason;
  const registry = repository.slice(0, repository.indexOf('/'));
  const slip = unfit.find(({ entry }) => isNearHost(placeOf(entry ?? '')?.host ?? '', registry));
  if (slip !== undefined) return `a slip away from "${registry}"`;
  const [only, ...others] = unfit;
  const ofThisHost = placeOf(only?.entry ?? '')?.host === registry;
  return others.length === 0 && ofThisHost ? only?.reason : undefined;
}
