/** Is a usable pull secret attached? The chain pod -> service account -> Secret, read as the kubelet reads it. */
import type { AttachedSecret, EvidenceView } from '../../evidence/evidence.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import type { KeyringLookup } from '../../image/keyring.ts';
import { type CheckResult, defineCheck, type Finding, type RuledOut } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { type Need, needOf } from '../secret-need.ts';
import { commandLine } from '../shell.ts';
import { list, tidy } from '../words.ts';

type View = EvidenceView<'pod' | 'pullSecrets' | 'keyring' | 'serviceAccount' | 'registryAccess' | 'pullFailure'>;

export const pullSecretCoversRegistry = defineCheck({
  id: 'pull-secret-covers-registry',
  question: 'Is a usable pull secret attached?',
  needs: ['pod', 'pullSecrets', 'keyring', 'serviceAccount', 'registryAccess', 'pullFailure'],
  run(evidence): CheckResult {
    const { pullSecrets, keyring } = evidence;
    if (pullSecrets.status !== 'observed') return couldNotLook({ pullSecrets });
    if (keyring.status === 'observed' && keyring.value.error === 'invalid-image') {
      return { verdict: 'not-applicable', note: 'the reference cannot be parsed, no credential is looked up' };
    }
    const broken = keyring.status === 'observed' && keyring.value.error === 'secrets' ? keyring.value : undefined;
    if (broken !== undefined) return fail(malformed(broken), 'certain');
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
  if (keyring.tried.length > 0) {
    const tried = keyring.tried.map(
      ({ secret, entry, username }) => `${username} (secret/${secret}, entry ${tidy(entry)})`,
    );
    return { verdict: 'pass', note: `the kubelet will try ${list(tried)}${lost}`, ruledOut: COVERED };
  }
  const need = needOf(evidence);
  if (need === 'none') {
    return { verdict: 'pass', note: `no Secret applies to this image, and none is needed${lost}`, ruledOut: COVERED };
  }
  const finding = whyNone(evidence, secrets, keyring);
  if (finding === undefined) {
    return {
      verdict: 'not-applicable',
      note: 'neither the pod nor its service account names a pull secret; the node’s own login cannot be seen',
    };
  }
  if (need === 'unknown') {
    const note = `${finding.summary} Whether this image needs a login is not known.`;
    return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
  }
  return fail(finding, need === 'proven' ? 'certain' : 'likely', need);
}

type Draft = Pick<Finding, 'cause' | 'because' | 'summary' | 'detail'>;

function fail(draft: Draft, confidence: Finding['confidence'], need?: Need): CheckResult {
  const alternatives = need === 'probable' ? (['credentials-required', 'repository-not-found'] as const) : [];
  const finding: Finding = { ...draft, confidence, alternatives };
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
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
  const namespace = valueOf(evidence.pod)?.namespace;
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    const via = missing[0]?.via === 'service-account' ? 'the service account' : 'the pod';
    return {
      cause: 'pull-secret-missing',
      because: ['pullSecrets', 'keyring'],
      summary: `Secret ${list(names)}, which ${via} names, does not exist${namespace === undefined ? '' : ` in namespace ${namespace}`}.`,
      detail: { secrets: names, namespace: namespace ?? null },
    };
  }
  if (secrets.length === 0) return notAttached(evidence);
  const whole = keyring.ignored.filter(({ entry }) => entry === null);
  if (whole.length > 0 && whole.length === keyring.ignored.length) {
    const reasons = whole.map(({ secret, reason }) => `${secret} (${tidy(reason)})`);
    return {
      cause: 'pull-secret-malformed',
      because: ['pullSecrets', 'keyring'],
      summary: `The kubelet ignores Secret ${list(reasons)}.`,
      detail: { secrets: whole.map(({ secret }) => secret), reasons: whole.map(({ reason }) => tidy(reason)) },
    };
  }
  const entries = keyring.ignored.filter(({ entry }) => entry !== null).map(({ entry }) => tidy(entry ?? ''));
  const holds = entries.length === 0 ? 'no entry at all' : list([...new Set(entries)].slice(0, 5));
  return {
    cause: 'pull-secret-wrong-registry',
    because: ['pullSecrets', 'keyring'],
    summary: `No entry of Secret ${list(secrets.map(({ name }) => name))} matches ${keyring.repository}; there is ${holds}.`,
    detail: { secrets: secrets.map(({ name }) => name), entries, repository: keyring.repository },
  };
}

/** A service account's list reaches a pod only at its creation, so a pod without one can lag behind its account. */
function notAttached(evidence: View): Draft | undefined {
  const account = valueOf(evidence.serviceAccount);
  if (account === undefined || account.imagePullSecrets.length === 0) return undefined;
  return {
    cause: 'pull-secret-not-attached',
    because: ['pullSecrets', 'serviceAccount'],
    summary: `The pod has no pull secret. Its service account ${account.name} names ${list(account.imagePullSecrets)}, but that came after the pod was created.`,
    detail: { serviceAccount: account.name, secrets: account.imagePullSecrets },
  };
}
