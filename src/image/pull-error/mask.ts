/**
 * Takes names out of a message before its words are read: a tag may be `500`, a repository `denied`, a digest hold 429.
 * What remains of a URL is what it was for, because that tells how far the pull came.
 */

/** What a URL was asked for. */
type Purpose = 'token' | 'manifest' | 'blob' | 'ping' | 'url';

/** One error of a message, ready for the rules. */
export interface Masked {
  /** Lower case, names replaced by `‹…›`. */
  readonly text: string;
  /** Hosts of the URLs that were asked, in order, as written. */
  readonly urls: readonly { readonly host: string; readonly purpose: Purpose }[];
  /** The HTTP status that the registry, mirror or token server answered; null when none is told. */
  readonly status: number | null;
}

/** Its quotes belong to it; Go has written them since 1.14. */
const URL_LIKE = /"?https?:\/\/[^\s"'`]{1,4096}"?/gi;
/** What stands before an address that was asked; others are pages to read (`visit https://…`, `upgrading: https://…`). */
const REQUESTED =
  /\b(?:get|head|post|put|endpoint|registry|server|code|status|content at|from|request to|mirror|url)\W{0,4}$/i;
/** A quoted word after a plain word: `image "x"`, `secret "y"`; JSON values follow a colon or brace and stay. */
const QUOTED_NAME = /(\w )"[^\s"]{0,1024}"/g;
const QUOTED_ANY = /"[^\s"]{1,1024}"/g;
const BRACKETED_TAG = /\[manifests [^\]\s]{1,512}\]/g;
const NAMED_TAG = /\b(reading manifest|manifest|reading config|tag) [^\s:]{1,256} in /g;
/** What ends a word; one that is longer than any name is cut. */
const ENDS = new Uint8Array(128);
for (const char of ' "\'`{}[](),;=<>|') ENDS[char.charCodeAt(0)] = 1;
const LONGEST_WORD = 2048;

/** Words with a slash, colon or dot that are part of an error's own text. */
const PLAIN =
  /^(?:i\/o|net\/http|archive\/tar|compress\/\w+|text\/\w+|username\/password|user\/password|read\/write|input\/output|client\.timeout|os\/arch|x509|http\/[12](?:\.\d)?|and\/or)$/;
const MEDIA_TYPE = /^(?:application|text)\/[\w.+-]*$/;
const PLATFORM = /^(?:linux|windows|darwin|freebsd)\/[\w/.]+$/;
const STATUS_WORD = /^(?:status|code|statuscode|error|http|init):/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:->[\d.:]+)?$/;
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d+)?$/;

const REASONS =
  'bad request|unauthorized|payment required|forbidden|not found|method not allowed|proxy authentication|request timeout|conflict|gone|precondition failed|too many requests|unavailable for legal|internal server|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time';
const STATUS_BY_REASON = new RegExp(`(?<![\\w-])([45]\\d\\d):? \\(?(?:${REASONS})`);
const STATUS_BY_NAME =
  /(?:status ?code|http status|unexpected status|status|(?:http|error|response|with|returned|got) code|server error:|http)\W{0,6}(?:from registry |from [a-z]{3,7} request to )?(?:‹\w+›\W{0,3})?([45]\d\d)\b/;
const STATUS_IN_BRACKETS = /\(([45]\d\d)\)/;
/** Old containerd in a log cut after the code: `‹manifest›: 403 F`. */
const STATUS_AFTER_URL = /‹(?:token|manifest|blob|ping|url)›: ([45]\d\d)\b/;

/** Masks one error. Linear in its length. */
export function mask(error: string): Masked {
  const { text: asked, urls } = withoutUrls(error);
  const flat = asked
    .toLowerCase()
    .replace(/\s{2,}|[^\S ]/g, ' ')
    .replace(/› :/g, '›:');
  const named = withoutTags(flat);
  const text = withoutNames(named.includes('"') ? withoutQuoted(named) : named);
  return { text, urls, status: statusOf(text) };
}

function withoutUrls(error: string): { text: string; urls: Masked['urls'] } {
  if (!error.includes('://')) return { text: error, urls: [] };
  const urls: { host: string; purpose: Purpose }[] = [];
  const text = error.replace(URL_LIKE, (quoted, at: number) => {
    const url = quoted.replaceAll('"', '');
    const host = hostOf(url);
    const purpose = purposeOf(url.toLowerCase());
    if (purpose !== 'url' || REQUESTED.test(error.slice(Math.max(0, at - 24), at))) urls.push({ host, purpose });
    return ` ‹${purpose}›${/[:,)]+$/.exec(url.slice(-4))?.[0] ?? ''} `;
  });
  return { text, urls };
}

