/** What went wrong in a job, in the log's own words. */
import type { LogLine } from './log-line.ts';
import { withoutSecrets } from './log-mask.ts';

const MOST = 20;
const LONGEST = 500;

export interface ErrorTail {
  read(line: LogLine): void;
  all(): readonly string[];
}

export function makeErrorTail(): ErrorTail {
  const errors: string[] = [];
  const before: string[] = [];
  const add = (text: string) => {
    const line = withoutSecrets(text.slice(0, 8192).trim()).slice(0, LONGEST);
    if (line !== '' && errors.length < MOST && !errors.includes(line)) errors.push(line);
  };
  return {
    read: ({ text }) => {
      const error = /^##\[error\](.*)$/.exec(text)?.[1];
      if (error === undefined) {
        if (text.trim() !== '' && !text.startsWith('##[')) before.push(text);
        if (before.length > 3) before.shift();
        return;
      }
      // `Process completed with exit code 1.` tells nothing; the program's last words do.
      if (error.startsWith('Process completed with exit code')) before.forEach(add);
      before.length = 0;
      add(error);
    },
    all: () => errors,
  };
}
