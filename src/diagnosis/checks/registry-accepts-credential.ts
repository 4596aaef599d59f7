/** Does the registry accept the credential that the kubelet would use? The pattern of answers decides, not the message. */

import { formatDuration, formatTime } from '../../clock.ts';
import type { AttachedSecret, EvidenceView } from '../../evidence/evidence.ts';
import { overwriting } from '../../evidence/managed-by.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import type { AccessAttempt, RegistryAccess } from '../../evidence/registry-access.ts';
import { decodeSecret, JSON_TYPE } from '../../image/keyring-config.ts';
import { apiHost } from '../../image/reference.ts';
import { adviceFor } from '../advice.ts';
import { CAUSES } from '../catalogue.ts';
import type { Cause } from '../cause.ts';
import { type CheckResult, defineCheck, type Finding, type RuledOut } from '../check.ts';
import { credentialPattern, keptBack, type Pattern, type PatternFacts } from '../credential-pattern.ts';
import { couldNotLook, gapOf } from '../gaps.ts';
import { nameOf, readAttempt, sortAttempts, tableOf, untriedWords } from '../registry-answers.ts';
import { registryFaultFix, registryFaultWords } from '../registry-fault-words.ts';
import { attachCommands, createCommand, replaceCommand } from '../secret-commands.ts';
import { commandLine, tlsFlag } from '../shell.ts';
import { minuteOf, tidy } from '../words.ts';

type View = EvidenceView<
  'registryAccess' | 'tags' | 'pullSecrets' | 'pullFailure' | 'reference' | 'pod' | 'serviceAccount' | 'workload'
>;

export const registryAcceptsCredential = defineCheck({
  id: 'registry-accepts-credential',
  question: 'Does the registry accept the pod’s credentials?',
  needs: ['registryAccess', 'tags', 'pullSecrets', 'pullFailure', 'reference', 'pod', 'serviceAccount', 'workload'],
  run(evidence): CheckResult {
    const { registryAccess, pullSecrets } = evidence;
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess });
    const facts = factsOf(evidence, registryAccess.value);
    const blind = keptBack(registryAccess.value) ?? blindness(pullSecrets);
    if (blind !== undefined && sortAttempts(registryAccess.value).pod.length === 0) return halfBlind(facts, blind);
    return withLogin(
      withRenewal(withKeeper(conclude(credentialPattern(facts), facts), pullSecrets), pullSecrets),
      evidence,
    );
  },
  command({ registryAccess, reference }) {
    if (reference?.status !== 'observed' || !reference.value.ok) return undefined;
    const host = apiHost(reference.value.reference.registry);
    const pod = registryAccess?.status === 'observed' ? sortAttempts(registryAccess.value).pod[0] : undefined;
    const user = pod?.credential.kind === 'password' ? ['--username', pod.credential.username] : [];
    const tls = registryAccess?.status === 'observed' ? tlsFlag(registryAccess.value) : [];
    return commandLine('skopeo', 'login', ...tls, ...user, host);
  },
});

/** Why the pod's own credentials are not known; undefined when they are. */
function blindness(pullSecrets: View['pullSecrets']): string | undefined {
  if (pullSecrets.status === 'absent') return undefined;
  if (pullSecrets.status !== 'observed') return gapOf('pullSecrets', pullSecrets);
  const gaps = pullSecrets.value.flatMap(({ name, secret }) =>
    secret.status === 'observed' || secret.status === 'absent' ? [] : [describeGap(`Secret ${name}`, secret)],
  );
  return gaps.length === 0 ? undefined : gaps.join('; ');
}

/** What another login mends. */
const RENEWED: readonly Cause[] = ['credentials-rejected', 'credentials-expired'];
const STORED: readonly Cause[] = ['credentials-rejected', 'credentials-expired', 'stale-credentials'];

