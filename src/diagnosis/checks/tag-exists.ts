/**
 * Is the image there? Only the registry can tell, and only to someone who may read. docker-registry 2.8 and distribution 3.1 say
 * MANIFEST_UNKNOWN for a missing repository too: the tag is what is missing only where the tag list is answered.
 */
import type { Elsewhere } from '../../evidence/elsewhere.ts';
import type { EvidenceView } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ManifestView, RegistryAccess } from '../../evidence/registry-access.ts';
import { OPEN, runsOn } from '../../image/platform.ts';
import { fullName, type ImageReference, manifestSelector, repositoryName } from '../../image/reference.ts';
import type { Cause } from '../cause.ts';
import { type CheckResult, defineCheck, type Finding, type RuledOut } from '../check.ts';
import { withEarlierImage } from '../earlier-image.ts';
import { otherRegistries, registrySentence, withElsewhere } from '../elsewhere-words.ts';
import { couldNotLook, gapOf } from '../gaps.ts';
import { describedMissing, describeMissing } from '../missing-image.ts';
import { noImage, unsupported } from '../not-an-image.ts';
import { platformMismatch } from '../platform-words.ts';
import { cautionWords, nameOf, readAttempt, sortAttempts, tableOf } from '../registry-answers.ts';
import { commandLine, tlsFlag } from '../shell.ts';
import { list } from '../words.ts';

type View = EvidenceView<
  | 'reference'
  | 'registryAccess'
  | 'unattachedSecrets'
  | 'tags'
  | 'tagDetails'
  | 'node'
  | 'landing'
  | 'revisions'
  | 'container'
  | 'elsewhere'
  | 'registryService'
>;

export const tagExists = defineCheck({
  id: 'tag-exists',
  question: 'Does the image exist in the registry?',
  needs: [
    'reference',
    'registryAccess',
    'unattachedSecrets',
    'tags',
    'tagDetails',
    'node',
    'landing',
    'revisions',
    'container',
    'elsewhere',
    'registryService',
  ],
  run(evidence): CheckResult {
    const { reference, registryAccess } = evidence;
    if (reference.status !== 'observed') return couldNotLook({ reference });
    if (!reference.value.ok)
      return { verdict: 'not-applicable', note: 'the reference cannot be parsed, no registry was asked' };
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess });
    return look(evidence, reference.value.reference, registryAccess.value);
  },
  command({ reference, registryAccess }) {
    if (reference?.status !== 'observed' || !reference.value.ok) return undefined;
    const image = reference.value.reference;
    const selector = image.digest === undefined ? `:${manifestSelector(image)}` : `@${image.digest}`;
    const tls = registryAccess?.status === 'observed' ? tlsFlag(registryAccess.value) : [];
    return commandLine('skopeo', 'inspect', '--raw', ...tls, `docker://${repositoryName(image)}${selector}`);
  },
});

function look(evidence: View, image: ImageReference, access: RegistryAccess): CheckResult {
  for (const attempt of access.attempts) {
    if (attempt.outcome.kind === 'found') {
      const by = { who: nameOf(attempt.credential), because: 'registryAccess' } as const;
      return found(evidence, by, attempt.outcome.manifest);
    }
  }
  const lent = shownToOthers(evidence);
  if (lent !== undefined) return lent;
  const odd = access.attempts.find(({ outcome }) => outcome.kind === 'unsupported-manifest');
  if (odd?.outcome.kind === 'unsupported-manifest') return fail(unsupported(odd.outcome));
  if (access.attempts.some((attempt) => readAttempt(attempt) === 'missing')) {
    const finding = withElsewhere(describeMissing({ ...evidence, image, access }), evidence.elsewhere);
    return fail(withEarlierImage(finding, image, evidence));
  }
  const gone = describedMissing(image, access);
  if (gone !== undefined) return fail(withElsewhere(gone, evidence.elsewhere));
  const seen = valueOf(evidence.elsewhere);
  if (seen !== undefined && otherRegistries(seen).length > 0) return fail(wrongPlace(image, access, seen));
  const note = unanswered(access);
  return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
}

