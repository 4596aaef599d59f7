/** The lost tag, at a GitHub on this machine: what was committed, what ran, what the logs say. */
import type { RepositoryStory } from '../../test/support/fake-code-host.ts';
import { GITHUB_TEST_TOKEN, type GithubWorld, startGithub } from '../../test/support/github/world.ts';
import {
  ASKED,
  BUILD_LOG,
  DEPLOY_LOG,
  FILE,
  JOBS,
  NAME,
  PUSHED,
  REPOSITORY,
  RUN,
  SHA,
  WORKFLOW,
} from '../../test/support/lost-tag-story.ts';

export interface LostTag {
  readonly github: GithubWorld;
  readonly sha: string;
  /** `HOST/mycompany/api-service` */
  readonly image: string;
  readonly pushed: string;
  readonly asked: string;
  /** For the program: where GitHub is and with what it is asked. */
  readonly env: Readonly<Record<string, string>>;
  /** A text of the story with this world's commit and image names. */
  told(text: string): string;
  /** The story's runs, with these things otherwise. */
  play(over?: Partial<Pick<RepositoryStory, 'runs' | 'jobs' | 'logs'>>): void;
}

export { BUILD_LOG, FILE, JOBS, REPOSITORY, RUN };

/** Commits the story's workflow for an image at `host`; the tags begin with the commit that this makes. */
export async function startLostTag(host: string): Promise<LostTag> {
  const image = `${host}/${REPOSITORY}`;
  const github = await startGithub({ repositories: [REPOSITORY] });
  const sha = await github.push({
    repository: REPOSITORY,
    title: 'Add a route',
    files: { [FILE]: WORKFLOW.replaceAll(/(?<![\w./])mycompany\/api-service/g, image) },
  });
  function told(text: string): string {
    return text.replaceAll(SHA, sha).replaceAll(SHA.slice(0, 7), sha.slice(0, 7)).replaceAll(NAME, image);
  }
  return {
    github,
    sha,
    image,
    pushed: told(PUSHED),
    asked: told(ASKED),
    env: { GITHUB_TOKEN: GITHUB_TEST_TOKEN, GITHUB_API_URL: github.url },
    told,
    play: (over = {}) =>
      github.play(REPOSITORY, {
        runs: [{ ...RUN, headSha: sha }],
        jobs: { 17: JOBS },
        logs: { 1: told(BUILD_LOG), 3: told(DEPLOY_LOG) },
        ...over,
      }),
  };
}
