import { PassThrough, type Readable } from "node:stream";
import path from "node:path";
import type { MachineControl } from "./machine-control";
import { TransportError, type RunOptions, type RunResult, type Transport } from "./transport";

/** `systemctl stop docker` alone leaves a socket that starts the engine again at the next call. */
const SERVICE = `
if [ -d /run/systemd/system ]; then
  if [ "$1" = stop ]; then systemctl stop docker.socket docker; else systemctl start docker; fi
else
  service docker "$1"
fi
`;
const LINES_SHOWN = 3;
/**
 * The log of a manager that runs grows while it is read; whoever reads it knows that its end may be missing. GNU tar ends
 * with 1 then: https://www.gnu.org/software/tar/manual/html_section/Synopsis.html
 */
const CHANGED = /^tar: (.*: file changed as we read it|.*: File removed before we read it)$/;

/** A machine over SSH: its engine is a service of the system, its files are read and written as archives. */
export class SshControl implements MachineControl {
  /** @param transport - asked for at each use: a connection may have been closed in between */
  constructor(
    private readonly node: string,
    private readonly transport: () => Transport,
  ) {}

  async stopEngine(): Promise<void> {
    await this.run("stop its engine", ["sh", "-c", SERVICE, "sh", "stop"]);
  }

  async startEngine(): Promise<void> {
    await this.run("start its engine", ["sh", "-c", SERVICE, "sh", "start"]);
  }

  async read(file: string): Promise<Readable> {
    const { dir, base } = path.posix.parse(file);
    const archive = new PassThrough();
    // What is collected as text along the way is dropped; an archive of a raft log is small.
    const options = { onStdout: (chunk: Buffer) => archive.write(chunk) };
    await this.run(`read ${file}`, ["tar", "--create", "--directory", dir, base], options, onlyChanged);
    return archive.end();
  }

  async write(folder: string, archive: Readable): Promise<void> {
    await this.run(`write ${folder}`, ["tar", "--extract", "--directory", folder], { stdin: archive });
  }

  private async run(
    action: string,
    command: string[],
    options: RunOptions = {},
    isFine: (result: RunResult) => boolean = () => false,
  ): Promise<void> {
    const result = await this.transport().run(command, options);
    const { exitCode, stderr } = result;
    if (exitCode === 0 || isFine(result)) return;
    const said = stderr.trim().split("\n").slice(-LINES_SHOWN).join("; ") || `exit code ${exitCode}`;
    throw new TransportError(
      this.node,
      /No such file/.test(said) ? "gone" : "unreachable",
      `${action}: ${said}`,
      "Look at it on that machine.",
    );
  }
}

function onlyChanged({ exitCode, stderr }: RunResult): boolean {
  return (
    exitCode === 1 &&
    stderr
      .trim()
      .split("\n")
      .every((line) => CHANGED.test(line))
  );
}
