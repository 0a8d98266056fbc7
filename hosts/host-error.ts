import type { Todo } from "./told";

/** EX_TEMPFAIL of sysexits.h: what the scripts end with where a later attempt may succeed. */
const TEMPORARY = 75;
const LINES_SHOWN = 12;

/** A step of a machine's setup failed. Names the machine, the step and its command, and shows the end of its output. */
export class HostError extends Error {
  constructor(
    readonly node: string,
    private readonly exitCode: number,
    private readonly failure: Todo | undefined,
    private readonly output: readonly string[],
    attempts = 1,
  ) {
    super(
      `${node}: ${reasonOf(exitCode, failure, output)}${attempts > 1 ? ` Tried ${attempts} times.` : ""}${endOf(output)}`,
    );
    this.name = "HostError";
  }

  /** The same failure, the last of several attempts. */
  after(attempts: number): HostError {
    return new HostError(this.node, this.exitCode, this.failure, this.output, attempts);
  }

  /** Whether the same step may succeed a little later: a mirror that did not answer, a lock that somebody holds. */
  get isTemporary(): boolean {
    return this.exitCode === TEMPORARY;
  }
}

function reasonOf(exitCode: number, failure: Todo | undefined, output: readonly string[]): string {
  if (failure) return `${failure.step}: ${withStop(failure.text)}`;
  const text = output.join("\n");
  if (
    /sudo: .*(password|terminal) is required|sudo: no tty present|not allowed to (run|execute)|not in the sudoers/.test(
      text,
    )
  )
    return (
      "sudo asks for a password, which nobody could answer. Let that user run everything without one " +
      "(a line `USER ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d), or log in as root."
    );
  if (/sudo: (command )?not found|sudo: No such file/.test(text))
    return "there is no sudo on it. Install it, or log in as root and leave `sudo` out.";
  return `the setup ended with exit code ${exitCode}.`;
}

function endOf(output: readonly string[]): string {
  const shown = output.slice(-LINES_SHOWN);
  return shown.length > 0 ? `\n${shown.map((line) => `  | ${line}`).join("\n")}` : "";
}

function withStop(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
