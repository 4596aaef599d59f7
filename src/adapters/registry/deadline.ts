/** One signal out of the caller's and a limit of time. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when our limit ended it, not the caller. */
  expired(): boolean;
  /** Stops the timer; call it when the work is done. */
  release(): void;
}

/** Starts a deadline of `ms` under `parent`. Network time is the machine's: no Clock here. */
export function startDeadline(ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort(new Error(`no answer within ${Math.round(ms / 100) / 10} s`));
  }, ms);
  function pass(): void {
    controller.abort(parent.reason);
  }
  if (parent.aborted) pass();
  else parent.addEventListener('abort', pass, { once: true });
  return {
    signal: controller.signal,
    expired: () => late,
    release() {
      clearTimeout(timer);
      parent.removeEventListener('abort', pass);
    },
  };
}

/** Waits for `work`, but rejects with the signal's reason as soon as it aborts. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  function stop(): void {
    reject(signal.reason as Error);
  }
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
