/** With what the code host is asked: one token, or an App's installation on each repository. */
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { Sealed } from '../../sealed.ts';
import { NoAnswer, tidy } from './failure.ts';
import type { RepositoryName } from './names.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { silent } from './reply.ts';
import { InstallationAnswer, Problem } from './schema.ts';

export type GithubCredential =
  | { readonly kind: 'token'; readonly token: Sealed }
  /** `privateKey` is PEM. */
  | { readonly kind: 'app'; readonly appId: string; readonly privateKey: Sealed };

/** What one repository is asked with. */
export interface Access {
  readonly token: Sealed;
  readonly rate: RateLimit;
  /** Of an App's installation: `contents` -> `write`. */
  readonly permissions?: Readonly<Record<string, string>>;
}

export interface AccessWish {
  /** What was remembered did not work. */
  readonly fresh: boolean;
  /** Called for each request that was needed. */
  readonly count: () => void;
}

export interface TokenSource {
  readonly kind: GithubCredential['kind'];
  /** The variable that a person must look at when it is refused. */
  readonly variable: string;
  /** `absent`: the App is not installed there. @throws NoAnswer. */
  accessTo(repository: RepositoryName, how: AccessWish): Promise<Access | 'absent'>;
}

/** Asks the API without any credential of ours. */
export type PlainFetch = (
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string },
) => Promise<Response>;

export interface TokenDeps {
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly fetch: PlainFetch;
  /** Repositories remembered. */
  readonly most: number;
  /** Gets every secret made. */
  readonly register: (secret: string) => void;
}

export function createTokenSource(credential: GithubCredential, deps: TokenDeps): TokenSource {
  if (credential.kind === 'app') return createAppSource(credential, deps);
  const access: Access = { token: credential.token, rate: createRateLimit(deps.clock) };
  return { kind: 'token', variable: 'GITHUB_TOKEN', accessTo: async () => access };
}

function createAppSource(credential: Extract<GithubCredential, { kind: 'app' }>, deps: TokenDeps): TokenSource {
  const octokit = new Octokit({
    baseUrl: deps.apiUrl,
    userAgent: 'pullcheck',
    log: silent,
    request: { fetch: deps.fetch },
  });
  const auth = createAppAuth({
    appId: credential.appId,
    privateKey: credential.privateKey.reveal(),
    request: octokit.request,
    log: silent,
  });
  const rates = new Map<number, RateLimit>();
  const installations = new Map<string, number>();
  const tokens = new Map<number, string>();

  async function installationOf({ owner, repo }: RepositoryName, count: () => void): Promise<number | 'absent'> {
    const known = installations.get(`${owner}/${repo}`);
    if (known !== undefined) return known;
    const { token } = await auth({ type: 'app' });
    count();
    const found = await refusedAs(404, async () =>
      octokit.rest.apps.getRepoInstallation({ owner, repo, headers: { authorization: `bearer ${token}` } }),
    );
    if (found === 'absent') return 'absent';
    const parsed = InstallationAnswer.safeParse(found.data);
    if (!parsed.success) throw new NoAnswer('GitHub: the answer about the App’s installation could not be read');
    const [oldest] = installations.keys();
    if (installations.size >= deps.most && oldest !== undefined) installations.delete(oldest);
    installations.set(`${owner}/${repo}`, parsed.data.id);
    return parsed.data.id;
  }

  return {
    kind: 'app',
    variable: 'GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY',
    async accessTo(repository, { fresh, count }) {
      try {
        if (fresh) installations.delete(`${repository.owner}/${repository.repo}`);
        const id = await installationOf(repository, count);
        if (id === 'absent') return 'absent';
        const made = await refusedAs(404, async () =>
          auth({ type: 'installation', installationId: id, ...(fresh ? { refresh: true } : {}) }),
        );
        if (made === 'absent') return 'absent';
        // The SDK remembers tokens until they expire; another one is one that was asked for.
        if (tokens.get(id) !== made.token) count();
        tokens.set(id, made.token);
        deps.register(made.token);
        const rate = rates.get(id) ?? createRateLimit(deps.clock);
        rates.set(id, rate);
        return { token: new Sealed(made.token), rate, permissions: made.permissions };
      } catch (error) {
        throw noToken(error);
      }
    },
  };
}

async function refusedAs<T>(status: number, ask: () => Promise<T>): Promise<T | 'absent'> {
  try {
    return await ask();
  } catch (error) {
    if (Refusal.safeParse(error).data?.status === status) return 'absent';
    throw error;
  }
}

/** Octokit's RequestError, of which only this is used: it also carries the request with its headers. */
const Refusal = z.object({ status: z.int(), response: z.object({ data: z.unknown() }) });

function noToken(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NoAnswer) return cause;
  const refusal = Refusal.safeParse(error).data;
  if (refusal === undefined)
    return new NoAnswer('GitHub: no token could be made for the App; look at GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY');
  const said = Problem.safeParse(refusal.response.data).data?.message;
  const words = said === undefined ? '' : `: ${tidy(said)}`;
  return new NoAnswer(
    `GitHub does not accept the App (${refusal.status}${words}); look at GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY`,
  );
}
