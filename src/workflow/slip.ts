/** Is one name the other one, mistyped? */

/** One letter more, less, other or swapped with its neighbour; in long names two. */
export function isSlip(left: string, right: string): boolean {
  const most = Math.min(left.length, right.length) >= 10 ? 2 : 1;
  if (Math.min(left.length, right.length) < 3 || Math.abs(left.length - right.length) > most) return false;
  let last: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      const swap = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] ? (last[j - 2] ?? 99) + 1 : 99;
      next.push(Math.min((row[j] ?? 99) + 1, (next[j - 1] ?? 99) + 1, (row[j - 1] ?? 99) + cost, swap));
    }
    last = row;
    row = next;
  }
  return (row[right.length] ?? 99) <= most;
}
