/**
 * The work's result, or a rejection with the signal's reason as soon as it is aborted.
 * The work itself goes on; `late` gets what it still brings.
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal?: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work
      .then((value) => (signal.aborted ? late(value) : resolve(value)), reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
