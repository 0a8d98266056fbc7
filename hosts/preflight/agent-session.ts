import { readFileSync } from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { packageFolder } from "../../foundation/package-folder";
import type { Transport } from "../../transport/transport";

/** The agents stay beside the sources: the compiler copies only TypeScript. */
const FOLDER = path.join(packageFolder, "hosts", "preflight");

/**
 * Debian and Ubuntu always have perl with these modules, RHEL may have it without. Whatever has dnf has a Python 3; in
 * RHEL 8 it is not on PATH.
 */
const START = `
if perl -MSocket -MPOSIX -MIO::Select -e 1 2>/dev/null; then exec perl -e "$1"; fi
for python in python3 /usr/libexec/platform-python; do
  if command -v "$python" >/dev/null 2>&1; then exec "$python" -c "$2"; fi
done
echo "it has neither perl (with Socket, POSIX and IO::Select) nor python3" >&2
exit 127
`;

const agentCommand = (): string[] => {
  const [perl, python] = ["agent.pl", "agent.py"].map((file) =>
    readFileSync(path.join(FOLDER, file), "utf8"),
  );
  return ["sh", "-c", START, "sh", perl, python];
};

interface Awaited {
  last: string;
  resolve: (lines: string[]) => void;
  reject: (error: Error) => void;
}

/** One machine's agent while it runs. It ends when it is told so or its input is closed, and after a minute at most. */
export class AgentSession {
  private readonly input = new PassThrough();
  private rest = "";
  private lines: string[] = [];
  private awaited?: Awaited;
  private failure?: Error;
  /** Settles when the agent has ended, and never rejects. */
  readonly ended: Promise<void>;

  constructor(transport: Transport, signal: AbortSignal) {
    const options = { stdin: this.input, onStdout: (chunk: Buffer) => this.take(chunk.toString()), signal };
    this.ended = transport.run(agentCommand(), options).then(
      ({ exitCode, stderr }) => this.fail(new Error(endingOf(exitCode, stderr))),
      (error: Error) => this.fail(error),
    );
  }

  tell(lines: string): void {
    this.input.write(lines);
  }

  /** The agent reads the end of its input and goes. */
  close(): void {
    this.input.end();
  }

  /** The lines up to one that begins with this word. */
  until(last: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.awaited = { last, resolve, reject };
      this.look();
    });
  }

  private take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    this.lines.push(...lines);
    this.look();
  }

  private look(): void {
    if (!this.awaited) return;
    const { last, resolve, reject } = this.awaited;
    const at = this.lines.findIndex((line) => line.split(" ", 1)[0] === last);
    if (at < 0 && !this.failure) return;
    this.awaited = undefined;
    if (at < 0) reject(this.failure as Error);
    else resolve(this.lines.splice(0, at + 1));
  }

  private fail(error: Error): void {
    this.failure = error;
    this.look();
  }
}

/** Its last line says most: both languages end with the error itself. */
function endingOf(exitCode: number, stderr: string): string {
  const said = stderr.trim().split("\n").pop();
  return `the preflight's program ended with exit code ${exitCode}${said ? `: ${said}` : ""}`;
}
