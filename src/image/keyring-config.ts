/** Reads one pull secret as the kubelet does (kubernetes `pkg/credentialprovider`): which entries it brings, or why it brings none. */
import { Sealed } from '../sealed.ts';
import { dockerCfg, dockerConfigJson, parseJson } from './keyring-schema.ts';

/** What is needed of a Secret; `data` is decoded. */
export interface KeyringSecret {
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, Sealed>>;
}

export interface ConfigEntry {
  /** The key as the Secret writes it. */
  readonly entry: string;
  readonly username: string;
  readonly password: Sealed;
  /** It has a token instead of a password, which the kubelet does not read. */
  readonly onlyToken?: true;
  readonly nobody?: Nobody;
  readonly padded?: Padded;
}

/** What of a login has blank space or a line break at an end, which is sent with it (`echo` without `-n` leaves one). */
export type Padded = 'user name' | 'password' | 'user name and password';

/**
 * Its entry has no user name, and the runtime asks as nobody (containerd sends a login only with one, `ParseAuth` of its image server).
 * What the entry has instead: a `token` that the kubelet does not read, the name of a `helper` that it does not run, or nothing.
 */
export type Nobody = 'token' | 'helper' | 'nothing';

export type DecodedSecret =
  | { readonly is: 'entries'; readonly entries: readonly ConfigEntry[] }
  /** The kubelet passes over it. */
  | { readonly is: 'ignored'; readonly reason: string }
  /** It makes the kubelet's whole lookup fail. */
  | { readonly is: 'broken'; readonly entry: string | null; readonly reason: string };

/** What `kubectl create secret docker-registry` makes. */
export const JSON_TYPE = 'kubernetes.io/dockerconfigjson';
const CFG_TYPE = 'kubernetes.io/dockercfg';
const KEYS: ReadonlyMap<string, string> = new Map([
  [JSON_TYPE, '.dockerconfigjson'],
  [CFG_TYPE, '.dockercfg'],
]);

export function decodeSecret(secret: KeyringSecret): DecodedSecret {
  const key = KEYS.get(secret.type);
  if (key === undefined) return ignored(wrongType(secret));
  const value = secret.data[key];
  if (value === undefined) return ignored(missingKey(secret, key));
  if (value.isEmpty) return ignored(`its key "${key}" is empty; write the registry's configuration into it`);
  const json = parseJson(value.reveal());
  if (json === undefined)
    return { is: 'broken', entry: null, reason: `its "${key}" is not valid JSON; create the Secret again` };
  return secret.type === JSON_TYPE ? fromConfigJson(json) : fromCfg(json, key);
}

function fromConfigJson(json: unknown): DecodedSecret {
  const parsed = dockerConfigJson.safeParse(json);
  if (!parsed.success) return wrongShape('.dockerconfigjson', parsed.error.issues[0]?.path ?? []);
  const { auths, credsstore, credhelpers } = parsed.data ?? {};
  const entries = Object.entries(auths ?? {});
  const namesHelper = credsstore !== undefined || credhelpers !== undefined;
  if (entries.length > 0) return decodeEntries(entries, namesHelper);
  return ignored(
    namesHelper
      ? 'it names only a credential helper, which the kubelet does not run; log in without a credential store and create the Secret from that file'
      : 'it has no entry under "auths"; the hosts belong inside an "auths" object',
  );
}

function fromCfg(json: unknown, key: string): DecodedSecret {
  const parsed = dockerCfg.safeParse(json);
  if (!parsed.success) return wrongShape(key, parsed.error.issues[0]?.path ?? []);
  const entries = Object.entries(parsed.data ?? {});
  return entries.length > 0 ? decodeEntries(entries, false) : ignored('it has no entry');
}

interface RawEntry {
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly auth?: string | null | undefined;
  readonly identitytoken?: unknown;
  readonly registrytoken?: unknown;
}

function decodeEntries(raw: readonly (readonly [string, RawEntry | null])[], namesHelper: boolean): DecodedSecret {
  const entries: ConfigEntry[] = [];
  for (const [entry, fields] of raw) {
    const login = loginOf(fields ?? {});
    if (typeof login === 'string') return { is: 'broken', entry, reason: login };
    const hasToken = Boolean(fields?.identitytoken || fields?.registrytoken);
    const instead = hasToken ? 'token' : namesHelper ? 'helper' : 'nothing';
    entries.push({
      entry,
      username: login.username,
      password: new Sealed(login.password),
      ...(login.password === '' && hasToken ? { onlyToken: true } : {}),
      ...(login.username === '' ? { nobody: instead } : {}),
      ...paddedIn(login),
    });
  }
  return { is: 'entries', entries };
}

function paddedIn({ username, password }: { username: string; password: string }): { readonly padded?: Padded } {
  const [user, word] = [username, password].map((text) => text !== text.trim());
  if (user && word) return { padded: 'user name and password' };
  return user ? { padded: 'user name' } : word ? { padded: 'password' } : {};
}

/** A non-empty `auth` wins over user name and password. A text is the reason why it cannot be decoded. */
function loginOf(fields: RawEntry): { username: string; password: string } | string {
  if (!fields.auth) return { username: fields.username ?? '', password: fields.password ?? '' };
  const decoded = decodeBase64(fields.auth);
  if (decoded === undefined) return 'its "auth" is not base64; write base64 of user:password';
  const colon = decoded.indexOf(':');
  if (colon < 0) return 'its "auth" holds no colon; write base64 of user:password';
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Go's decoder: line breaks are skipped, the alphabet is strict, padding is wanted exactly where the text ends in `=`. */
function decodeBase64(field: string): string | undefined {
  const text = field.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const valid = field.trim().endsWith('=') ? text.length % 4 === 0 : !text.includes('=') && text.length % 4 !== 1;
  return valid ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}

function ignored(reason: string): DecodedSecret {
  return { is: 'ignored', reason };
}

function wrongShape(key: string, path: readonly PropertyKey[]): DecodedSecret {
  const where = path.map(String).filter((part) => part !== 'auths')[0];
  return {
    is: 'broken',
    entry: where ?? null,
    reason: `its "${key}" is not laid out as a registry configuration: a value has the wrong type; create the Secret again`,
  };
}

function wrongType({ type, data }: KeyringSecret): string {
  const fit = [...KEYS].find(([, key]) => data[key] !== undefined)?.[0] ?? JSON_TYPE;
  return `its type is "${type === '' ? 'Opaque' : type}"; the kubelet reads only ${fit === CFG_TYPE ? CFG_TYPE : JSON_TYPE}, and a type cannot be changed: create it again`;
}

function missingKey({ data }: KeyringSecret, key: string): string {
  const has = Object.keys(data).sort();
  return `it lacks the key "${key}"${has.length === 0 ? '' : ` (it has ${has.map((name) => `"${name}"`).join(', ')})`}; rename the key`;
}
