/** A terminal that is a pipe without colour, and keeps what is written to it. */
import type { Terminal } from '../../src/adapters/terminal/program.ts';

interface Written {
  out: string;
  err: string;
}

export function plainTerminal(): { readonly written: Written; readonly terminal: Terminal } {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    colour: false,
    version: '1.2.3',
    classify: async () => {},
  };
  return { written, terminal };
}
