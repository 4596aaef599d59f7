/**
 * A pull request that writes the pushed tag into the manifest from which Argo CD or Flux deploys. Only where exactly one place writes the
 * image down, in the owner's own folder. The file is read again from the branch, and the edit is made anew on what stands there.
 */
import { z } from 'zod';
import { ownerName } from '../../diagnosis/gitops-words.ts';
import { commandLine } from '../../diagnosis/shell.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { overridesOf } from '../../evidence/gitops-source.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import { findImagePlaces, retag } from '../../image/manifest-image.ts';
import { type ImageReference, manifestSelector, parseReference } from '../../image/reference.ts';
import { unifiedDiff } from '../../workflow/unified-diff.ts';
import { pullRequestByHand } from '../by-hand.ts';
import type { PullRequestDraft } from '../code-host.ts';
import { type Host, hostOf, NO_CODE_HOST, refusalOfHost } from '../execute/code-host-outcome.ts';
import { manifestBody } from '../execute/manifest-body.ts';
import { plainTitle } from '../execute/pull-request-body.ts';
import { standingOf } from '../execute/pull-request-standing.ts';
import { pushedTwin, tracedTag } from '../pushed-twin.ts';
import type { Remedy, RemedyOutcome } from '../remedy.ts';

const Params = z.strictObject({
  repository: z.string(),
  /** Empty: the default branch. */
  base: z.string(),
  path: z.string(),
  /** Where it was seen, 1-based. */
  line: z.number(),
  from: z.string(),
  to: z.string(),
  /** `Argo CD application shop`. */
  owner: z.string(),
  /** For the body: what happened. */
  evidence: z.array(z.string()),
  /** Of a closed pull request that is known of. */
  despite: z.number().exactOptional(),
});
type Params = z.infer<typeof Params>;

export const openGitopsPullRequest: Remedy<Params> = {
  id: 'open-gitops-pull-request',
  title: 'Open a pull request with the pushed tag',
  risk: 'reversible',
  Params,

  propose({ finding, evidence }) {
    const file = editable(evidence);
    const container = valueOf(evidence.container);
    const workload = valueOf(evidence.workload);
    // A pod of an older revision says nothing about what the manifest asks for now.
    if (!file || !container || workload?.images[container.name] !== container.image) return undefined;
    const to = pushedTwin(container.image, evidence) ?? tracedTag(container.image, finding, evidence);
    if (to === undefined) return undefined;
    const { chain } = finding.detail;
    return { ...file, from: container.image, to, evidence: Array.isArray(chain) ? [...chain] : [finding.summary] };
  },

  object: ({ repository, path }) => `file/${repository}/${path}`,

  command: ({ repository, base, path, line, from, to }) =>
    pullRequestByHand({
      repository,
      base,
      edit: commandLine('sed', '-i.bak', `${line}s|${pattern(tagOf(from))}|${tagOf(to)}|`, path),
      title: `Deploy ${tagOf(to)}`,
    }),

  standing: (params, host, signal) =>
    standingOf(
      {
        params,
        branch: branchFor(params),
        next: `then ${params.owner} deploys it`,
        async isStillThere(ref) {
          const text = valueOf(await host.file(params.repository, params.path, ref, signal));
          const asked = referenceOf(params.from);
          return text === undefined || asked === undefined ? undefined : findImagePlaces(text, asked).length > 0;
        },
      },
      host,
      signal,
    ),

  async run(params, ports, mode, signal) {
    const codeHost = hostOf(ports);
    if (codeHost === undefined) return { kind: 'refused', reason: NO_CODE_HOST };
    const drafted = await draft(params, codeHost, signal);
    if ('kind' in drafted) return drafted;
    const answer = await codeHost.writer.openPullRequest(drafted, mode, signal);
    switch (answer.kind) {
      case 'planned': {
        const [change] = drafted.changes;
        const diff = change === undefined ? '' : unifiedDiff(change.before, change.after, change.path);
        return {
          kind: 'planned',
          plan: {
            diff: diff.trimEnd().split('\n'),
            consequences: [
              `A branch ${drafted.branch} and a pull request against ${drafted.base} of ${params.repository}; nothing is merged.`,
              `${params.to} is in the registry: the same commit was pushed under that tag.`,
              `${params.owner} deploys it once it is merged. The live object is left alone.`,
            ],
          },
        };
      }
      case 'opened': {
        const found = answer.existed ? 'was open already' : 'is open';
        return {
          kind: 'handed-over',
          note: `pull request ${answer.url} ${found}. Merging it is for the team that owns ${params.repository}; then ${params.owner} deploys it.`,
        };
      }
      case 'changed':
      case 'forbidden':
      case 'failed':
        return refusalOfHost(params.repository, answer);
    }
  },

  // It waits for people: nothing here is watched.
  verify: () => ({ kind: 'waiting', note: 'the pull request waits for its review' }),
};

