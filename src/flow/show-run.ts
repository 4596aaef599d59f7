/** Shows a run while it works. Progress is worth an edit, never a failed diagnosis. */
import { errorLine } from '../errors.ts';
import type { RunView } from '../incident/ports.ts';
import type { ThreadRef } from '../remediation/action.ts';
import type { StepProgress } from '../runbook/runbook.ts';
import type { IncidentDeps } from './incident-deps.ts';

export interface RunShow {
  readonly progress: (steps: readonly StepProgress[]) => void;
  /** Does `work`, and shows the last state when it ends, however it ends. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export function startShow(
  deps: Pick<IncidentDeps, 'announcer' | 'report'>,
  thread: ThreadRef,
  { run, title }: Pick<RunView, 'run' | 'title'>,
): RunShow {
  let steps: readonly StepProgress[] = [];
  // One after the other, so that an older state never lands on a newer one; what comes in between is skipped.
  let busy: Promise<void> = Promise.resolve();
  let queued = false;

  async function draw(done: boolean): Promise<void> {
    try {
      await deps.announcer.showRun(thread, { run, title, steps, done });
    } catch (error) {
      deps.report('progress not shown', { run, reason: errorLine(error) });
    }
  }

  return {
    progress: (latest) => {
      steps = latest;
      if (queued) return;
      queued = true;
      busy = busy.then(async () => {
        queued = false;
        await draw(false);
      });
    },
    during: async (work) => {
      try {
        return await work();
      } finally {
        await busy;
        await draw(true);
      }
    },
  };
}
