/** Token servers and what comes of their tokens, in the words of a node's containerd. */
import { answer, bearer, disbelief, type Habit, insufficient } from './habits.ts';

export interface Story {
  readonly habit: Habit;
  readonly says?: string;
  /** It never ends by itself: only our own limit ends it. */
  readonly hangs?: true;
  /** `cause confidence` */
  readonly verdict: string;
  /** Words of the verdict: what was seen, and where the cause stays open, why. `HOST` is the registry. */
  readonly tells: string;
}

export const TOKEN = 'failed to authorize: failed to fetch oauth token: ';
const DENIED =
  'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

export const tokenStories: Readonly<Record<string, Story>> = {
  'the token server refuses the login': {
    habit: bearer({ token: answer(401, 'UNAUTHORIZED') }),
    says: `${TOKEN}unexpected status: 401 Unauthorized`,
    verdict: 'credentials-rejected certain',
    tells: 'The registry HOST refuses user robot (secret/regcred',
  },
  'the token server forbids it': {
    habit: bearer({ token: answer(403, 'DENIED') }),
    says: `${TOKEN}unexpected status: 403 Forbidden`,
    verdict: 'credentials-rejected likely',
    tells: 'does not tell whether the password is wrong or a right is missing',
  },
  'the token grants nothing': {
    habit: bearer({ actions: [], manifest: insufficient }),
    says: DENIED,
    verdict: 'not-found-or-unauthorized likely',
    tells: 'The repository team/api is missing, or hidden from these credentials: HOST answers both alike',
  },
  'the token grants pull, and the registry refuses it': {
    habit: bearer({ manifest: disbelief, tags: disbelief }),
    says: DENIED.replace('insufficient_scope', 'invalid_token'),
    verdict: 'registry-error likely',
    tells: 'The registry HOST does not believe its own token server: HOST gave a token that grants pull',
  },
};
