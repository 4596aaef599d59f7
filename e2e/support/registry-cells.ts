/** Registries of two versions behind every kind of door, and what each fault behind each door may be called. */
import { join } from 'node:path';
import { addressFor, allowPlainHttp, dir, pullSecret, run, trustAuthority, trustOnFirstWay } from './box.ts';
import { makeAuthority } from './certificates.ts';
import { htpasswd, pushArchive, startDistribution, type Version } from './distribution.ts';
import { pod } from './fault.ts';
import type { Account } from './registry.ts';
import { startTokenServer, type TokenAccount } from './token-server.ts';

const right: TokenAccount = { user: 'bot', password: 'right-canary', pull: ['shop/*'] };
const stranger: TokenAccount = { user: 'stranger', password: 'stranger-canary', pull: ['other/*'] };
const pusher: TokenAccount = { user: 'pusher', password: 'pusher-canary', pull: ['*'], push: ['*'] };
const wrong: Account = { user: 'bot', password: 'wrong-canary' };
/** Reads everything: the bot's own view, where a test gives it one. */
export const READER = `${pusher.user}:${pusher.password}`;

const PLACES: Readonly<Record<Version, { readonly name: string; readonly address: string }>> = {
  '2.8': { name: 'old.box', address: '198.51.100.50' },
  '3.1': { name: 'new.box', address: '198.51.100.51' },
};
const TOKENS = { name: 'tokens.box', address: '198.51.100.52' };

const PORT = {
  basic: 5000,
  token: 5001,
  trusted: 5443,
  untrusted: 5444,
  expired: 5445,
  otherName: 5446,
  twice: 5447,
} as const;
type Door = keyof typeof PORT;

export const VERSIONS: readonly Version[] = ['2.8', '3.1'];

function hostOf(version: Version, door: Door): string {
  return `${PLACES[version].name}:${PORT[door]}`;
}

export interface Cell {
  readonly door: Door;
  readonly name: string;
  readonly image: string;
  readonly login: 'right' | 'wrong' | 'stranger' | 'none';
  /** The verdict is one of these; `healthy` alone: it must run. */
  readonly may: readonly string[];
  /** Must it be certain, must it not, or may it be only where it is this cause? */
  readonly certain: boolean | string;
  /** May be called certain besides, because it is true as well. */
  readonly also?: readonly string[];
  /** Words that the verdict's sentence must have, and words that it must not. */
  readonly says?: RegExp;
  readonly never?: RegExp;
  readonly lights?: object;
}

const GOOD_LOGIN = { credentials: 'good', reachability: 'good' } as const;
const BAD_LOGIN = { credentials: 'bad', reachability: 'good' } as const;
const HIDDEN = ['not-found-or-unauthorized'] as const;
/** A repository that is there, and a word of the reader's own about it, are not to be had: missing or forbidden stays open. */
const OPEN = { certain: false, never: /does not exist\b(?!.*\b(?:or|hidden)\b)/i } as const;

/** The same faults behind each door that lets somebody in. */
function faultsBehind(door: 'basic' | 'token' | 'trusted'): readonly Cell[] {
  const at = (
    name: string,
    image: string,
    login: Cell['login'],
    rest: Omit<Cell, 'door' | 'name' | 'image' | 'login'>,
  ) => ({ door, name, image, login, ...rest }) satisfies Cell;
  const common = [
    at('tag-missing', 'shop/web:nope', 'right', {
      may: ['tag-not-found'],
      certain: true,
      says: /nope/,
      lights: { reference: 'bad', ...GOOD_LOGIN },
    }),
    at('repository-missing', 'shop/wbe:v1', 'right', {
      may: ['repository-not-found'],
      certain: true,
      says: /shop\/wbe/,
      lights: { reference: 'bad', ...GOOD_LOGIN },
    }),
    at('wrong-password', 'shop/web:v1', 'wrong', {
      may: ['credentials-rejected'],
      certain: true,
      never: /does not exist|missing/i,
      lights: BAD_LOGIN,
    }),
    at('well', 'shop/web:v1', 'right', { may: ['healthy'], certain: true }),
  ];
  if (door === 'basic')
    return [
      ...common,
      at('no-login', 'shop/web:v1', 'none', { may: ['credentials-required'], certain: true, lights: BAD_LOGIN }),
    ];
  return [
    ...common,
    at('no-login', 'shop/web:v1', 'none', { may: ['credentials-required', ...HIDDEN], ...OPEN }),
    at('no-login-no-repository', 'shop/wbe:v1', 'none', { may: ['credentials-required', ...HIDDEN], ...OPEN }),
    at('no-right', 'shop/web:v1', 'stranger', { may: ['permission-denied', ...HIDDEN], ...OPEN }),
    at('no-right-no-repository', 'shop/wbe:v1', 'stranger', { may: ['permission-denied', ...HIDDEN], ...OPEN }),
  ];
}

/** The node refuses the certificate before anything else is asked. Where the bot knows the authority it may see what lies behind, too. */
function refusedBy(door: 'untrusted' | 'expired' | 'otherName', says: RegExp): readonly Cell[] {
  // Where only the node distrusts it, its words could also be the last of several ways.
  const certain = door === 'untrusted' ? 'tls-untrusted' : true;
  const untrusted = { may: ['tls-untrusted'], certain, says, lights: { reachability: 'bad' } } as const;
  return [
    { door, name: 'well', image: 'shop/web:v1', login: 'right', ...untrusted },
    {
      door,
      name: 'wrong-password',
      image: 'shop/web:v1',
      login: 'wrong',
      ...untrusted,
      also: door === 'untrusted' ? ['credentials-rejected'] : [],
    },
  ];
}

