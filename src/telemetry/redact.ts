/**
 * Masks secrets in text. Two nets: what was registered, in every form in which it may appear, and what looks like a credential.
 * Every pattern runs in linear time: no nested repeats, and no start inside what an earlier start has already read.
 */
import { Sealed } from '../sealed.ts';

const MASK = '[masked]';
/** Shorter ones would mask ordinary words. */
const SHORTEST = 4;
/** Registered secrets remembered; the oldest is dropped first. */
const REMEMBERED = 500;

export interface Redactor {
  /** From now on this text and its encodings are masked. Texts shorter than 4 characters are not kept. */
  register(secret: Sealed | string): void;
  mask(text: string): string;
}

/** Words whose value is a secret, in keys of JSON, headers, environment variables and queries. */
const NAMES =
  'auth|authorization|proxy-authorization|password|passwd|identitytoken|registrytoken|access_?token|refresh_?token|id_?token|token|' +
  'api_?key|private_?key|secret|client_?secret|routing_?key|aws_secret_access_key|aws_session_token|secret_?access_?key|session_?token|' +
  'signing_?secret|cookie|set-cookie|x-registry-auth|x-vault-token';

const QUERY =
  'x-(?:amz|goog|ms)-[a-z-]{1,40}|sig|signature|se|sp|sv|token|code|key|key-pair-id|policy|expires|access_token|password|secret';

type Pattern = readonly [RegExp, string];

/** What is called a secret, at the end of a longer name too: `PGPASSWORD`, `_authToken`, `DJANGO_SECRET_KEY`. */
const CALLED =
  'password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|signing_?key|encryption_?key|credentials?|(?<![a-z])auth';
/** What somebody else fills in is no secret (`$TOKEN`, `<password>`, `PASSWORD`), nor is what is masked already. */
const VALUE = `["'\\\\]{0,6}(?!\\$|\\*\\*\\*|\\[masked|<|…|PASSWORD(?!\\w))(?:(?:basic|bearer|token|negotiate)\\s{1,4})?[^\\s"'&,;[\\]\\\\]{1,8192}`;

