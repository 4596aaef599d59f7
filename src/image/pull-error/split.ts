/** Splits a message into the errors that were joined in it. */

/** One error of a message. */
export interface Part {
  readonly text: string;
  /** A mirror's answer, which the registry's own follows. */
  readonly mirror: boolean;
}

/** How each runtime begins an error; the kubelet joins those of several credentials as `[a, b]`. */
const START =
  /(?:\n\s{0,16}\* )|,\s{0,3}(?=rpc error:|\s{0,2}(?:failed to (?:pull|resolve|copy|authorize)|error response from daemon|initializing source|(?:error )?reading manifest|pinging container|unable to pull|copying system image|(?:head|get) "?https?:))/gi;

/** No real message joins more. */
const MOST = 20;

/** The errors of `text`, in the order in which they happened; one element where nothing is joined. */
export function splitErrors(text: string): readonly Part[] {
  const events = text.includes('\n') ? text.split(EVENT, MOST) : [text];
  return events.flatMap((event) => {
    const { own, mirrors } = withoutMirrors(withoutArtifact(event));
    return [...joined(own).map((one) => ({ text: one, mirror: false })), ...mirrors];
  });
}

/** Lines of a table of events, as kubectl prints it: type, reason, age, who says it, message. */
const EVENT = /\n(?=[^\S\n]{0,40}(?:\S{1,24}[^\S\n]{1,40}){0,6}?(?:warning|normal)[^\S\n]{1,40}[a-z])/i;

function joined(own: string): readonly string[] {
  const open = own.search(/:\s{0,3}\[|^\[|errors? occurred/i);
  if (open < 0) return [own];
  const parts: string[] = [];
  let from = 0;
  for (const match of own.matchAll(START)) {
    if (match.index < open) continue;
    parts.push(own.slice(from, match.index));
    from = match.index + 1;
    if (parts.length === MOST) break;
  }
  parts.push(own.slice(from));
  return parts;
}

/** Never the cause: CRI-O's second attempt, which takes the image for another kind of artifact. */
function withoutArtifact(text: string): string {
  const artifact = text.search(/;? ?artifact err:/i);
  return artifact > 0 ? text.slice(0, artifact) : text;
}

/** containers/image lists the mirrors that failed before the registry itself was asked: `(Mirrors also failed: [a: …] [b: …]): …`. */
function withoutMirrors(text: string): { own: string; mirrors: readonly Part[] } {
  const at = text.search(/\(?Mirrors also failed:/i);
  if (at < 0) return { own: text, mirrors: [] };
  const list = text.slice(at);
  // A person who shortens it leaves the bracket out; the registry's own answer follows all the same.
  const length = list.search(/\]\):\s|\]\)?:?\s{1,8}(?=[a-z]{4})/i);
  // The list is the end: shortened by somebody, and then the mirrors' are the only errors told, or cut in the middle.
  if (length < 0) {
    const whole = /\]\)?[\s"'.)]{0,16}$/.test(list.slice(-24));
    return { own: text.slice(0, at), mirrors: mirrorsOf(list, !whole) };
  }
  return { own: `${text.slice(0, at)}${list.slice(length + 3)}`, mirrors: mirrorsOf(list.slice(0, length), true) };
}

function mirrorsOf(list: string, mirror: boolean): readonly Part[] {
  return list.split(/\]\s{0,4}\[/, MOST).map((one) => ({ text: one, mirror }));
}
