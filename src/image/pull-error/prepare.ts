/** Brings a pull message into one form, whoever relayed it: length, escaping, wrappers that carry no cause. */

/** No real message is longer; the head names the image and the tail the cause, so the middle is what goes. */
const MAX = 16_384;
const TAIL = 4096;

/** Wrappers of tools that relay the daemon's answer, each behind a word that it always has. Their status is the daemon's own, not the registry's. */
const WRAPPERS: readonly (readonly [string, RegExp])[] = [
  ['api error', /api error \(\d{3}\)?:?/gi],
  ['http code', /\(http code \d{3}\)? ?(?:server error|unexpected|[a-z ]{1,30} -|[a-z ]{0,30}$)(?: -)?/gi],
  ['http+docker', /\b\d{3} (?:server|client) error for http\+docker:\/\/\S{1,500} [a-z ]{1,30} \(/gi],
  // containers/image asks which format the manifest has; whatever went wrong meanwhile stands behind.
  ['determining manifest', /determining manifest mime type for/gi],
  // BuildKit puts the code without those words; it is the class of the error behind it.
  [
    'failed to solve',
    /(?<=failed to solve: )(?:unknown|canceled|deadlineexceeded|notfound|unavailable|internal|failedprecondition|permissiondenied|unauthenticated|unimplemented|resourceexhausted|aborted): /gi,
  ],
  ['desc', /(?:rpc error:\s{0,16})?\bcode =? ?\w{1,40}\s{1,16}desc(?: =)?/gi],
];

/** Cut inside the wrapper itself: `code = NotFound` is the runtime's class of error, not the registry's answer. An error had begun. */
const CUT_WRAPPER = /rpc error:\s{0,16}code =? ?\w{0,40} {0,4}(?:de?s?)?[\s.…"')]{0,8}$/i;

/** A terminal's frame around a wrapped line: the text goes on behind it, in the middle of a word or not. */
const FRAME = / ?[│┃]\s{0,4}\n\s{0,4}[│┃] ?/g;

/** `user:password@` before a host: a proxy's or a registry's address may carry it, and it must not come out as part of the host. */
const LOGIN = /(?<=[/"'\s]|^)[^\s"'/@:]{1,256}:[^\s"'/@]{1,1024}@(?!sha\d+:)(?=[a-z0-9[])/gi;

/** What is read of a message: at most 16 KiB, unescaped, on one line, without the wrappers. */
export function prepare(message: string): string {
  const capped = message.length > MAX ? `${message.slice(0, MAX - TAIL)} ${message.slice(-TAIL)}` : message;
  let text = capped.includes('\\') ? unescape(capped) : capped;
  if (/[│┃]/.test(text)) text = text.replace(FRAME, '');
  const lower = text.toLowerCase();
  for (const [word, wrapper] of WRAPPERS) if (lower.includes(word)) text = text.replace(wrapper, ' ');
  if (lower.includes('rpc error')) text = text.replace(CUT_WRAPPER, ' ‹cut›');
  if (lower.includes('@')) text = text.replace(LOGIN, '');
  return text.replace(/[\u201c\u201d]/g, '"');
}

/** Logs and JSON quote a message several times over: `\\\"` is a quote, `\\n` a line break. */
function unescape(text: string): string {
  return text
    .replace(/\\{1,8}u00(2[267]|3[ce])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\{1,8}(["'])/g, '$1')
    .replace(/\\{1,8}[nrt]/g, '\n');
}