/** A stored password that something else writes is mended there: what a person (or a button) puts into the Secret is written over. */
function withKeeper(result: CheckResult, pullSecrets: View['pullSecrets']): CheckResult {
  if (result.verdict !== 'fail') return result;
  const [finding, ...rest] = result.findings;
  const attached = valueOf(pullSecrets)?.find(({ name }) => name === finding.detail['secret']);
  const keeper = attached === undefined ? undefined : valueOf(attached.secret)?.managedBy;
  if (attached === undefined || keeper === undefined || !STORED.includes(finding.cause)) return result;
  const detail = { ...finding.detail, keptBy: keeper.controller };
  const fix = `${adviceFor(finding)} ${overwriting(`Secret ${attached.name}`, keeper)}`;
  return { ...result, findings: [{ ...finding, detail, fix, because: also(finding.because) }, ...rest] };
}

/** The command that puts another login into a Secret that people write. It writes the Secret as a whole: not where others' entries are in it. */
function withRenewal(result: CheckResult, pullSecrets: View['pullSecrets']): CheckResult {
  if (result.verdict !== 'fail') return result;
  const [finding, ...rest] = result.findings;
  if (!RENEWED.includes(finding.cause) || finding.confidence !== 'certain') return result;
  const attached = valueOf(pullSecrets)?.find(({ name }) => name === finding.detail['secret']);
  const secret = attached === undefined ? undefined : valueOf(attached.secret);
  if (secret === undefined || secret.managedBy !== undefined || secret.type !== JSON_TYPE) return result;
  const decoded = decodeSecret(secret);
  const [only, ...others] = decoded.is === 'entries' ? decoded.entries : [];
  if (only === undefined || others.length > 0) return result;
  const commands = [replaceCommand(secret.name, secret.namespace, only.entry)];
  return { ...result, findings: [{ ...finding, commands }, ...rest] };
}

