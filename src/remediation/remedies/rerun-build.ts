/**
 * The failed jobs of a build once more. Only for a first attempt (a second failure of the same commit is no bad luck) and only where the
 * new attempt would push the very tag that is asked for: a tag with the time in it would come out as another one.
 */
import { z } from 'zod';
import { valueOf } from '../../evidence/observation.ts';
import { timeOf } from '../../image/tag.ts';
import { NO_CODE_HOST, refusalOfHost } from '../execute/code-host-outcome.ts';
import type { Remedy } from '../remedy.ts';

const Params = z.strictObject({
  repository: z.string(),
  id: z.number(),
  attempt: z.number(),
  /** Page for people. */
  url: z.string(),
  image: z.string(),
});
type Params = z.infer<typeof Params>;

export const rerunBuild: Remedy<Params> = {
  id: 'rerun-build',
  title: 'Run the failed build again',
  risk: 'reversible',
  Params,

  propose({ finding, evidence }) {
    const trace = valueOf(evidence.buildTrace);
    const reference = valueOf(evidence.reference);
    const image = valueOf(evidence.container)?.image;
    if (finding.cause !== 'build-failed' || !trace || !reference?.ok || image === undefined) return undefined;
    const seen = (valueOf(trace.runs) ?? []).find(({ run }) => run.url === finding.detail['run']);
    // In a group that cancels what is under way it would end the newer run.
    if (seen?.supersededBy !== undefined) return undefined;
    const failed = seen?.run;
    if (failed?.progress !== 'completed' || failed.attempt > 1) return undefined;
    const { tag } = reference.reference;
    if (tag === undefined || timeOf(tag) !== undefined) return undefined;
    return { repository: failed.repository, id: failed.id, attempt: failed.attempt, url: failed.url, image };
  },

  object: ({ repository, id }) => `run/${repository}/${id}`,

  command: ({ repository, id }) => `gh run rerun ${id} --failed -R ${repository}`,

  async run(params, { codeHost }, mode, signal) {
    if (codeHost === undefined) return { kind: 'refused', reason: NO_CODE_HOST };
    const answer = await codeHost.writer.rerunFailedJobs(params, mode, signal);
    switch (answer.kind) {
      case 'planned':
        return {
          kind: 'planned',
          plan: {
            diff: [`  run ${params.id} of ${params.repository}`, `+ attempt ${params.attempt + 1}, failed jobs only`],
            consequences: [
              'It builds the same commit again: that helps against a failure that passes, not against one in the code.',
              `The kubelet asks again by itself, at most 5 minutes apart, and starts the pod once ${params.image} is there.`,
            ],
          },
        };
      case 'started':
        return {
          kind: 'handed-over',
          note: `the build runs again: ${answer.url}. The pod follows by itself once the image is pushed.`,
        };
      case 'changed':
      case 'forbidden':
      case 'failed':
        return refusalOfHost(`run ${params.id} of ${params.repository}`, answer);
    }
  },

  // What is left takes as long as a build does: nothing here is watched.
  verify: () => ({ kind: 'waiting', note: 'the build runs' }),
};
