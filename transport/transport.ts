import type { Duplex, Readable, Writable } from "node:stream";

export interface RunOptions {
  /** Written to the command's standard input, which is then closed; a stream may go on telling it things while it runs. */
  stdin?: string | Buffer | Readable;
  /** Told what the command prints as it comes; it is collected all the same. */
  onStdout?: (chunk: Buffer) => void;
  /**
   * Takes what the command prints, at its own pace, in place of the result: for more than memory should hold. It is left
   * open. Whoever gives it looks after its errors, and ends the command by `signal` where there is one.
   */
  into?: Writable;
  /** Ends the command's connection early. */
  signal?: AbortSignal;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What is true of a kind of machine, so that nobody has to ask which kind it is. */
export interface MachineTraits {
  /** Milliseconds within which it says a first word, what comes before it included. */
  firstWordMs: number;
  /** What shows the log of its engine, and where: the rest of "Look at its log". */
  engineLog: string;
  /** What dies together with it: its own name, or what runs it. */
  host: string;
  /** Whether it is a container, which has clock and kernel of its host. */
  isContainer: boolean;
  /** Whether commands run on another machine, as there is no shell where the engine is. @default false */
  runsElsewhere?: boolean;
}

/** One machine as something that runs commands and carries a stream to its Docker Engine. Steps never know how. */
export interface Transport {
  /** The machine's name in errors and progress. */
  readonly node: string;
  /** Streams to the machine's Docker Engine that may be kept open while nobody asks anything. @default 1 */
  readonly idleStreams?: number;
  readonly traits: MachineTraits;
  /** Opens a byte stream to the machine's Docker Engine. Rejects with {@link TransportError}. */
  dialEngine(): Promise<Duplex>;
  /** Runs a command (no shell) and collects what it printed. A non-zero exit code is a result, not an exception. */
  run(command: string[], options?: RunOptions): Promise<RunResult>;
  /**
   * Whether somebody who must know says that there is no such machine any more; not there where nobody knows that.
   * @param identity - the machine's, as its resource has it
   */
  isGone?(identity: string): Promise<boolean>;
  /** Closes what the transport holds open. */
  close(): void;
}

/**
 * Why a machine could not be talked to.
 * - `gone`: the machine does not exist any more (its container was removed).
 * - `stopped`: it exists but does not run.
 * - `unreachable`: it did not answer, for whatever reason.
 * - `refused`: it answered, and the user was not let in.
 * - `changed`: what answers has another host key: another machine, or somebody in between. It was told nothing.
 */
export type TransportFailure = "gone" | "stopped" | "unreachable" | "refused" | "changed";

/** A machine could not be talked to. Names the machine, the last answer and what to do. */
export class TransportError extends Error {
  constructor(
    readonly node: string,
    readonly failure: TransportFailure,
    readonly answer: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${node}: ${answer}.${remedy ? ` ${remedy}` : ""}`, cause === undefined ? {} : { cause });
    this.name = "TransportError";
  }
}
