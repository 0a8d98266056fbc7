/** Told what a step is doing right now, in a few words. */
export type Progress = (text: string) => void;

/** One thing a fresh machine may lack. */
export interface Step {
  name: string;
  /** Looks only: what is there already, in a few words, or undefined when `make` has to run. */
  check(): Promise<string | undefined>;
  /** Provides it and says what it did. */
  make(progress: Progress): Promise<string>;
  /** What the reader can do when the step fails. */
  remedy: string;
}

/** A failure that carries its own, more precise remedy. */
export class SetupError extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
    this.name = "SetupError";
  }
}
