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

/** Pattern and what stays of it. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASK],
  // "auth": "…", also inside JSON in a string.
  [new RegExp(`(\\\\?["'](?:${NAMES})\\\\?["']\\s{0,4}:\\s{0,4}\\\\?["'])[^"'\\\\]{1,16384}`, 'gi'), `$1${MASK}`],
  // Authorization: Bearer …, TOKEN=…
  [
    new RegExp(
      `((?<![a-z0-9])(?:${NAMES})\\s{0,4}[:=]\\s{0,4})(?:(?:basic|bearer|token|negotiate)\\s{1,4})?[^\\s"'&,;[\\]]{1,8192}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [/((?<![a-z])(?:basic|bearer)\s{1,4})[a-z0-9._~+/=-]{6,}/gi, `$1${MASK}`],
  [/(?<![a-z0-9])(?:xox[a-z](?:\.xox[a-z])?|xapp)-[a-z0-9-]{4,}/gi, MASK],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[a-z0-9/_-]{1,}/gi, `$1${MASK}`],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, MASK],
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, MASK],
  [/(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|dckr_pat_|dckr_oat_)[A-Za-z0-9_-]{10,}/g, MASK],
  [/(:\/\/)[^\s:/@"']{0,256}:[^\s/@"']{1,1024}@/g, `$1${MASK}@`],
  [new RegExp(`([?&](?:${QUERY})=)[^&\\s"'#[\\]]{1,8192}`, 'gi'), `$1${MASK}`],
];

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
      return PATTERNS.reduce((masked, [pattern, kept]) => masked.replace(pattern, kept), first);
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
