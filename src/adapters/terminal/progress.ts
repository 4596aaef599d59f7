/** Progress of a runbook: live on a terminal (stderr), plain lines otherwise, nothing with `-o json`. */
import { Listr, ListrLogger, type ListrLoggerOptions, ProcessOutput } from 'listr2';
import type { StepProgress } from '../../runbook/runbook.ts';
import { renderStep } from './render-diagnosis.ts';
import { printableDeep, type Style } from './style.ts';

export interface Progress {
  update(steps: readonly StepProgress[]): void;
  /** Ends the live display; resolves when the terminal is quiet. */
  end(): Promise<void>;
}

export const silentProgress: Progress = { update: () => {}, end: async () => {} };

type Ended = Extract<StepProgress['status'], 'passed' | 'failed' | 'inconclusive' | 'skipped'>;

function isEnded(status: StepProgress['status']): status is Ended {
  return status !== 'pending' && status !== 'running';
}

/** One line a step when it ends. */
export function plainProgress(write: (line: string) => void, style: Style): Progress {
  const told = new Set<string>();
  return {
    update(steps) {
      for (const step of printableDeep(steps)) {
        if (!isEnded(step.status) || told.has(step.id)) continue;
        told.add(step.id);
        write(renderStep({ ...step, status: step.status, command: '' }, style));
      }
    },
    end: async () => {},
  };
}

/** Listr writes to stdout by itself; results go there, so progress does not. */
class StderrLogger extends ListrLogger {
  constructor(options?: ListrLoggerOptions<string>) {
    super({ ...options, processOutput: new ProcessOutput(process.stderr, process.stderr) });
  }
}

/** A spinner a step, on stderr so that stdout stays clean. `passing`: it goes when all have ended, because the report says them again. */
export function liveProgress(style: Style, passing: boolean): Progress {
  const waiting = new Map<string, (step: StepProgress) => void>();
  let shown: Promise<unknown> | undefined;
  function start(steps: readonly StepProgress[]): void {
    const tasks = steps.map((step) => {
      const ended = new Promise<StepProgress>((resolve) => waiting.set(step.id, resolve));
      return {
        title: step.title,
        task: async (_context: unknown, task: { title: string }) => {
          const last = await ended;
          if (isEnded(last.status))
            task.title = renderStep({ ...last, status: last.status, command: '' }, style).trimStart();
        },
      };
    });
    shown = new Listr(tasks, {
      concurrent: true,
      rendererOptions: { clearOutput: passing, icon: { COMPLETED: ' ' }, logger: new StderrLogger() },
    }).run();
  }
  return {
    update(steps) {
      if (!shown && steps.length > 0) start(steps);
      for (const step of printableDeep(steps)) if (isEnded(step.status)) waiting.get(step.id)?.(step);
    },
    async end() {
      for (const [id, resolve] of waiting) resolve({ id, title: id, status: 'skipped', summary: '', command: '' });
      await shown;
    },
  };
}

/** Progress of a long list. */
export interface PageProgress {
  readonly onCall: (calls: number) => void;
  readonly end: () => void;
}

export const silentPages: PageProgress = { onCall: () => {}, end: () => {} };

/** One line that is written over, from the second page on; gone when the list is there. */
export function pageProgress(write: (text: string) => void): PageProgress {
  let shown = false;
  return {
    onCall: (calls) => {
      if (calls < 2) return;
      shown = true;
      write(`\r\u001b[Klisting pods, page ${calls} …`);
    },
    end: () => {
      if (shown) write('\r\u001b[K');
    },
  };
}
