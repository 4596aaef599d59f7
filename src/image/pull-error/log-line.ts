/** Log lines with fields (klog, logfmt, JSON): the error and what the line says of it; the other fields hold paths, pods and times. */

/** A log line in a log line in a shipper's JSON: no real one goes deeper. */
const DEPTH = 3;

const ERROR_FIELD = /(?<=[\s{,])(?:err|error)=(?=")|"(?:err|error)": ?(?=")/i;
/** A JSON line is a log's when it says when or how grave; a registry's answer has an `error` too. */
const LOGGED = /"(?:level|ts|time|timestamp|caller)": ?["\d]/i;
/** What a mirror answered, as its own log has it. */
const STATUS_FIELD = /"status": ?([45]\d\d)\b/i;
const MESSAGE_FIELD = /"(?:msg|message)": ?(?=")/i;
const SHIPPED = /^\s{0,8}\{"(?:log|message|msg)": ?(?="[A-Z]\d{4} |"[A-Z][a-z]{2} |"time=)/;
/** A quoted value, or its beginning where the line was cut. */
const VALUE = /"((?:[^"\\]|\\.)*)(?:"(?=[\s,})]|$)|\\?$)/y;
/** The fields behind an error; of these only the image says something about the pull. */
const FIELDS = /(?: [a-z]\w{0,40}=(?:"(?:[^"\\]|\\.)*"|[^\s"]+))+(?=\s|$)/iy;
const IMAGE_FIELD = /\bimage="[^"]*"/;

/** containerd's fields of what it fetches, behind its warning that it does not know the type: no cause. */
const FETCHED = / (?:mediatype|digest|size)=(?:"[^"]{0,200}"|[^\s"]{1,200})/gi;

/** The text without a log's other fields; as it is where it is no such line. */
export function errorOf(text: string): string {
  let line = / mediatype=/i.test(text) ? text.replace(FETCHED, '') : text;
  for (let level = 0; level < DEPTH; level += 1) {
    // Quoted as a whole: the quotes of its own fields are a level deeper.
    for (let quoted = 0; quoted < DEPTH && line.includes('\\"') && !/(?<!\\)"/.test(line); quoted += 1) {
      line = unquoted(line);
    }
    const inner = inside(line);
    if (inner === null) return line;
    line = inner;
  }
  return line;
}

function inside(line: string): string | null {
  const field = ERROR_FIELD.exec(line);
  if (field === null) return shipped(line);
  const json = field[0].startsWith('"');
  if (json && !LOGGED.test(line)) return null;
  const value = quotedAt(line, field.index + field[0].length);
  if (value === null) return null;
  if (json) {
    const said = MESSAGE_FIELD.exec(line);
    const message = said === null ? null : quotedAt(line, said.index + said[0].length);
    const open = line.indexOf('{');
    const status = STATUS_FIELD.exec(line)?.[1];
    const before = `${open >= 0 && open < field.index ? line.slice(0, open) : ''}${status === undefined ? '' : `status ${status}: `}`;
    return message === null ? `${before}${value.text}` : `${before}${message.text}: ${value.text}`;
  }
  FIELDS.lastIndex = value.end;
  const fields = FIELDS.exec(line)?.[0] ?? '';
  const image = IMAGE_FIELD.exec(fields)?.[0];
  const before = line.slice(0, field.index).trimEnd();
  return `${image === undefined ? '' : `${image} `}${before}: ${value.text}${line.slice(value.end + fields.length)}`;
}

/** A container's log line as a shipper stores it: the line is one field. */
function shipped(line: string): string | null {
  const said = SHIPPED.exec(line);
  return said === null ? null : (quotedAt(line, said.index + said[0].length)?.text ?? null);
}

/** The quoted value that begins at `at`, one level of escaping taken off; null where its quotes are not a value's. */
function quotedAt(line: string, at: number): { text: string; end: number } | null {
  VALUE.lastIndex = at;
  const found = VALUE.exec(line);
  if (found === null) return null;
  return { text: unquoted(found[1] ?? ''), end: VALUE.lastIndex };
}

function unquoted(text: string): string {
  return text.replace(/\\(["'\\nrt])/g, (_, char: string) => ESCAPED.get(char) ?? char);
}

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
