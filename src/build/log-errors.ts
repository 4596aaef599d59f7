/** What went wrong in a job, in the log's own words. */
import type { LogLine } from './log-line.ts';
import { withoutSecrets } from './log-mask.ts';

const MOST = 20;
const LONGEST = 500;
/** Lines remembered before an error, and told of them. */
const REMEMBERED = 14;
const TOLD = 3;

/** An error that is only a number: `Process completed with exit code 1.`, `buildx failed with: … exit code: 1`. The words stand before it. */
const BARE = /\bexit (?:code|status):? \d{1,3}\.?\s*$/i;
/** BuildKit repeats the output of the step that failed under such a head. */
const REPEATED = /^\s*> (?:\[[^\]]{1,200}\] )?\S/;
/** Rules, the lines of the Dockerfile that BuildKit quotes, and npm's last word, which names a file on the runner. */
const NOISE =
  /^-{4,}$|^\s*\d{1,5} \|(?: |$)|^(?:[\w./-]*Dockerfile[\w.-]*|[\w./-]+\.Dockerfile):\d{1,5}$|^$|complete log of this run|^npm (?:error|ERR!)\s*$/i;
const TELLING =
  /\b(?:error|err!|fail(?:ed|ure|s)?|fatal|denied|forbidden|unauthorized|not found|cannot|can't|unable|no such|panic|exception|missing|undefined|refused|timed? ?out)\b/i;

export interface ErrorTail {
  read(line: LogLine): void;
  all(): readonly string[];
}

export function makeErrorTail(): ErrorTail {
  const errors: string[] = [];
  let before: string[] = [];
  const add = (text: string) => {
    const line = withoutSecrets(text.slice(0, 8192).trim()).slice(0, LONGEST);
    if (line !== '' && errors.length < MOST && !errors.includes(line)) errors.push(line);
  };
  return {
    read: ({ text }) => {
      const error = /^##\[error\](.*)$/.exec(text)?.[1];
      if (error === undefined) {
        if (REPEATED.test(text)) {
          before = [];
          return;
        }
        const said = text.slice(0, 8192).replace(/^(?:#\d{1,4} )?\d{1,6}\.\d{1,4} /, '');
        if (!NOISE.test(said.trim()) && !text.startsWith('##[')) before.push(said);
        if (before.length > REMEMBERED) before.shift();
        return;
      }
      if (BARE.test(error)) for (const line of lastWords(before)) if (!error.includes(line.trim())) add(line);
      before = [];
      add(error);
    },
    all: () => errors,
  };
}

/** Those that speak of a failure, filled up with what stands last; in their order. */
function lastWords(lines: readonly string[]): readonly string[] {
  const own = lines.filter((line) => !BARE.test(line));
  const telling = own.filter((line) => TELLING.test(line)).slice(0, TOLD);
  const room = TOLD - telling.length;
  const others = own.filter((line) => !telling.includes(line));
  const rest = room === 0 ? [] : others.slice(-room);
  return own.filter((line) => telling.includes(line) || rest.includes(line));
}

/** The sentence for a thread out of a job's errors: the first two that tell something, and the one that only counts behind them. */
export function errorWords(errors: readonly string[]): string | undefined {
  const words = errors.filter((line) => !BARE.test(line));
  const telling = words.filter((line) => TELLING.test(line)).slice(0, 2);
  const last = telling.length === 0 ? words.slice(-1) : telling;
  const counted = errors.find((line) => BARE.test(line) && !/^Process completed with/i.test(line));
  const said = [...last, ...(counted === undefined ? [] : [counted])];
  return said.length === 0 ? errors[0] : said.join('; ');
}