/** The one place that writes the image down and may be edited; undefined where there is none, or any doubt which. */
function editable({
  gitopsSource,
  reference,
}: Evidence): Pick<Params, 'repository' | 'base' | 'path' | 'line' | 'owner'> | undefined {
  const source = valueOf(gitopsSource);
  const manifest = source && valueOf(source.manifest);
  const parsed = valueOf(reference);
  if (!manifest || !parsed?.ok) return undefined;
  const { places, repository, base } = manifest;
  const [place, another] = places;
  if (place === undefined || another !== undefined || base === undefined) return undefined;
  if (place.isShared || place.isWeak || place.range === undefined) return undefined;
  // Set by the owner's object over the files: an edit of the file would change nothing.
  const isOwn = place.object?.endsWith(`/${source.owner.application}`) ?? false;
  const overrides = overridesOf(valueOf(source.origin) ?? [], manifestSelector(parsed.reference));
  if (overrides.length > 0 && !isOwn) return undefined;
  return { repository, base, path: place.path, line: place.line, owner: ownerName(source.owner) };
}

/** The edit, made anew on what stands at the branch's end now. */
async function draft(
  params: Params,
  { reader, writer, thread }: Host,
  signal: AbortSignal,
): Promise<PullRequestDraft | Extract<RemedyOutcome, { kind: 'refused' }>> {
  const { repository, path, line, from, to, owner } = params;
  const branch = params.base === '' ? await writer.defaultBranch(repository, signal) : undefined;
  if (branch !== undefined && branch.status !== 'observed')
    return refused(describeGap(`${repository}, its default branch`, branch));
  const base = branch?.value ?? params.base;
  const text = await reader.file(repository, path, base, signal);
  if (text.status !== 'observed') return refused(describeGap(`${path} at ${base}`, text));
  const [before, after] = [from, to].map(referenceOf);
  if (before === undefined || after === undefined) return refused(`${from} and ${to} are not both images`);
  const places = findImagePlaces(text.value, before);
  const place = places.find((one) => one.line === line) ?? (places.length === 1 ? places[0] : undefined);
  const edited = place && retag(text.value, place, after);
  if (edited === undefined) {
    return refused(`${path} at ${base} is not as it was: it does not ask for ${from} in one place that can be edited`);
  }
  const { despite } = params;
  return {
    repository,
    base,
    branch: branchFor(params),
    title: plainTitle(`Deploy ${tagOf(to)}, which exists, instead of ${tagOf(from)}`),
    body: manifestBody({ from, to, owner, evidence: params.evidence, thread }),
    changes: [{ path, before: text.value, after: edited }],
    ...(despite === undefined ? {} : { despite }),
  };
}

/** The same for the same file and tag, so that a second press finds the first one's. */
function branchFor({ path, to }: Params): string {
  const slug = `${path}-${tagOf(to)}`
    .toLowerCase()
    .replace(/\.ya?ml(?=-)/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(-80)
    .replace(/^-/, '');
  return `pullcheck/deploy-${slug}`;
}

function referenceOf(image: string): ImageReference | undefined {
  const parsed = parseReference(image);
  return parsed.ok ? parsed.reference : undefined;
}

/** As sed reads it: a stop is a stop. */
function pattern(tag: string): string {
  return tag.replaceAll('.', String.raw`\.`);
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

function refused(reason: string): Extract<RemedyOutcome, { kind: 'refused' }> {
  return { kind: 'refused', reason };
}
