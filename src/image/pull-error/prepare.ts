/** Brings a pull message into one form, whoever relayed it: length, escaping, wrappers that carry no cause. */

import { errorOf } from './log-line.ts';

/** No real message is longer; the head names the image and the tail the cause, so the middle is what goes. */
const MAX = 16_384;
const TAIL = 4096;

/** Wrappers of tools that relay the daemon's answer, each behind a word that it always has. Their status is the daemon's own, not the registry's. */
const WRAPPERS: readonly (readonly [string, RegExp])[] = [
  ['api error', /api error \(\d{3}\)?:?/gi],
  ['http code', /\(http code \d{3}\)? ?(?:server error|unexpected|[a-z ]{1,30} -|[a-z ]{0,30}$)(?: -)?/gi],
  ['http+docker', /\b\d{3} (?:server|client) error for http\+docker:\/\/\S{1,500} [a-z ]{1,30} \(/gi],
  // containers/image asks which format the manifest has; whatever went wrong meanwhile stands behind.
  ['determining manifest', /determining manifest mime type(?: fo?r?)?/gi],
  // BuildKit puts the code without those words; it is the class of the error behind it.
  [
    'failed to solve',
    /(?<=failed to solve: )(?:unknown|canceled|deadlineexceeded|notfound|unavailable|internal|failedprecondition|permissiondenied|unauthenticated|unimplemented|resourceexhausted|aborted): /gi,
  ],
  ['desc', /(?:rpc error:\s{0,16})?\bcode =? ?\w{1,40}\s{1,16}desc(?: =)?/gi],
];

/** Cut inside the wrapper itself: `code = NotFound` is the runtime's class of error, not the registry's answer. An error had begun. */
const CUT_WRAPPER =
  /rpc error:\s{0,16}(?:code =? ?\w{0,40} {0,4}(?:de?s?c?)?|notfound|unknown|internal|unavailable|failedprecondition|permissiondenied)[\s.…"'=)]{0,8}$/im;

/** What kubectl and YAML put behind a message: how often it came, and its reason. */
const COUNT = / {1,4}\(x\d{1,9} over [\dydhms.]{1,16}\)/gi;
const YAML_REASON = /['"]?\s{0,8}\n\s{0,40}reason: \w{1,60}\s{0,8}$/;
const YAML_MESSAGE = /^[\s-]{0,40}message: '/;

/** Marks of a page that shows a message. */
const ENTITY = /&(quot|#34|#x22|#39|#x27|apos|lt|gt|amp);/gi;
const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['#34', '"'],
  ['#x22', '"'],
  ['#39', "'"],
  ['#x27', "'"],
  ['apos', "'"],
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
]);

/** A line that goes on: it begins neither another event (type, reason, age, who says it) nor another error of a list. */
const WRAPPED =
  /\s{0,8}\n[^\S\n]{0,80}(?![^\S\n])(?!\* )(?!(?:\S{1,24}[^\S\n]{1,40}){0,6}?(?:warning|normal)[^\S\n]{1,40}[a-z])/gi;

/** A terminal's frame around a wrapped line: the text goes on behind it, in the middle of a word or not. */
const FRAME = / ?[│┃]\s{0,4}\n\s{0,4}[│┃] ?/g;

/** `user:password@` before a host: a proxy's or a registry's address may carry it, and it must not come out as part of the host. */
const LOGIN = /(?<=[/"'\s]|^)[^\s"'/@:]{1,256}:[^\s"'/@]{1,1024}@(?!sha\d+:)(?=[a-z0-9[])/gi;

/** What is read of a message: at most 16 KiB, unescaped, on one line, without the wrappers. */
export function prepare(message: string): string {
  const capped = message.length > MAX ? `${message.slice(0, MAX - TAIL)} ${message.slice(-TAIL)}` : message;
  const told = errorOf(plain(capped));
  let text = told.includes('\\') ? unescape(told) : told;
  if (/[│┃]/.test(text)) text = text.replace(FRAME, '');
  if (/ over /i.test(text)) text = text.replace(COUNT, '');
  if (text.includes('\n')) text = lines(text);
  const lower = text.toLowerCase();
  if (lower.includes('rpc error')) text = text.replace(CUT_WRAPPER, ' ‹cut›');
  for (const [word, wrapper] of WRAPPERS) if (lower.includes(word)) text = text.replace(wrapper, ' ');
  if (lower.includes('@')) text = text.replace(LOGIN, '');
  return text;
}

/** A page's marks and a writer's quotes as they were typed. */
function plain(text: string): string {
  const quoted = text.replace(/[\u201c\u201d]/g, '"');
  return quoted.includes('&')
    ? quoted.replace(ENTITY, (mark, name: string) => CHARACTERS.get(name.toLowerCase()) ?? mark)
    : quoted;
}

/** One error on one line: what a terminal, a manifest or a person has wrapped goes on. */
function lines(text: string): string {
  const message = text.replace(YAML_REASON, '');
  return (YAML_MESSAGE.test(message) ? message.replaceAll("''", "'") : message).replace(WRAPPED, ' ');
}

/** Logs and JSON quote a message several times over: `\\\"` is a quote, `\\n` a line break. */
function unescape(text: string): string {
  return text
    .replace(/\\{1,8}u00(2[267]|3[ce])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\{1,8}(["'])/g, '$1')
    .replace(/\\{1,8}[nrt]/g, '\n');
}
