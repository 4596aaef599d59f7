/**
 * A pull request that mends the pipeline which lost the tag. The files are read again from the branch, the fix is made and checked anew on
 * what stands there, and what was opened is read back; nothing is offered or opened unless the checker finds the edited files better.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { pipelineFix } from '../../diagnosis/pipeline-fix.ts';
import { commandLine } from '../../diagnosis/shell.ts';
import type { BuildTrace, RunTrace } from '../../evidence/build-trace.ts';
import type { CodeHost } from '../../evidence/code-host.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import type { CheckedFix } from '../../workflow/fix.ts';
import { pullRequestByHand } from '../by-hand.ts';
import type { PullRequestDraft } from '../code-host.ts';
import { type Host, hostOf, NO_CODE_HOST, refusalOfHost } from '../execute/code-host-outcome.ts';
import { plainTitle, pullRequestBody } from '../execute/pull-request-body.ts';
import { standingOf } from '../execute/pull-request-standing.ts';
import type { WriteMode } from '../ports.ts';
import type { Remedy, RemedyOutcome } from '../remedy.ts';

const Params = z.strictObject({
  repository: z.string(),
  /** Empty: the default branch. */
  base: z.string(),
  /** The workflow file. */
  path: z.string(),
  /** Where the fault lies, if in another file: the same one for everybody who calls it. */
  faulty: z.string().exactOptional(),
  /** What it uses, read with it. */
  files: z.array(z.string()),
  /** The finding's rule and what it reads, as the checker names them. */
  rule: z.string(),
  ref: z.string(),
  /** For the body: what happened, in the order in which it did. */
  evidence: z.array(z.string()),
  /** The run's page. */
  run: z.string(),
  /** Of a closed pull request that is known of. */
  despite: z.number().exactOptional(),
});
type Params = z.infer<typeof Params>;

