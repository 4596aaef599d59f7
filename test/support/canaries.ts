/** Secrets in the forms in which they turn up in the words of others, put into every text of a value. */
import { Sealed } from '../../src/sealed.ts';
import { leaksOf } from './leaks.ts';

/** A canary in the words around it. Made up of parts, so that no scanner takes this file for a leak. */
export const FORMS: Readonly<Record<string, (canary: string) => string>> = {
  'a login in an address': (canary) => `https://bot:${canary}@github.com/team/api.git`,
  'a bearer token': (canary) => `Authorization: Bearer ${canary}`,
  'a basic login': (canary) => `Authorization: Basic ${Buffer.from(`bot:${canary}`).toString('base64')}`,
  'a signed link': (canary) => `https://cdn.example.com/blob?X-Amz-Signature=${canary}&se=1`,
  'a docker config': (canary) => dockerConfig(canary),
  'a docker config in JSON': (canary) => JSON.stringify({ text: dockerConfig(canary) }),
  'a docker config in base64': (canary) => Buffer.from(dockerConfig(canary)).toString('base64'),
  'an indented docker config in base64': (canary) =>
    Buffer.from(JSON.stringify(JSON.parse(dockerConfig(canary)), null, 2)).toString('base64'),
  'an AWS key': (canary) => `aws_secret_access_key = ${canary}`,
  'an AWS key id': (canary) =>
    `AKIA${canary
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, '')
      .padEnd(16, 'Q')
      .slice(0, 16)}`,
  'a GitHub token': (canary) => `using ${['ghp', `${canary}${canary}`].join('_')} for git`,
  'a fine-grained GitHub token': (canary) => `using ${['github', 'pat', canary].join('_')} for git`,
  'a Slack token': (canary) => `using ${['xoxb', '1234', canary].join('-')}`,
  'a private key': (canary) => ['-----BEGIN PRIVATE', `KEY-----\n${canary}\n-----END PRIVATE`, 'KEY-----'].join(' '),
  'a JWT': (canary) => `using ${[jwtPart({ alg: 'HS256' }), jwtPart({ sub: canary }), 'c2lnbmF0dXJl'].join('.')}`,
  'a variable': (canary) => `export REGISTRY_PASSWORD=${canary}`,
  'a quoted variable': (canary) => `NPM_TOKEN='${canary}' npm publish`,
  'a setting': (canary) => `    password: ${canary}`,
  'a command line': (canary) => `docker login ghcr.io -u bot -p ${canary}`,
};

function dockerConfig(canary: string): string {
  const auth = Buffer.from(`bot:${canary}`).toString('base64');
  return JSON.stringify({ auths: { 'ghcr.io': { auth, password: canary } } });
}

function jwtPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** How every canary begins. */
const STEM = 'C4nary';

export type Path = readonly (string | number)[];

/** Where texts are in a value; sealed ones are not looked into. */
export function textsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null || value instanceof Sealed) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    textsIn(part, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

export interface Planted<T> {
  readonly value: T;
  /** Canary -> where it stands. */
  readonly canaries: Readonly<Record<string, string>>;
}

/** A canary of its own after every text, or after the one at `only`. */
export function planted<T>(value: T, form: string, only?: Path): Planted<T> {
  const wrap = FORMS[form];
  if (wrap === undefined) throw new Error(`there is no form ${form}`);
  const paths = only === undefined ? textsIn(value) : [only];
  const places = new Map(paths.map((path, index) => [path.join('.'), `${STEM}${String(index).padStart(4, '0')}xYz`]));
  const put = (part: unknown, at: string): unknown => {
    const canary = places.get(at);
    if (typeof part === 'string') return canary === undefined ? part : `${part} ${wrap(canary)}`;
    if (typeof part !== 'object' || part === null || part instanceof Sealed) return part;
    const under = (key: string | number) => (at === '' ? String(key) : `${at}.${key}`);
    if (Array.isArray(part)) return part.map((one: unknown, index) => put(one, under(index)));
    return Object.fromEntries(Object.entries(part).map(([key, one]: [string, unknown]) => [key, put(one, under(key))]));
  };
  const canaries = Object.fromEntries([...places].map(([at, canary]) => [canary, at]));
  return { value: put(value, '') as T, canaries };
}

/** Where the canaries stood that can be read in a text, in any encoding. */
export function leaksIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  // Looking for each takes long, and mostly there is none.
  if (leaksOf([STEM, STEM.toUpperCase()])(text).length === 0) return [];
  const names = Object.keys(canaries);
  const upper = names.map((name) => name.toUpperCase());
  const found = leaksOf([...names, ...upper])(text);
  return found.map((name) => canaries[name] ?? canaries[names[upper.indexOf(name)] ?? ''] ?? name);
}
