import { PassThrough, type Duplex } from "node:stream";
import type DockerModem from "docker-modem";
import type Docker from "dockerode";
import type { ContainerConnection } from "../schema/connection";
import { EngineStream } from "./engine-stream";
import { dialSocket } from "./socket-stream";
import { outerEngine } from "./outer-engine";
import { feed } from "./feed";
import {
  TransportError,
  type MachineTraits,
  type RunOptions,
  type RunResult,
  type Transport,
} from "./transport";
import type { Session } from "../foundation/session";

/**
 * An engine that is just starting is waited for inside the container, for 5 s at most: an exec costs a tenth of a
 * second of processor time, so asking from outside again and again would slow down the very engines that are awaited.
 * The socket is there before the engine is ready; a request on it is answered when it is.
 */
const DIAL = `
for attempt in $(seq 50); do
  [ -S /run/docker.sock ] && break
  sleep 0.1
done
exec docker system dial-stdio
`;

const IS_CONTAINER_ID = /^[0-9a-f]{64}$/;

/** A node that is a container: commands run as an exec of the engine that runs the container, and so is its engine reached from afar. */
export class ContainerTransport implements Transport {
  readonly node: string;
  /** Each is a process on the node, and a tenth of a second of its processor time to start; nobody else waits for its place. */
  readonly idleStreams = 4;
  readonly traits: MachineTraits;
  private readonly socket?: string;
  private readonly docker: Docker;
  private readonly container: Docker.Container;

  constructor({ container, dockerHost, socket }: ContainerConnection, session: Session) {
    this.node = container;
    this.socket = socket;
    this.traits = {
      firstWordMs: 8_000,
      engineLog: `: docker logs ${container}`,
      host: dockerHost ? `the host of ${dockerHost}` : "this host",
      isContainer: true,
    };
    this.docker = outerEngine(dockerHost, session);
    this.container = this.docker.getContainer(container);
  }

  async dialEngine(): Promise<Duplex> {
    const near = this.socket && (await dialSocket(this.socket));
    if (near) return near;
    const { stdin, stdout, stderr, exec } = await this.exec(["sh", "-c", DIAL]);
    let complaint = "";
    stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const ended = new Promise<string>((resolve) => stdout.once("end", () => resolve(complaint.trim())));
    void exec;
    return new EngineStream({ stdin, stdout, ended, destroy: () => stdin.destroy() });
  }

  async run(command: string[], options: RunOptions = {}): Promise<RunResult> {
    const { stdin, stdout, stderr, exec } = await this.exec(command);
    const abort = () => stdin.destroy(new Error("cancelled"));
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      feed(stdin, options.stdin);
      if (options.onStdout) stdout.on("data", options.onStdout);
      const [out, err] = await Promise.all([collect(stdout), collect(stderr)]);
      options.signal?.throwIfAborted();
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? -1, stdout: out, stderr: err };
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** By its ID: the container that came in its place may have its name. */
  async isGone(identity: string): Promise<boolean> {
    const container = IS_CONTAINER_ID.test(identity) ? this.docker.getContainer(identity) : this.container;
    try {
      await container.inspect();
      return false;
    } catch (error) {
      const explained = this.explain(error as Error & { statusCode?: number });
      if (explained.failure === "gone") return true;
      throw explained;
    }
  }

  close(): void {
    // An exec holds nothing beyond its own stream.
  }

  private async exec(command: string[]) {
    try {
      const exec = await this.container.exec({
        Cmd: command,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
      });
      const stdin = await exec.start({ hijack: true, stdin: true });
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      (exec.modem as DockerModem).demuxStream(stdin, stdout, stderr);
      for (const event of ["end", "close", "error"]) {
        stdin.once(event, () => {
          stdout.end();
          stderr.end();
        });
      }
      return { stdin, stdout, stderr, exec };
    } catch (error) {
      throw this.explain(error as Error & { statusCode?: number });
    }
  }

  private explain(error: Error & { statusCode?: number }): TransportError {
    if (error.statusCode === 404)
      return new TransportError(
        this.node,
        "gone",
        "there is no such container",
        "`pulumi up --refresh` makes it again.",
      );
    if (error.statusCode === 409)
      return new TransportError(
        this.node,
        "stopped",
        "the container does not run",
        `Start it (\`docker start ${this.node}\`) or let \`pulumi up --refresh\` do it.`,
      );
    return new TransportError(
      this.node,
      "unreachable",
      `the Docker Engine that runs this node did not answer: ${error.message}`,
      "Start that engine and run the same command again.",
    );
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