/**
 * The authority is configured for the host's own section and the same address stands behind it once more without: what is missing there
 * is asked for again without the authority, and the node's last word is about a certificate. The tag is what is missing.
 */
const MISLED: readonly Cell[] = [
  {
    door: 'twice',
    name: 'tag-missing',
    image: 'shop/web:nope',
    login: 'right',
    may: ['tag-not-found', 'tls-untrusted'],
    certain: 'tag-not-found',
  },
  { door: 'twice', name: 'well', image: 'shop/web:v1', login: 'right', may: ['healthy'], certain: true },
];

export const CELLS: readonly Cell[] = [
  ...faultsBehind('basic'),
  ...faultsBehind('token'),
  ...faultsBehind('trusted'),
  ...refusedBy('untrusted', /authority|trust/i),
  ...refusedBy('expired', /expired|2024-02-01/i),
  ...refusedBy('otherName', /someone-else\.example|name/i),
  ...MISLED,
];

/** Without a login in a namespace of its own: what lies unattached beside a pod is evidence, too. */
export function namespaceOf(version: Version, { login, door }: Cell): string {
  const place = PLACES[version].name.replace('.box', '');
  return login === 'none' ? `matrix-${place}-bare` : `matrix-${place}-${door.toLowerCase()}`;
}

export function podNameOf({ door, name }: Cell): string {
  return `${door.toLowerCase()}-${name}`;
}

export function podOf(version: Version, cell: Cell): object {
  const object = pod(namespaceOf(version, cell), `${hostOf(version, cell.door)}/${cell.image}`, {
    secrets: cell.login === 'none' ? [] : [cell.login],
  });
  return { ...object, metadata: { name: podNameOf(cell), namespace: namespaceOf(version, cell) } };
}

/** The Secrets of one namespace, for every door of its version that its pods ask. */
export function secretsOf(version: Version, door: Door): readonly object[] {
  const namespace = namespaceOf(version, { login: 'right', door } as Cell);
  return Object.entries({ right, wrong, stranger }).map(([name, account]) =>
    pullSecret({ namespace, name }, hostOf(version, door), account),
  );
}

/** Starts everything; `folder` takes keys, storage and configurations. */
export async function startRegistries(folder: string): Promise<{ caFile: string; stop: () => Promise<void> }> {
  const authority = makeAuthority(join(folder, 'ca'));
  await addressFor(TOKENS.name, TOKENS.address);
  const tokens = await startTokenServer({
    ...TOKENS,
    folder: join(folder, 'tokens'),
    accounts: [right, stranger, pusher],
    certificate: authority.issue(TOKENS.name),
  });
  const stops: (() => Promise<void>)[] = [];
  const archive = await run(join(process.env['TESTBED'] ?? '', 'test-image'), [folder, 'pause:1']);
  for (const version of VERSIONS) {
    const { name, address } = PLACES[version];
    await addressFor(name, address);
    const auth = {
      basic: htpasswd(join(folder, version), [right, pusher]),
      http: tokens.authFor(version, name, 'http'),
      https: tokens.authFor(version, name, 'https'),
    };
    const doors: Readonly<Record<Door, { auth: object; certificate?: ReturnType<typeof authority.issue> }>> = {
      basic: { auth: auth.basic },
      token: { auth: auth.http },
      trusted: { auth: auth.https, certificate: authority.issue(name) },
      untrusted: { auth: auth.basic, certificate: authority.issue(name) },
      expired: { auth: auth.basic, certificate: authority.issue(name, { expired: true }) },
      otherName: { auth: auth.basic, certificate: authority.issue('someone-else.example') },
      twice: { auth: auth.basic, certificate: authority.issue(name) },
    };
    const storage = join(folder, `storage-${version}`);
    for (const [door, rest] of Object.entries(doors) as [Door, (typeof doors)[Door]][]) {
      if (!rest.certificate) allowPlainHttp(hostOf(version, door));
      else if (door === 'twice') trustOnFirstWay(hostOf(version, door), authority.caFile);
      else if (door !== 'untrusted') trustAuthority(hostOf(version, door), authority.caFile);
      stops.push(await startDistribution({ version, address, port: PORT[door], storage, folder, ...rest }));
    }
    await pushArchive(archive.out.trim(), `${hostOf(version, 'basic')}/shop/web:v1`, pusher);
  }
  return {
    caFile: authority.caFile,
    async stop() {
      tokens.close();
      await Promise.all(stops.map(async (stop) => stop()));
    },
  };
}

/** `registries` of pullcheck.yaml; with `caFile` the bot knows the authority, with `reader` it has a login of its own (a variable's name). */
export function botRegistries({ caFile, reader }: { caFile?: string; reader?: string }): readonly object[] {
  const credentials = reader === undefined ? {} : { credentials: { env: reader } };
  return VERSIONS.flatMap((version) =>
    (Object.keys(PORT) as Door[]).map((door) => {
      const plain = door === 'basic' || door === 'token';
      const trust = plain ? { plainHttp: true } : caFile === undefined ? {} : { caFile };
      return { host: hostOf(version, door), ...trust, ...credentials };
    }),
  );
}

export const STORAGE = join(dir, 'matrix');
