/** One signal out of the caller's and a limit of time. Network time is the machine's: no Clock here. */

/** Runs `work` for at most `ms`. Throws the caller's reason when the caller gives up; `late()` when the time is over. */
export async function within<T>(
  ms: number,
  caller: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller.throwIfAborted();
  const controller = new AbortController();
  function pass(): void {
    controller.abort(caller.reason);
  }
  const timer = setTimeout(() => controller.abort(late()), ms);
  caller.addEventListener('abort', pass, { once: true });
  try {
    return await abortable(work(controller.signal), controller.signal);
  } catch (error) {
    // What the abort made of the work is no news: why it was aborted is.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', pass);
  }
}

/** Waits for `work`, but rejects with the signal's reason as soon as it aborts. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  function stop(): void {
    reject(signal.reason as Error);
  }
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