function withoutTags(text: string): string {
  const told = text.includes('[manifests ') ? text.replace(BRACKETED_TAG, '‹manifest›') : text;
  return told.includes(' in ') ? told.replace(NAMED_TAG, '$1 ‹tag› in ') : told;
}

function withoutQuoted(text: string): string {
  return text
    .replace(QUOTED_NAME, (quoted: string, before: string, at: number) =>
      quoted.endsWith('policy.json"')
        ? `${before}‹policy›`
        : `${before}${isSigner(text, quoted, at) ? '‹signer›' : '‹ref›'}`,
    )
    .replace(QUOTED_ANY, (quoted) => (/[/:@.]/.test(quoted) && !PLAIN.test(quoted.slice(1, -1)) ? '‹ref›' : quoted));
}

/** A webhook of the cluster whose own name tells that it looks at signatures: `admission webhook "policy.sigstore.dev"`. */
function isSigner(text: string, quoted: string, at: number): boolean {
  return (
    text.slice(Math.max(0, at - 6), at + 1) === 'webhook' &&
    /sigstore|cosign|signature|notation|notary|connaisseur|ratify/.test(quoted)
  );
}

/** Only a word with a slash, a dot or a colon can be a name; `text` has no white space but spaces. */
function withoutNames(text: string): string {
  let out = '';
  let copied = 0;
  let start = 0;
  let name = false;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    const ends = ENDS[code] === 1;
    if (!ends && at - start < LONGEST_WORD) {
      name ||= inName(code);
      continue;
    }
    if (name) {
      out += text.slice(copied, start) + maskWord(text.slice(start, at));
      copied = at;
    }
    start = ends ? at + 1 : at;
    name = !ends && inName(code);
  }
  return out + text.slice(copied);
}

/** A dot, a slash or a colon. */
function inName(code: number): boolean {
  return code === 46 || code === 47 || code === 58;
}

/** What a word stands for, first match first. */
const NAMES: readonly (readonly [string, (word: string) => boolean])[] = [
  ['ref', (word) => /sha(?:256|512):/.test(word) && word.includes('/')],
  ['digest', (word) => /sha(?:256|512):/.test(word)],
  ['sock', (word) => word.endsWith('.sock') || word.startsWith('unix:')],
  ['policy', (word) => word.endsWith('policy.json')],
  // What the runtimes keep for a registry's TLS.
  ['cert', (word) => word.startsWith('/') && word.includes('/certs.d/')],
  ['path', (word) => word.startsWith('/')],
  ['addr', (word) => ADDRESS.test(word)],
  ['ref', (word) => word.includes('/')],
  ['ref', (word) => /^[\w.-]+:[\w.-]+$/.test(word) && !STATUS_WORD.test(word)],
  ['host', (word) => word.length <= 260 && DOMAIN.test(word)],
];

function maskWord(word: string): string {
  if (!/[/:.]/.test(word) || word.includes('‹')) return word;
  const bare = word.replace(/[:.!?]{1,3}$/, '');
  if (PLAIN.test(bare) || MEDIA_TYPE.test(bare) || PLATFORM.test(bare)) return word;
  const name = NAMES.find(([, is]) => is(bare))?.[0];
  return name === undefined ? word : `‹${name}›${word.slice(bare.length)}`;
}

function hostOf(url: string): string {
  const start = url.indexOf('://') + 3;
  const end = url.slice(start).search(/[/?#]/);
  return (end < 0 ? url.slice(start) : url.slice(start, start + end)).replace(/[:,)]+$/, '');
}

const PURPOSES: readonly (readonly [Purpose, readonly string[]])[] = [
  ['blob', ['/blobs/', '/layers/', 'x-amz-', '/containers/images/sha256', 'blob.core.windows', 'starport-layer']],
  ['manifest', ['/manifests/']],
  ['token', ['/token', '/jwt/auth', '/oauth2/', '/service/token', 'scope=repository', '//api.ecr']],
  ['blob', ['storage.googleapis.com', 'cloudfront.net', 'cloudflare', 's3.', '.s3-', 'r2.cloudflarestorage', '/cdn']],
];

function purposeOf(url: string): Purpose {
  const found = PURPOSES.find(([, parts]) => parts.some((part) => url.includes(part)));
  if (found) return found[0];
  return /\/v[0-2]\/?(?:_ping)?[:,)]?$/.test(url.slice(-12)) ? 'ping' : 'url';
}

function statusOf(text: string): number | null {
  if (!/[45]\d\d/.test(text)) return null;
  for (const pattern of [STATUS_AFTER_URL, STATUS_BY_NAME, STATUS_BY_REASON, STATUS_IN_BRACKETS]) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found);
  }
  return null;
}
