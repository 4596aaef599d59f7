/** Splits a message into the errors that were joined in it. */

/** How each runtime begins an error; the kubelet joins those of several credentials as `[a, b]`. */
const START =
  /(?:\n\s{0,16}\* )|,\s{0,3}(?=rpc error:|\s{0,2}(?:failed to (?:pull|resolve|copy|authorize)|error response from daemon|initializing source|(?:error )?reading manifest|pinging container|unable to pull|copying system image|(?:head|get) "?https?:))/gi;

/** The errors of `text`, in the order in which they happened; one element where nothing is joined. */
export function splitErrors(text: string): readonly string[] {
  const own = withoutNoise(text);
  const open = own.search(/:\s{0,3}\[|^\[|errors? occurred/);
  if (open < 0) return [own];
  const parts: string[] = [];
  let from = 0;
  for (const match of own.matchAll(START)) {
    if (match.index < open) continue;
    parts.push(own.slice(from, match.index));
    from = match.index + 1;
    if (parts.length === 20) break;
  }
  parts.push(own.slice(from));
  return parts;
}

/**
 * Two additions that never are the cause: CRI-O's second attempt, which takes the image for another kind of artifact, and the
 * list of mirrors that failed before the registry itself was asked.
 */
function withoutNoise(text: string): string {
  const artifact = text.search(/;? ?artifact err:/i);
  const own = artifact > 0 ? text.slice(0, artifact) : text;
  const mirrors = own.search(/\(Mirrors also failed:/i);
  if (mirrors < 0) return own;
  const end = own.indexOf(']): ', mirrors);
  // Cut inside the list: what the registry itself said is gone.
  return end < 0 ? own.slice(0, mirrors) : `${own.slice(0, mirrors)}${own.slice(end + 4)}`;
}
