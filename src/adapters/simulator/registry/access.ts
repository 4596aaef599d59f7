/** Who may pull from a simulated registry: open, htpasswd-like Basic, or a token server that grants what the user may. */
import type { Clock } from '../../../clock.ts';
import type { Sealed } from '../../../sealed.ts';

export type SimulatedAuth = 'none' | 'basic' | 'bearer';

export interface Account {
  readonly password: Sealed;
  /** Repositories it may pull; absent: all. */
  readonly repositories?: readonly string[];
}

/** The user of a Basic header, when name and password are right. */
export function basicUser(header: string | undefined, accounts: ReadonlyMap<string, Account>): string | undefined {
  const match = /^Basic ([\w+/=]+)$/i.exec(header ?? '');
  const pair = Buffer.from(match?.[1] ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const name = pair.slice(0, Math.max(0, colon));
  return colon > 0 && accounts.get(name)?.password.reveal() === pair.slice(colon + 1) ? name : undefined;
}

/** Whether this account (undefined: anonymous) may pull. */
export function mayPull(account: Account | undefined, repository: string, isPublic: boolean): boolean {
  if (isPublic) return true;
  return account !== undefined && (account.repositories?.includes(repository) ?? true);
}

interface Granted {
  readonly user: string;
  readonly repositories: readonly string[];
}

export interface TokenMint {
  /** An unsigned JWT with the `access` claim of distribution's token specification. */
  issue(granted: Granted): { readonly token: string; readonly expires_in: number };
  /** What a token of ours grants, while it lives. */
  read(token: string): Granted | undefined;
}

const LIFE_SECONDS = 300;

export function createTokenMint(clock: Clock): TokenMint {
  const issued = new Map<string, { readonly granted: Granted; readonly until: number }>();
  let serial = 0;
  return {
    issue(granted) {
      serial += 1;
      const now = clock.now();
      const claims = {
        sub: granted.user,
        jti: String(serial),
        iat: Math.floor(now / 1000),
        exp: Math.floor(now / 1000) + LIFE_SECONDS,
        access: granted.repositories.map((name) => ({ type: 'repository', name, actions: ['pull'] })),
      };
      const token = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.simulated`;
      issued.set(token, { granted, until: now + LIFE_SECONDS * 1000 });
      return { token, expires_in: LIFE_SECONDS };
    },
    read(token) {
      const held = issued.get(token);
      return held && held.until > clock.now() ? held.granted : undefined;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
