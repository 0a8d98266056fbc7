/** A place for something that is made once in each session: `slot(() => new Map())`. It holds nothing itself. */
export interface Slot<T> {
  readonly make: () => T;
}

export function slot<T>(make: () => T): Slot<T> {
  return { make };
}

/**
 * What one run knows and keeps beside its results: open connections, the managers that it has come across, whose turn it is.
 * The provider's process has one, and so has each command. It is passed along with the signal that ends the run, so that no
 * module has a memory of its own, and two runs in one process, as in tests, know nothing of each other.
 */
export class Session {
  private readonly values = new Map<Slot<unknown>, unknown>();

  /** What the slot's maker made at its first use in this session. */
  get<T>(from: Slot<T>): T {
    if (!this.values.has(from)) this.values.set(from, from.make());
    return this.values.get(from) as T;
  }
}

/** Whatever happens in a run, and is handed along in it. */
export interface InSession {
  readonly session: Session;
}

/** The same for what can be cancelled. */
export interface InRun extends InSession {
  readonly signal: AbortSignal;
}
