/**
 * The runner masks secrets that it knows; what a script makes of them (a token in a URL, a key that was read from a file) slips
 * through. Every pattern runs in linear time.
 */

const MASK = '***';
const NAMES =
  'auth|authorization|password|passwd|pwd|token|access_?token|refresh_?token|id_?token|api_?key|private_?key|secret|client_?secret|' +
  'secret_?access_?key|session_?token|credentials?|cookie';

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8192}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASK],
  [
    new RegExp(
      `((?<![a-z0-9])(?:${NAMES})["']?\\s{0,4}[:=]\\s{0,4}["']?)(?:(?:basic|bearer)\\s{1,4})?[^\\s"'&,;]{1,8192}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [/((?<![a-z])(?:basic|bearer)\s{1,4})[a-z0-9._~+/=-]{6,}/gi, `$1${MASK}`],
  [/((?:--password|--token|-p)[ =])[^\s"']{1,8192}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|dckr_pat_|dckr_oat_|xox[a-z]-|xapp-)[A-Za-z0-9_-]{6,}/g, MASK],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, MASK],
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, MASK],
  [/(:\/\/)[^\s:/@"']{0,256}:[^\s/@"']{1,1024}@/g, `$1${MASK}@`],
  [/(https?:\/\/[^\s?"'#]{1,2048})\?[^\s"']{1,8192}/g, '$1'],
];
/** Long, with capitals, small letters and digits: a key. Digests and commits have no capitals. */
const KEY = /[A-Za-z0-9+_=-]{32,}/g;
const SECRET_NAME = /(?:^|[_-])(?:token|secret|password|passwd|pwd|auth|key|credentials?|pat)(?:$|[_-])/i;

/** Text without anything that looks like a secret. */
export function withoutSecrets(text: string): string {
  const masked = PATTERNS.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), text);
  return masked.replaceAll(KEY, (word) => (/[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) ? MASK : word));
}

/** A variable's value; of one that is called like a secret only whether it is empty. */
export function valueWithoutSecrets(name: string, value: string): string {
  if (value !== '' && SECRET_NAME.test(name)) return MASK;
  return withoutSecrets(value);
}
