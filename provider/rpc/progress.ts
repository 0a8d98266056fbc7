import { setTimeout as after } from "node:timers/promises";

/** Operations shorter than this need no line; longer ones get one a second, the newest. */
const EVERY_MS = 1_000;

/**
 * Lets through the newest of many lines, at most one a second and none in the first second: a build prints
 * hundreds, and a display that is no terminal keeps every one.
 */
export class Progress {
  private newest?: string;
  private timer?: AbortController;

  constructor(private readonly send: (text: string) => void) {}

  show(text: string): void {
    this.newest = text;
    if (this.timer) return;
    const timer = new AbortController();
    this.timer = timer;
    after(EVERY_MS, undefined, { signal: timer.signal, ref: false }).then(
      () => this.flush(),
      // Ended before the second was over: nothing to show.
      () => undefined,
    );
  }

  /** The operation has ended; what was not shown yet is not news any more. */
  end(): void {
    this.timer?.abort();
    this.newest = undefined;
  }

  private flush(): void {
    this.timer = undefined;
    if (this.newest !== undefined) this.send(this.newest);
    this.newest = undefined;
  }
}
