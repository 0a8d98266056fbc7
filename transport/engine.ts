import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { trimEnd } from "../foundation/trim-end";
import { nameOfConnection, type EngineConnection } from "../schema/connection";
import { dockerEndpoint, type DockerEndpoint } from "./docker-endpoint";
import { noConnection } from "./docker-failure";
import { connectedCliVariables, connectedHost, type DockerHost } from "./docker-host";
import { feed } from "./feed";
import {
  TransportError,
  type MachineTraits,
  type RunOptions,
  type RunResult,
  type Transport,
} from "./transport";

/**
 * An engine that this machine reaches by itself. There is no shell beside it, so commands run here, with the docker CLI
 * turned to that engine: they may only be about the engine and the swarm, never about its machine.
 */
export class EngineTransport implements Transport {
  readonly node: string;
  readonly idleStreams = 4;
  readonly traits: MachineTraits;

  constructor(private readonly connection: EngineConnection) {
    this.node = nameOfConnection(connection);
    this.traits = {
      firstWordMs: 8_000,
      engineLog: " on the machine that runs it",
      host: this.node,
      isContainer: false,
      runsElsewhere: true,
    };
  }

  async dialEngine(): Promise<Duplex> {
    const host = this.dockerHost();
    try {
      const endpoint = dockerEndpoint(host);
      const socket = open(endpoint);
      await once(socket, endpoint.protocol === "https" ? "secureConnect" : "connect");
      return socket;
    } catch (error) {
      throw noConnection(this.node, host, error as Error);
    }
  }

  async run([name, ...args]: string[], { stdin, onStdout, signal }: RunOptions = {}): Promise<RunResult> {
    signal?.throwIfAborted();
    const env = { ...process.env, ...connectedCliVariables(this.connection) };
    // A group of its own, so that what a shell has started ends with it.
    const child = spawn(name, args, { env, detached: true });
    const abort = () => endGroup(child.pid);
    signal?.addEventListener("abort", abort, { once: true });
    // What it does not read any more is dropped.
    child.stdin.on("error", () => undefined);
    if (onStdout) child.stdout.on("data", onStdout);
    const ended = new Promise<number>((resolve, reject) => {
      child.on("error", (error) => reject(this.notStarted(name, error)));
      child.on("close", (code) => resolve(code ?? -1));
    });
    feed(child.stdin, stdin);
    try {
      const [exitCode, stdout, stderr] = await Promise.all([
        ended,
        buffer(child.stdout),
        buffer(child.stderr),
      ]);
      signal?.throwIfAborted();
      return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  close(): void {
    // Each stream and command ends by itself.
  }

  private dockerHost(): DockerHost {
    try {
      return connectedHost(this.connection);
    } catch (error) {
      const { message } = error as Error;
      throw new TransportError(this.node, "unreachable", trimEnd(message), "", error);
    }
  }

  private notStarted(name: string, { message }: Error): TransportError {
    return new TransportError(
      this.node,
      "unreachable",
      `\`${name}\` could not be started on this machine: ${message}`,
      "Stacks are deployed by Docker's own CLI. Install it: https://docs.docker.com/engine/install/",
    );
  }
}

/** It may have ended by itself just now. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function open({ protocol, socketPath, host, port, agent }: DockerEndpoint): Socket {
  if (socketPath !== undefined) return connectPlain(socketPath);
  const address = { host, port: port ?? 0 };
  if (protocol === "http") return connectPlain(address);
  const { secureContext, rejectUnauthorized } = (agent as Agent).options;
  return connectSecure({ ...address, secureContext, rejectUnauthorized });
}
