/** A tag that was pushed: then no pipeline lost it, and the registry is where it went. */
import { repositoryName } from '../../image/reference.ts';
import type { Finding } from '../check.ts';
import type { PushedBy } from './pushed.ts';
import { minute, type Studied } from './question.ts';

/** Pushed by a log under exactly the name that the pod asks for, and not there now. */
export function goneFinding({ asked, pushes, image, trace }: Studied): Finding | undefined {
  const push = pushes.find(
    ({ tag, where, by }) => tag === asked && where !== 'other' && by.job.conclusion !== 'failure',
  );
  if (asked === '' || push === undefined) return undefined;
  const masked = push.where === 'masked' ? ' (the log hides the repository’s name)' : '';
  return {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['buildTrace', 'tags', 'registryAccess', 'reference'],
    summary: `The repository ${repositoryName(image)} has no tag ${asked}, although ${whoPushed(push)}${masked}: it was there and is gone, deleted by somebody or by a retention rule.`,
    detail: {
      askedTag: asked,
      pushedTag: push.tag,
      ...(push.digest === undefined ? {} : { digest: push.digest }),
      repository: trace.repository,
      commit: push.pipeline.trace.run.headSha,
      run: push.pipeline.trace.run.url,
      job: push.by.job.name,
    },
    fix: 'Push it again by running that build once more, or deploy a tag that exists; then look at the registry’s retention rules and audit log.',
    alternatives: [],
  };
}

/** The tag was pushed, as an image of the same name, to another place than the one that the pod asks. */
export function otherPlace({ asked, pushes, image }: Studied): string | undefined {
  const name = (path: string) => path.split('/').at(-1);
  const push = pushes.find(
    ({ tag, where, repository }) => tag === asked && where === 'other' && name(repository) === name(image.repository),
  );
  if (asked === '' || push === undefined) return undefined;
  return `${whoPushed(push)}, but to ${push.repository}; the pod asks ${repositoryName(image)}`;
}

function whoPushed({ by, at, tag, pipeline }: PushedBy): string {
  const when = at === undefined ? '' : ` at ${minute(at)}`;
  return `job ${by.job.name} of ${pipeline.trace.run.url} pushed ${tag}${when}`;
}
