import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { vmEnvironment } from "./vm-tools";

const LAST_CHARACTERS = 4_000;

/** A program that runs in a network namespace until it is killed; it never outlives the test's process. */
export class NamespacedProcess {
  private readonly child: ChildProcess;
  private output = "";
  /** Fulfilled when the program has ended, however that was. */
  readonly ended: Promise<void>;

  constructor(namespace: string, program: string[]) {
    // Killed by the kernel with the test's process: a test that dies leaves no machine running.
    const guarded = ["setpriv", "--pdeathsig", "KILL", "--", ...program];
    this.child = spawn("ip", ["netns", "exec", namespace, ...guarded], {
      env: vmEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output = (this.output + text).slice(-LAST_CHARACTERS);
      });
    }
    this.ended = once(this.child, "close").then(
      () => undefined,
      (error: Error) => void (this.output += error.message),
    );
  }

  /** The last of what it printed. */
  get printed(): string {
    return this.output.trim();
  }

  /** Ends it as a power cut ends a machine. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
