/** Damages a text in a way that the seed decides: cut, doubled, swapped or foreign pieces. */
const PIECES = [
  '${{',
  '}}',
  "'",
  '"',
  '\t',
  '- ',
  ': ',
  '|\n',
  '&a',
  '*a',
  '<<: *a',
  '\u0000',
  '\r',
  'needs.',
  '$(',
  '>> $GITHUB_OUTPUT',
  '((((',
  '[[',
  '{',
  '!!binary ',
];

export function mutate(text: string, seed: number): string {
  let state = seed * 2_654_435_761 + 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return below === 0 ? 0 : state % below;
  };
  let out = text;
  for (let times = 1 + next(4); times > 0; times -= 1) {
    const at = next(out.length + 1);
    const length = next(200);
    const kind = next(4);
    if (kind === 0) out = out.slice(0, at) + out.slice(at + length);
    else if (kind === 1) out = out.slice(0, at) + out.slice(at, at + length) + out.slice(at);
    else if (kind === 2) out = out.slice(0, at) + (PIECES[next(PIECES.length)] ?? '') + out.slice(at);
    else out = out.slice(0, at) + out.slice(next(out.length), next(out.length)) + out.slice(at);
  }
  return out;
}
