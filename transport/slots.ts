import { unlessAborted } from "./abort";

/** What only so many may hold at once, such as the sessions of an SSH connection; who comes later waits in line. */
export class Slots {
  private held = 0;
  private readonly line: (() => void)[] = [];

  constructor(private limit: number) {}

  /** Resolves when a slot is free. The answered function gives it back, once. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.held < this.limit) this.held++;
    else await unlessAborted(new Promise<void>((admit) => this.line.push(admit)), signal, () => this.give());
    let given = false;
    return () => {
      if (!given) this.give();
      given = true;
    };
  }

  /**
   * The server refused the session of a slot that is held: from now on no more at once than it let in.
   * Answers false when no end of another session can be waited for: the stream to the Docker Engine keeps its own for
   * good, so that behind fewer than two sessions the line might never move.
   */
  shrink(): boolean {
    const letIn = Math.min(this.limit, this.held) - 1;
    if (letIn < 2) return false;
    this.limit = letIn;
    return true;
  }

  private give(): void {
    // A slot passes from hand to hand, unless there are too many of them by now.
    const next = this.held <= this.limit ? this.line.shift() : undefined;
    if (next) next();
    else this.held--;
  }
}
