import { PassThrough, type Duplex } from "node:stream";
import type { ContainerConnection } from "../schema/connection";
import type { DockerClient } from "./docker-client";
import { EngineStream } from "./engine-stream";
import { dialSocket } from "./socket-stream";
import { splitFrames } from "./frames";
import { aboutContainer } from "./container-failure";
import { outerEngine } from "./outer-engine";
import { feed } from "./feed";
import { pour } from "./pour";
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
  private readonly docker: DockerClient;

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
  }

  async dialEngine(): Promise<Duplex> {
    const near = this.socket && (await dialSocket(this.socket));
    if (near) return near;
    const { stdin, stdout, stderr } = await this.exec(["sh", "-c", DIAL]);
    let complaint = "";
    stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const ended = new Promise<string>((resolve) => stdout.once("end", () => resolve(complaint.trim())));
    return new EngineStream({ stdin, stdout, ended, destroy: () => stdin.destroy() });
  }

  async run(command: string[], options: RunOptions = {}): Promise<RunResult> {
    const { stdin, stdout, stderr, id } = await this.exec(command);
    const abort = () => stdin.destroy(new Error("cancelled"));
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      feed(stdin, options.stdin);
      if (options.onStdout) stdout.on("data", options.onStdout);
      const printed = options.into
        ? pour(stdout, options.into, options.signal).then(() => "")
        : collect(stdout);
      const [out, err] = await Promise.all([printed, collect(stderr)]);
      options.signal?.throwIfAborted();
      const { ExitCode } = await this.asked("ask how a command in it ended", (action) =>
        this.docker.get<{ ExitCode: number | null }>(action, `/exec/${id}/json`),
      );
      return { exitCode: ExitCode ?? -1, stdout: out, stderr: err };
    } catch (error) {
      stdin.destroy();
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** By its ID: the container that came in its place may have its name. */
  async isGone(identity: string): Promise<boolean> {
    const container = IS_CONTAINER_ID.test(identity) ? identity : this.node;
    try {
      await this.asked("look at it", (action) => this.docker.get(action, `/containers/${container}/json`));
      return false;
    } catch (error) {
      if (error instanceof TransportError && error.failure === "gone") return true;
      throw error;
    }
  }

  close(): void {
    // An exec holds nothing beyond its own stream.
  }

  private async exec(command: string[]) {
    const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
    const { id, stdin } = await this.asked("run a command in it", async (action) => {
      const body = { Cmd: command, ...attached };
      const made = await this.docker.post<{ Id: string }>(action, `/containers/${this.node}/exec`, { body });
      const detached = { Detach: false, Tty: false };
      return {
        id: made.Id,
        stdin: await this.docker.upgrade(action, `/exec/${made.Id}/start`, { body: detached }),
      };
    });
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    splitFrames(stdin, stdout, stderr);
    for (const event of ["end", "close", "error"]) {
      stdin.once(event, () => {
        stdout.end();
        stderr.end();
      });
    }
    return { stdin, stdout, stderr, id };
  }

  /** Asks the engine that runs the container; its errors say what is the matter with this machine. */
  private async asked<T>(action: string, call: (action: string) => Promise<T>): Promise<T> {
    try {
      return await call(action);
    } catch (error) {
      throw aboutContainer(this.node, action, error);
    }
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
