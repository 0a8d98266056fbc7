import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { output, printed, start, type Running } from "./run";

/** A real ssh-agent of the test's own, which holds one key that lies in no file. */
export class SshAgent {
  private constructor(
    readonly socket: string,
    private readonly running: Running,
  ) {}

  /** @param folder - where its socket is made, under the given name. */
  static async start(folder: string, name: string, privateKey: string): Promise<SshAgent> {
    const socket = path.join(folder, name);
    const running = start("ssh-agent", ["-D", "-a", socket]);
    const agent = new SshAgent(socket, running);
    // It prints where it listens once it does.
    await printed(running, /SSH_AUTH_SOCK/);
    const file = `${socket}.key`;
    writeFileSync(file, privateKey, { mode: 0o600 });
    try {
      await output("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    } finally {
      rmSync(file);
    }
    return agent;
  }

  stop(): void {
    this.running.child.kill();
  }
}