/** Recognised by itself or by what only stands before a value: no name of an image, a file or a person looks like it. */
const SHAPES: readonly Pattern[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASK],
  // "auth": "…", also inside JSON in a string.
  [new RegExp(`(\\\\?["'](?:${NAMES})\\\\?["']\\s{0,4}:\\s{0,4}\\\\?["'])[^"'\\\\]{1,16384}`, 'gi'), `$1${MASK}`],
  // TOKEN=…, export API_TOKEN='…', //registry/:_authToken=…
  [
    new RegExp(
      `((?<![\\w.-])[\\w.-]{0,60}(?:${CALLED})(?:_?(?:key|value|base64|b64|json))?["']?\\s{0,2}=\\s{0,2})${VALUE}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  // password: …
  [
    new RegExp(
      `((?<![\\w.-])[\\w.-]{0,60}(?:password|passwd|passphrase|[a-z]_?secret|secret_?key|api_?key|access_?key|private_?key|[a-z]_?token)["']?:\\s{1,4})${VALUE}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [
    /((?<![a-z])authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:basic|bearer|token|negotiate)\s{1,4})[^\s"',;]{1,8192}/gi,
    `$1${MASK}`,
  ],
  [/((?<![a-z])(?:basic|bearer)\s{1,4})(?=[a-z._~+/=-]{0,64}\d)[a-z0-9._~+/=-]{12,}/gi, `$1${MASK}`],
  // docker login -p …, --token=…, curl -u user:…
  [/(\blogin\b[^\n]{0,200}?\s(?:-p|--password)[ =]["']?)(?![$*[<…])[^\s"']{1,8192}/g, `$1${MASK}`],
  [/(\s--(?:password|passwd|token|secret|api-key|auth-token)[ =]["']?)(?![$*[<…])[^\s"']{1,8192}/g, `$1${MASK}`],
  [/(\s(?:-u|--user)[ =]?["']?[^\s:"'=]{1,100}:)(?![$*[<…]|\d{1,6}(?:\s|$))[^\s"']{1,8192}/g, `$1${MASK}`],
  [/(?<![a-z0-9])(?:xox[a-z](?:\.xox[a-z])?|xapp)-[a-z0-9-]{4,}/gi, MASK],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[a-z0-9/_-]{1,}/gi, `$1${MASK}`],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, MASK],
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, MASK],
  [/(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|dckr_pat_|dckr_oat_)[A-Za-z0-9_-]{10,}/g, MASK],
  [/(:\/\/)[^\s:/@"']{0,256}:[^\s/@"']{1,1024}@/g, `$1${MASK}@`],
  [new RegExp(`([?&](?:${QUERY})=)[^&\\s"'#[\\]]{1,8192}`, 'gi'), `$1${MASK}`],
];

/** Recognised by a word before a colon or a blank: of an image called `auth:1.4` they would take the tag. */
const WORDS: readonly Pattern[] = [
  // Authorization: Bearer …, token:…
  [
    new RegExp(
      `((?<![a-z0-9])(?:${NAMES})\\s{0,4}[:=]\\s{0,4})(?:(?:basic|bearer|token|negotiate)\\s{1,4})?[^\\s"'&,;[\\]]{1,8192}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [/((?<![a-z])(?:basic|bearer)\s{1,4})[a-z0-9._~+/=-]{6,}/gi, `$1${MASK}`],
];

/** An object of JSON in base64 begins so, however it is indented. */
const BASE64_OBJECT = /(?<![A-Za-z0-9+/_-])e[wy][A-Za-z0-9+/_-]{18,}={0,2}/g;

/** A docker config as a Secret holds it; what is no JSON object stays. */
function maskObject(text: string): string {
  return /^\{\s{0,64}["}]/.test(Buffer.from(text.slice(0, 96), 'base64').toString('latin1')) ? MASK : text;
}

/**
 * For texts that people need and that may name images: masks only what has the form of a secret, not what follows a word like
 * `auth`. Gives the text itself where it finds nothing.
 */
export function maskShapes(text: string): string {
  return masked(text, SHAPES);
}

function masked(text: string, patterns: readonly Pattern[]): string {
  const first = text.replace(BASE64_OBJECT, maskObject);
  return patterns.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), first);
}

/**
 * Lines of one text, kept apart: also of a private key that goes over several of them, or whose beginning or end was cut off. `mask`:
 * for each line.
 */
export function maskLines(lines: readonly string[], mask: (line: string) => string): string[] {
  const inKey = keyLines(lines);
  return lines.map((line, at) => (inKey.has(at) ? MASK : mask(line)));
}

function keyLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let open = false;
  for (const [at, line] of lines.entries()) {
    const begins = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/.test(line);
    const ends = /-----END [A-Z ]{0,30}PRIVATE KEY-----/.test(line);
    // It was cut off: what follows is no key any more.
    if (open && !begins && !ends && !isKeyText(line)) open = false;
    // Its beginning is on a line that was not kept: what stands before the end is the key.
    if (ends && !open) for (let before = at - 1; isKeyText(lines[before]); before -= 1) found.add(before);
    open = (open || begins) && !ends;
    if (open || ends) found.add(at);
  }
  return found;
}

/** A line of PEM: nothing but base64, or a header of an old format; a time stamp may stand before it. */
function isKeyText(line: string | undefined): boolean {
  if (line === undefined) return false;
  const text = line.replace(/^\S{0,40}\d\d:\d\d\S{0,40}\s/, '').trim();
  return /^[A-Za-z0-9+/=]{0,76}$/.test(text) || /^(?:Proc-Type|DEK-Info): /.test(text);
}

export function createRedactor(): Redactor {
  const secrets = new Map<string, readonly string[]>();
  let known: RegExp | undefined;

  return {
    register: (secret) => {
      const text = (secret instanceof Sealed ? secret.reveal() : secret).trim();
      if (text.length < SHORTEST || secrets.has(text)) return;
      secrets.set(text, formsOf(text));
      const [oldest] = secrets.keys();
      if (secrets.size > REMEMBERED && oldest !== undefined) secrets.delete(oldest);
      // Longest first, so that no part of a secret is left when another one is its beginning.
      const forms = [...new Set([...secrets.values()].flat())].sort((a, b) => b.length - a.length);
      known = new RegExp(forms.map(escape).join('|'), 'g');
    },
    mask: (text) => {
      const first = known ? text.replace(known, MASK) : text;
      return masked(masked(first, SHAPES), WORDS);
    },
  };
}

/** The ways in which a secret shows up in logs of HTTP, JSON and Kubernetes. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const url = encodeURIComponent(secret);
  return [
    secret,
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((before) => base64Cores(bytes, before)),
  ].filter((form) => form.length >= SHORTEST);
}

/**
 * The characters of a base64 text that come from `secret` alone when `before` bytes (mod 3) stand in front of it, as in
 * `user:password`: the characters at both ends also hold bits of the neighbours and are left out.
 */
function base64Cores(secret: Buffer, before: number): string[] {
  const text = Buffer.concat([Buffer.alloc(before), secret])
    .toString('base64')
    .replace(/=+$/, '');
  const from = before === 0 ? 0 : before + 1;
  const to = text.length - ((before + secret.length) % 3 === 0 ? 0 : 1);
  const core = text.slice(from, to);
  // A short core would match ordinary text.
  return core.length < 6 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Literal text for a regular expression (RegExp.escape needs Node 24). */
function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