/** Where a login is wanted and the pod has none: how to make and attach one. Named after the registry, so that it meets no other. */
function withLogin(result: CheckResult, evidence: View): CheckResult {
  const pod = valueOf(evidence.pod);
  const parsed = valueOf(evidence.reference);
  if (result.verdict !== 'fail' || pod === undefined || !parsed?.ok) return result;
  const [finding, ...rest] = result.findings;
  if (finding.cause !== 'credentials-required') return result;
  const { registry } = parsed.reference;
  const name = `pull-${registry.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  const commands = [createCommand(name, pod.namespace, registry), ...attachCommands(evidence, pod.namespace, name)];
  return { ...result, findings: [{ ...finding, commands }, ...rest] };
}

function also([first, ...rest]: Finding['because']): Finding['because'] {
  return [first, ...new Set([...rest, 'pullSecrets' as const])];
}

/** Asked only as nobody, although the pod may bring a login: this shows the registry's own faults, and nothing about logins. */
function halfBlind(facts: PatternFacts, blind: string): CheckResult {
  const pattern = credentialPattern(facts);
  if (pattern.kind === 'cause' && CAUSES[pattern.cause].family === 'registry') return conclude(pattern, facts);
  const open =
    pattern.kind === 'accepted'
      ? 'the registry answers anonymous requests; whether a stored credential spoils the pull is not known'
      : 'the registry could not be asked as the kubelet asks';
  return { verdict: 'inconclusive', note: `${open}; ${blind}`, missing: ['pullSecrets'] };
}

function factsOf({ tags, pullSecrets, pullFailure, reference }: View, access: RegistryAccess): PatternFacts {
  const parsed = valueOf(reference);
  const failure = valueOf(pullFailure);
  const listed = valueOf(tags)?.kind === 'listed';
  const at = failure?.at ?? access.askedAt;
  const age = ageOf(valueOf(pullSecrets) ?? [], access, at);
  return {
    access,
    repositoryListed: listed,
    ...(parsed?.ok ? { repository: parsed.reference.repository } : {}),
    ...(failure === undefined ? {} : { said: failure.classification.kind }),
    ...(age === undefined ? {} : { age }),
    ...(at === undefined ? {} : { at }),
  };
}

/** Age of the youngest Secret that the registry was asked with, at the time of the newest pull error. */
function ageOf(
  secrets: readonly AttachedSecret[],
  access: RegistryAccess,
  at: number | undefined,
): PatternFacts['age'] {
  if (at === undefined) return undefined;
  const used = new Set(
    sortAttempts(access).pod.map(({ credential }) => (credential.kind === 'password' ? credential.secret : undefined)),
  );
  const ages = secrets.flatMap(({ name, secret }) => {
    if (!used.has(name) || secret.status !== 'observed') return [];
    const written = secret.value.updatedAt ?? secret.value.createdAt;
    return written === undefined ? [] : [{ ms: at - written, exact: secret.value.updatedAt !== undefined }];
  });
  return ages.sort((a, b) => a.ms - b.ms)[0];
}

function conclude(pattern: Pattern, facts: PatternFacts): CheckResult {
  if (pattern.kind === 'open') return { verdict: 'inconclusive', note: pattern.reason, missing: ['registryAccess'] };
  const who = nameOf(pattern.attempt.credential);
  if (pattern.kind === 'accepted') {
    const note =
      pattern.attempt.credential.kind === 'anonymous'
        ? 'no login is needed: the registry answers anonymous requests for this repository'
        : `the registry accepts ${who} for this repository`;
    return { verdict: 'pass', note: `${note}${quotaWords(pattern.attempt, facts)}`, ruledOut: RULED_OUT };
  }
  const finding: Finding = {
    cause: pattern.cause,
    confidence: pattern.confidence,
    because: facts.said === pattern.cause ? ['registryAccess', 'pullFailure'] : ['registryAccess'],
    summary: [sentence(pattern, facts), ...userFault(pattern.attempt), ...padding(pattern)].join(' '),
    detail: detailOf(pattern.attempt, facts),
    ...registryFaultFix(pattern.attempt),
    alternatives: pattern.alternatives,
  };
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}

/** The node was told that its quota is spent: what is left to us is another one, of another address. */
function quotaWords({ quota }: AccessAttempt, { said }: PatternFacts): string {
  if (said !== 'rate-limited' || quota?.remaining === undefined) return '';
  return `; ${quotaLeft(quota)}, which says nothing of the node’s`;
}

/** `76 of 100 pulls are left to the bot’s own address`: the headers' values, without their window. */
function quotaLeft({ remaining = '', limit = '' }: NonNullable<AccessAttempt['quota']>): string {
  const [left, most] = [remaining, limit].map((value) => value.replace(/;.*$/, ''));
  return `${left}${most === '' ? '' : ` of ${most}`} pulls are left to the bot’s own address`;
}

/** This registry takes other user names. */
function userFault({ userFault: fault }: AccessAttempt): readonly string[] {
  return fault === undefined ? [] : [`${fault}.`];
}

/** Only where the password itself may be what was refused. */
function padding({ cause, alternatives, attempt: { credential } }: Account): readonly string[] {
  if (credential.kind === 'anonymous' || credential.padded === undefined) return [];
  if (!STORED.includes(cause) && !alternatives.includes('credentials-rejected')) return [];
  return [
    `The stored ${credential.padded} begins or ends with a space or line break, which is sent too and may be the whole fault ("echo" leaves one, "echo -n" does not).`,
  ];
}

const RULED_OUT: readonly RuledOut[] = [
  { cause: 'credentials-rejected', because: ['registryAccess'] },
  { cause: 'credentials-expired', because: ['registryAccess'] },
  { cause: 'permission-denied', because: ['registryAccess'] },
];

type Account = Extract<Pattern, { kind: 'cause' }>;

function sentence(pattern: Account, facts: PatternFacts): string {
  return `${told(pattern, facts)}${unread(pattern.attempt)}${untriedWords(facts.access)}`;
}

/** What a desktop login leaves in an entry: the kubelet asks with an empty password. */
function unread({ credential }: AccessAttempt): string {
  return credential.kind === 'password' && credential.onlyToken === true
    ? ' Its entry holds a token where the kubelet does not look (identitytoken, registrytoken) and no password.'
    : '';
}

function told(pattern: Account, facts: PatternFacts): string {
  const tell = SENTENCES[pattern.cause];
  const who = nameOf(pattern.attempt.credential);
  if (pattern.cause === 'credentials-expired') return ranOut(pattern, facts);
  if (pattern.cause === 'permission-denied' && pattern.alternatives.includes('repository-not-found')) {
    return perhapsHidden(pattern, facts);
  }
  if (pattern.cause === 'credentials-rejected' && pattern.alternatives.includes('permission-denied')) {
    return `The registry ${facts.access.host} refuses ${who}, and does not tell whether the password is wrong or a right is missing.${written(facts)}`;
  }
  if (tell !== undefined) return tell(who, facts);
  const { access } = facts;
  const fault = registryFaultWords({ access, attempt: pattern.attempt, nodeAgrees: facts.said === pattern.cause });
  return (
    fault ?? `${CAUSES[pattern.cause].title} (${access.host}, asked as ${who} from the bot’s place in the network).`
  );
}

/** The refusal alone does not show that the repository exists. */
function perhapsHidden({ attempt }: Account, { access, repository = '' }: PatternFacts): string {
  const who = nameOf(attempt.credential);
  const login = attempt.login === 'accepted' ? ` The login itself is good: ${access.host} accepts it at /v2/.` : '';
  return `${access.host} does not let ${who} pull: the repository${repository === '' ? '' : ` ${repository}`} is missing, or hidden from these credentials.${login}`;
}

/** How old the password is; what it was refused for is another matter. */
function written({ age }: PatternFacts): string {
  if (age === undefined || age.ms < 0) return '';
  return ` Its Secret was ${age.exact ? 'last written' : 'made'} ${formatDuration(age.ms)} before this refusal.`;
}

/** The registry's own words, the token's own date, or the age of an Amazon token: what of these shows it is said. */
function ranOut({ attempt, confidence }: Account, facts: PatternFacts): string {
  const { credential } = attempt;
  const who = `The registry ${facts.access.host} refuses ${nameOf(credential)}`;
  const until = credential.kind === 'password' ? credential.expiresAt : undefined;
  if (readAttempt(attempt) === 'expired') return `${who}: its token has expired.${written(facts)}`;
  if (until !== undefined) return `${who}: the token says itself that it ran out at ${minuteOf(formatTime(until))}.`;
  const has = confidence === 'certain' ? 'has' : 'may have';
  return `${who}: its token ${has} expired, because Amazon’s live 12 hours.${written(facts)}`;
}

const SENTENCES: Partial<Record<Cause, (who: string, facts: PatternFacts) => string>> = {
  'credentials-rejected': (who, facts) => `The registry ${facts.access.host} refuses ${who}.${written(facts)}`,
  'permission-denied': (who, { access }) =>
    `${who} is known to ${access.host}, but has no right to pull this repository.`,
  'credentials-required': (_who, { access }) =>
    `The registry ${access.host} wants a login, and the pod brings none that applies to this image.`,
  forbidden: (_who, { access }) =>
    `${access.host} has the image, and one of its rules forbids pulling it: another login changes nothing.`,
  'stale-credentials': (who) => `Anyone may pull this image, but the kubelet uses ${who} and is refused.`,
  'not-found-or-unauthorized': (_who, { access, repository = '' }) =>
    `The repository${repository === '' ? '' : ` ${repository}`} is missing, or hidden from these credentials: ${access.host} answers both alike.`,
};

function detailOf(attempt: AccessAttempt, { access, age }: PatternFacts): Finding['detail'] {
  const { credential, outcome, quota } = attempt;
  return {
    host: access.host,
    asked: tableOf(access),
    ...(credential.kind === 'password' ? { username: credential.username, secret: credential.secret ?? null } : {}),
    ...(age === undefined || age.ms < 0 ? {} : { secretWritten: `${formatDuration(age.ms)} before` }),
    ...(credential.kind === 'password' && credential.expiresAt !== undefined
      ? { tokenExpires: formatTime(credential.expiresAt) }
      : {}),
    ...('message' in outcome && outcome.message !== '' ? { message: tidy(outcome.message) } : {}),
    ...('status' in outcome ? { status: outcome.status } : {}),
    ...('retryAfterSeconds' in outcome && outcome.retryAfterSeconds !== undefined
      ? { retryAfterSeconds: outcome.retryAfterSeconds }
      : {}),
    ...(quota?.remaining === undefined
      ? {}
      : { quotaRemaining: `${quota.remaining} (of the bot’s address, not the node’s)` }),
  };
}
