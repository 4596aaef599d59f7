/** Our own connection to a GitHub of a test. */
import { connectGithub, type GithubConnection, type GithubOptions } from '../../../src/adapters/github/connect.ts';
import { systemClock } from '../../../src/clock.ts';
import { Sealed } from '../../../src/sealed.ts';
import { reachFrom } from '../../../src/wire/github.ts';
import { GITHUB_TEST_TOKEN } from './world.ts';

/** With the person's token, unless `over` says otherwise; repetitions come at once. */
export function connectionTo({ url }: { readonly url: string }, over: Partial<GithubOptions> = {}): GithubConnection {
  return connectGithub({
    apiUrl: url,
    credential: { kind: 'token', token: new Sealed(GITHUB_TEST_TOKEN) },
    reach: reachFrom(url),
    clock: systemClock,
    register: () => undefined,
    ...over,
    limits: { againMs: 1, ...over.limits },
  });
}
