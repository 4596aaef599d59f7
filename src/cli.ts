/** The command line's entry: real streams around `runProgram`. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runProgram, type Terminal } from './adapters/terminal/program.ts';
import { wantsColour } from './adapters/terminal/style.ts';
import { classifyLines } from './image/classify-lines.ts';
import { makeCommands } from './wire/commands.ts';

let badLine = false;
const version = versionOf(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY,
  columns: process.stdout.columns,
  errIsTerminal: process.stderr.isTTY,
  colour: wantsColour(),
  version,
  async classify() {
    const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    for await (const { text, ok } of classifyLines(lines)) {
      badLine ||= !ok;
      if (!process.stdout.write(`${text}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  },
};

/** A pipe that was closed early (`| head`) is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

const exit = await runProgram(process.argv.slice(2), makeCommands(version), terminal);
process.exitCode = badLine ? 2 : exit;
// Idle keep-alive connections must not hold the prompt; what was written is flushed first.
process.stdout.write('', () => process.exit());

function versionOf(text: string): string {
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '0.0.0';
}
