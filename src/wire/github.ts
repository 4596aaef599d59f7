/** GitHub as configured. Octokit is loaded at the first question, so that commands which ask nothing start without it. */
import type { GithubConnection } from '../adapters/github/connect.ts';
import { insideRule, type Reach } from '../adapters/github/reach.ts';
import { GITHUB_API, webOf } from '../adapters/github/web.ts';
import { guardedLookup, urlFault } from '../adapters/registry/guard.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';

/** undefined: neither a token nor an App is configured. Makes no call yet. `register` gets every token made for the App. */
export function openGithub(
  { github }: Pick<Config, 'github'>,
  deps: { readonly clock: Clock; readonly register: (secret: string) => void },
): GithubConnection | undefined {
  if (github === undefined) return undefined;
  const { credential, apiUrl = GITHUB_API } = github;
  const web = webOf(apiUrl);
  let loading: Promise<GithubConnection> | undefined;
  async function load(): Promise<GithubConnection> {
    loading ??= import('../adapters/github/connect.ts').then(({ connectGithub }) =>
      connectGithub({ ...deps, credential, apiUrl, reach: reachFrom(apiUrl) }),
    );
    return loading;
  }
  return {
    web,
    reader(meter) {
      const reader = async () => (await load()).reader(meter);
      return {
        web,
        commit: async (...asked) => (await reader()).commit(...asked),
        runs: async (...asked) => (await reader()).runs(...asked),
        run: async (...asked) => (await reader()).run(...asked),
        jobs: async (...asked) => (await reader()).jobs(...asked),
        jobLog: async (...asked) => (await reader()).jobLog(...asked),
        file: async (...asked) => (await reader()).file(...asked),
        tree: async (...asked) => (await reader()).tree(...asked),
        attestedRun: async (...asked) => (await reader()).attestedRun(...asked),
        pullRequest: async (...asked) => (await reader()).pullRequest(...asked),
      };
    },
    writer: {
      defaultBranch: async (...asked) => (await load()).writer.defaultBranch(...asked),
      openPullRequest: async (...asked) => (await load()).writer.openPullRequest(...asked),
      rerunFailedJobs: async (...asked) => (await load()).writer.rerunFailedJobs(...asked),
    },
    close: async () => {
      await (await loading)?.close();
    },
  };
}

/** The same rules as for registries: never link-local or metadata addresses, private ones only beside an Enterprise server; http only where the API itself is asked so. */
export function reachFrom(apiUrl: string): Reach {
  const mayBeInside = insideRule(apiUrl);
  const isPlain = apiUrl.startsWith('http:');
  return { lookup: guardedLookup(mayBeInside), fault: (url) => urlFault(url, isPlain, mayBeInside) };
}