/** Why it is not known whether the image exists. */
function unanswered(access: RegistryAccess): string {
  const { pod } = sortAttempts(access);
  const stopped = [...pod, ...access.attempts].find(({ outcome }) => outcome.kind === 'refused')?.outcome;
  if (stopped?.kind === 'refused')
    return `${cautionWords(access.host, stopped)}; it is not known whether the image exists`;
  return access.attempts.length === 0
    ? 'the registry was not asked'
    : 'no login that was tried may read the repository (or the registry did not answer), so it is not known whether the image exists';
}

/** Hidden or missing here, and there in another registry: the name may want another host, which nothing here can prove. */
function wrongPlace(image: ImageReference, access: RegistryAccess, seen: Elsewhere): Finding {
  const summary = `${fullName(image)} is missing, or hidden from these credentials: ${access.host} answers both alike.`;
  return {
    cause: 'not-found-or-unauthorized',
    confidence: 'likely',
    because: ['reference', 'registryAccess', 'elsewhere'],
    summary: [summary, ...registrySentence(seen)].join(' '),
    detail: {
      asked: tableOf(access),
      elsewhere: otherRegistries(seen).map(({ image: name, asked }) => `${name} (${asked})`),
    },
    alternatives: ['repository-not-found', 'credentials-required', 'permission-denied'],
  };
}

function fail(finding: Finding): CheckResult {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}

/** A Secret that the pod does not use was tried for its image: that the pod may not see it says nothing of whether it is there. */
function shownToOthers(evidence: View): CheckResult | undefined {
  const secrets = valueOf(evidence.unattachedSecrets);
  if (secrets === undefined) return undefined;
  for (const { namespace, name, answer } of [...secrets.here, ...(valueOf(secrets.elsewhere) ?? [])]) {
    if (answer?.kind !== 'found') continue;
    const who = `Secret ${name} of namespace ${namespace}, which the pod does not use`;
    return found(evidence, { who, because: 'unattachedSecrets' }, answer.manifest);
  }
  return undefined;
}

/** Who was shown the image. */
interface Witness {
  readonly who: string;
  readonly because: 'registryAccess' | 'unattachedSecrets';
}

const EXISTS: readonly Cause[] = ['tag-not-found', 'repository-not-found', 'digest-not-found'];

function found({ node, landing, container }: View, { who, because }: Witness, manifest: ManifestView): CheckResult {
  const note = `the registry has it: ${manifest.digest} (asked as ${who})`;
  const exists = EXISTS.map((cause): RuledOut => ({ cause, because: [because] }));
  const other = valueOf(container)?.state === 'running' ? undefined : noImage(manifest);
  if (other !== undefined) return { verdict: 'fail', note: other.summary, findings: [other], ruledOut: exists };
  const platform = valueOf(node);
  if (manifest.platforms.length === 0) return { verdict: 'pass', note, ruledOut: exists };
  if (platform === undefined) {
    const gap = gapOf('node', node);
    return { verdict: 'pass', note: `${note}; built for ${list(manifest.platforms)}; ${gap}`, ruledOut: exists };
  }
  const fit = runsOn(platform, manifest.platforms);
  if (fit === 'unknown') {
    const open = `${note}; built for ${list(manifest.platforms)}; of node ${platform.name} ${OPEN}`;
    return { verdict: 'pass', note: open, ruledOut: exists };
  }
  if (fit === 'yes') {
    const ruledOut: RuledOut[] = [...exists, { cause: 'platform-mismatch', because: [because, 'node'] }];
    return { verdict: 'pass', note: `${note}, also for ${platform.os}/${platform.arch}`, ruledOut };
  }
  const finding = platformMismatch(manifest, platform, valueOf(landing));
  return {
    verdict: 'fail',
    note: finding.summary,
    findings: [finding],
    ruledOut: exists,
  };
}
