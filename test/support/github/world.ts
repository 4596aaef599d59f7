/** A GitHub on this machine: emulate's own service, the overlay in front of it, and a log store on another port. */
import { createEmulator } from 'emulate';
import type { CodeTrouble, RepositoryStory } from '../fake-code-host.ts';
import { type LogStore, startLogStore } from './log-store.ts';
import { githubOverlay, type OverlayState } from './overlay.ts';

/** A person's token that may do everything. */
export const GITHUB_TEST_TOKEN = 'ghp_test0canary0canary0canary0canary01';

/** The App that is installed on every repository of `acme`. */
export const GITHUB_TEST_APP = 1234;

export interface GithubWorld {
  /** API base. */
  readonly url: string;
  readonly store: LogStore;
  /** PEM of the App. */
  readonly privateKey: string;
  readonly requests: readonly string[];
  /** One commit on a branch (made from main when it is new) of a repository; resolves to its sha. */
  push(commit: Push): Promise<string>;
  /** Runs, jobs, logs and attestations of a repository, instead of those from before. */
  play(repository: string, story: Partial<Pick<RepositoryStory, 'runs' | 'jobs' | 'logs' | 'attested'>>): void;
  become(trouble: CodeTrouble | undefined): void;
  /** Asks as the person of the token; throws unless 2xx. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

export interface Push {
  readonly repository: string;
  readonly files: Readonly<Record<string, string>>;
  readonly title?: string;
  readonly branch?: string;
  /** Files that are executable. */
  readonly executable?: readonly string[];
}

export interface WorldOptions {
  /** `owner/name`; default acme/shop. */
  readonly repositories?: readonly string[];
  /** Of the App's installation; default: what Pullcheck asks for. */
  readonly permissions?: Readonly<Record<string, string>>;
}

const ASKED_FOR = {
  metadata: 'read',
  actions: 'write',
  contents: 'write',
  pull_requests: 'write',
  workflows: 'write',
  attestations: 'read',
};

export async function startGithub(options: WorldOptions = {}): Promise<GithubWorld> {
  const repositories = (options.repositories ?? ['acme/shop']).map((full) => full.split('/'));
  const owners = [...new Set(repositories.map(([owner = '']) => owner))];
  const inner = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [GITHUB_TEST_TOKEN]: { login: 'robot', scopes: ['repo', 'workflow'] } },
      github: {
        users: [{ login: 'robot' }],
        orgs: owners.map((login) => ({ login, members: [{ login: 'robot', role: 'admin' }] })),
        repos: repositories.map(([owner, name]) => ({ owner, name, private: true })),
        apps: [
          {
            app_id: GITHUB_TEST_APP,
            slug: 'pullcheck',
            name: 'Pullcheck',
            permissions: options.permissions ?? ASKED_FOR,
            installations: [{ installation_id: 77, account: 'acme', repository_selection: 'all' }],
          },
        ],
      },
    },
  });
  const store = await startLogStore();
  const none = { runs: [], jobs: {}, attested: {} };
  const state: OverlayState = {
    builds: Object.fromEntries(repositories.map(([owner, name]) => [`${owner}/${name}`, none])),
    requests: [],
    trouble: undefined,
  };
  const overlay = await createEmulator({
    service: githubOverlay({ state, inner: inner.url, logs: store.origin }),
    port: 0,
    listen: true,
    shutdownTimeout: 100,
  });
  async function api(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${inner.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${GITHUB_TEST_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  return {
    url: overlay.url.replace('localhost', '127.0.0.1'),
    store,
    privateKey: inner.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key')?.value ?? '',
    requests: state.requests,
    api,
    push: async (commit) => push(api, commit),
    play(repository, { runs = [], jobs = {}, attested = {}, logs = {} }) {
      state.builds[repository] = { runs, jobs, attested };
      for (const [id, text] of Object.entries(logs)) store.logs.set(Number(id), text);
    },
    become(trouble) {
      state.trouble = trouble;
    },
    close: async () => {
      await Promise.all([overlay.close(), store.close()]);
      await inner.close();
    },
  };
}

interface Named {
  readonly sha: string;
}

async function push(api: GithubWorld['api'], commit: Push): Promise<string> {
  const { repository, files, title = 'change', branch = 'main', executable = [] } = commit;
  const root = `/repos/${repository}/git`;
  const refs = (await api('GET', `${root}/matching-refs/heads/`)) as { ref: string; object: Named }[];
  const own = refs.find(({ ref }) => ref === `refs/heads/${branch}`);
  const parent = (own ?? refs.find(({ ref }) => ref === 'refs/heads/main'))?.object.sha ?? '';
  const tree = (await api('POST', `${root}/trees`, {
    base_tree: ((await api('GET', `${root}/commits/${parent}`)) as { tree: Named }).tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({
      path,
      content,
      type: 'blob',
      mode: executable.includes(path) ? '100755' : '100644',
    })),
  })) as Named;
  const made = (await api('POST', `${root}/commits`, { message: title, tree: tree.sha, parents: [parent] })) as Named;
  if (own) await api('PATCH', `${root}/refs/heads/${branch}`, { sha: made.sha });
  else await api('POST', `${root}/refs`, { ref: `refs/heads/${branch}`, sha: made.sha });
  return made.sha;
}
