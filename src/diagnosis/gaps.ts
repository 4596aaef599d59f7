/** What a check says when it could not look: never "fine", always what is missing and what to do about it. */
import type { Evidence, EvidenceKind } from '../evidence/evidence.ts';
import { describeGap, type Observation, valueOf } from '../evidence/observation.ts';
import type { CheckResult } from './check.ts';

const NAMES: Readonly<Record<EvidenceKind, string>> = {
  pod: 'the pod',
  container: 'the container',
  events: 'the pod’s events',
  pullFailure: 'the pull error',
  workload: 'the owning workload',
  revisions: 'the workload’s revisions',
  node: 'the node',
  nodes: 'the nodes',
  landing: 'the nodes where the pod may land',
  scope: 'other pods',
  reference: 'the image reference',
  serviceAccount: 'the service account',
  pullSecrets: 'the pull secrets',
  keyring: 'the credentials that the kubelet would try',
  unattachedSecrets: 'pull secrets that the pod does not use',
  registryAccess: 'the registry’s answer',
  tags: 'the tag list',
  tagDetails: 'when tags were pushed',
  elsewhere: 'other places where the image may be',
  buildTrace: 'the builds of the image',
  buildJobs: 'build Jobs in the cluster',
  gitopsSource: 'the manifest in Git',
  registryService: 'the registry’s Service',
  runningImage: 'the image that runs',
  crashLogs: 'the log of the crashed container',
};

/** One sentence for evidence that is not observed; undefined when it is. */
export function gapOf(kind: EvidenceKind, observation: Observation<unknown>): string | undefined {
  return observation.status === 'observed' ? undefined : describeGap(NAMES[kind], observation);
}

/** Inconclusive because these kinds were not observed; their gaps become the note. `lead` stands before it. */
export function couldNotLook(
  evidence: Readonly<Partial<Record<EvidenceKind, Observation<unknown>>>>,
  lead?: string,
): CheckResult {
  const kinds = (Object.keys(evidence) as EvidenceKind[]).filter((kind) => evidence[kind]?.status !== 'observed');
  const gaps = kinds.flatMap((kind) => {
    const observation = evidence[kind];
    return observation === undefined ? [] : [gapOf(kind, observation) ?? []].flat();
  });
  const note = [...(lead === undefined ? [] : [lead]), ...gaps].join('; ');
  return { verdict: 'inconclusive', note, missing: kinds };
}

/** Every right that was lacking and every reader that failed, once each, with what to do about it. */
export function gapsIn(evidence: Evidence): string[] {
  const own = (Object.keys(evidence) as EvidenceKind[]).flatMap((kind) => {
    const { status } = evidence[kind];
    return status === 'forbidden' || status === 'unreachable' ? (gapOf(kind, evidence[kind]) ?? []) : [];
  });
  const secrets = (valueOf(evidence.pullSecrets) ?? []).flatMap(({ name, secret }) =>
    secret.status === 'forbidden' || secret.status === 'unreachable' ? describeGap(`Secret ${name}`, secret) : [],
  );
  const others = valueOf(evidence.unattachedSecrets)?.elsewhere;
  const beyond =
    others?.status === 'forbidden' || others?.status === 'unreachable'
      ? describeGap('pull secrets of other namespaces', others)
      : [];
  const source = valueOf(evidence.gitopsSource);
  const manifests =
    source === undefined
      ? []
      : [['where its manifests come from', source.origin] as const, ['its manifest in Git', source.manifest] as const];
  const unread = manifests.flatMap(([what, seen]) =>
    seen.status === 'forbidden' || seen.status === 'unreachable' ? describeGap(what, seen) : [],
  );
  return [...new Set([...own, ...secrets, ...[beyond].flat(), ...unread])];
}