export const openFixPullRequest: Remedy<Params> = {
  id: 'open-fix-pull-request',
  title: 'Open a pull request with the fix',
  risk: 'reversible',
  Params,

  propose({ finding, evidence }) {
    const trace = valueOf(evidence.buildTrace);
    const seen = trace && runOf(trace, finding.detail['run']);
    const workflow = seen && valueOf(seen.workflow);
    const { rule, ref, chain } = finding.detail;
    if (!seen || !workflow || typeof rule !== 'string' || typeof ref !== 'string') return undefined;
    // A called workflow of another repository is its owners' to change.
    const fix = workflow.repository === trace.repository ? pipelineFix(seen, { rule, ref }) : undefined;
    const steps = Array.isArray(chain) ? chain : [];
    const first = fix && leading(fix, steps);
    if (first === undefined) return undefined;
    return {
      repository: trace.repository,
      base: branchOf(seen),
      path: workflow.path,
      ...(first.file === workflow.path ? {} : { faulty: first.file }),
      files: seen.files.filter(({ repository }) => repository === trace.repository).map(({ path }) => path),
      // A loss and the fallback that hides it are mended by one edit: one button.
      rule: first.rule,
      ref: first.ref ?? '',
      evidence: steps.length > 0 ? [...steps] : [finding.summary],
      run: seen.run.url,
    };
  },

  object: ({ repository, path, faulty = path }) => `file/${repository}/${faulty}`,

  command: ({ repository, base, path }) =>
    pullRequestByHand({
      repository,
      base,
      edit: commandLine('pullcheck', 'workflow', path, '--write'),
      title: `Mend ${path}`,
    }),

  standing: (params, host, signal) =>
    standingOf(
      {
        params,
        branch: branchFor(params),
        next: 'the next run of the pipeline has it',
        async isStillThere(ref) {
          const found = await mend(params, host, ref, signal);
          return 'gap' in found ? undefined : found.fix !== undefined;
        },
      },
      host,
      signal,
    ),

  async run(params, ports, mode, signal) {
    const codeHost = hostOf(ports);
    if (codeHost === undefined) return { kind: 'refused', reason: NO_CODE_HOST };
    const first = await drafted(params, codeHost, mode, signal);
    // The run of a pushed git tag names the tag where others name their branch.
    const isNoBranch = 'answer' in first && first.answer.kind === 'changed' && first.answer.base === 'missing';
    const opened =
      isNoBranch && params.base !== '' ? await drafted({ ...params, base: '' }, codeHost, mode, signal) : first;
    if ('kind' in opened) return opened;
    const { answer, fix, request } = opened;
    switch (answer.kind) {
      case 'planned':
        return {
          kind: 'planned',
          plan: {
            diff: fix.diff.trimEnd().split('\n'),
            consequences: [
              `A branch ${request.branch} and a pull request against ${request.base} of ${params.repository}; nothing is merged.`,
              fix.why,
              'The checker was run on the edited files: the fault is gone and nothing new came.',
              'The pod that waits now is not helped by it: deploy a tag that exists.',
            ],
          },
        };
      case 'opened': {
        const found = answer.existed ? 'was open already' : 'is open';
        return {
          kind: 'handed-over',
          note: `pull request ${answer.url} ${found}. Merging it is for the team that owns ${params.repository}.`,
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

function runOf(trace: BuildTrace, url: unknown): RunTrace | undefined {
  return (valueOf(trace.runs) ?? []).find(({ run }) => run.url === url);
}

/** The branch that was pushed; empty for anything else. A run of a pushed git tag names the tag there, and nothing else tells the two apart. */
function branchOf({ run: { event, headBranch = '' } }: RunTrace): string {
  return event === 'push' && !/^v?\d+\.\d/.test(headBranch) ? headBranch : '';
}

/** Made anew, and asked for (or tried). */
async function drafted(params: Params, codeHost: Host, mode: WriteMode, signal: AbortSignal) {
  const made = await draft(params, codeHost, signal);
  if ('kind' in made) return made;
  return { ...made, answer: await codeHost.writer.openPullRequest(made.request, mode, signal) };
}

type Drafted = { readonly request: PullRequestDraft; readonly fix: CheckedFix };

/** The fix, made anew on what stands at the branch's end now. */
async function draft(
  params: Params,
  { reader, writer, thread }: Host,
  signal: AbortSignal,
): Promise<Drafted | Extract<RemedyOutcome, { kind: 'refused' }>> {
  const { repository, path, faulty = path, despite } = params;
  const branch = params.base === '' ? await writer.defaultBranch(repository, signal) : undefined;
  if (branch !== undefined && branch.status !== 'observed')
    return refused(describeGap(`${repository}, its default branch`, branch));
  const base = branch?.value ?? params.base;
  const found = await mend(params, reader, base, signal);
  if ('gap' in found) return refused(found.gap);
  const { fix } = found;
  if (fix === undefined) {
    return refused(
      `${path} at ${base} is not as it was when it ran: the fault is gone there, or its fix needs a person`,
    );
  }
  const title = plainTitle(`${fix.title} in ${fileName(faulty)}`);
  const body = pullRequestBody({ fix, evidence: params.evidence, run: params.run, thread });
  const known = despite === undefined ? {} : { despite };
  return { fix, request: { repository, base, branch: branchFor(params), title, body, changes: fix.files, ...known } };
}

/** Of what one edit mends, the first in the chain of events: the loss, also where the fallback in another file was asked about. */
function leading({ findings, rule }: CheckedFix, chain: readonly string[]): CheckedFix['findings'][number] | undefined {
  const told = chain
    .map((step) => findings.find(({ file, exprLine }) => step.startsWith(`${file}:${exprLine} `)))
    .find((one) => one !== undefined);
  return told ?? findings.find((one) => one.rule === rule);
}

type Mended = { readonly gap: string } | { readonly fix: CheckedFix | undefined };

/** The files as they are at `ref`, and what would mend them. */
async function mend(
  { repository, path, files: used, rule, ref }: Params,
  reader: CodeHost,
  at: string,
  signal: AbortSignal,
): Promise<Mended> {
  const paths = [path, ...used.filter((one) => one !== path)];
  const read = await Promise.all(
    paths.map(async (one) => ({ path: one, text: await reader.file(repository, one, at, signal) })),
  );
  const main = read[0]?.text;
  if (main?.status !== 'observed') return { gap: describeGap(`${path} at ${at}`, main ?? { status: 'absent' }) };
  const files = read
    .slice(1)
    .flatMap(({ path: one, text }) => (text.status === 'observed' ? [{ path: one, text: text.value }] : []));
  return { fix: pipelineFix({ workflow: { path, text: main.value }, files }, { rule, ref }) };
}

/** The same for the same fault of the same file, so that a second press finds the first one's, also from another caller of that file. */
function branchFor({ path: workflow, faulty: path = workflow, rule, ref }: Params): string {
  const slug = `${fileName(path)}-${rule}-${ref}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  // Where the short name may stand for two files or be cut, it gets the path in another form.
  const isPlain = slug.length <= 80 && /^\.github\/workflows\/[a-z0-9.-]+$/.test(path);
  if (isPlain) return `pullcheck/${slug}`;
  const rest = createHash('sha256').update([path, rule, ref].join('\u0000')).digest('hex').slice(0, 8);
  return `pullcheck/${slug.slice(0, 71)}-${rest}`;
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function refused(reason: string): Extract<RemedyOutcome, { kind: 'refused' }> {
  return { kind: 'refused', reason };
}
