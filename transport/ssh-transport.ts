import { constants } from "node:os";
import { PassThrough, type Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import type { SshConnection } from "../schema/connection";
import { EngineStream } from "./engine-stream";
import { feed } from "./feed";
import { pour } from "./pour";
import { shellCommand } from "./shell-quote";
import { unlessAborted } from "./abort";
import { useBastion, type BastionUse } from "./ssh-bastion";
import { connectionLost, endSession, type Socket } from "./ssh-channel";
import { SSH_LIMITS, SshLink, type SshLimits } from "./ssh-link";
import type { MachineTraits, RunOptions, RunResult, Transport } from "./transport";
import { Session } from "../foundation/session";

const ENGINE_SOCKET = "/var/run/docker.sock";

/** How a session ended: with an exit code, by a signal, or with neither when the connection went away. */
interface Ending {
  code?: number | null;
  signal?: string;
}

/** A machine reached over SSH: one connection that carries every command and every stream to its Docker Engine. */
export class SshTransport implements Transport {
  readonly node: string;
  readonly traits: MachineTraits;
  private readonly link: SshLink;
  private readonly bastion?: BastionUse;
  private readonly sudo: boolean;

  /** @param session - in which machines share their connection to a bastion. @default one of its own */
  constructor(connection: SshConnection, limits: Partial<SshLimits> = {}, session = new Session()) {
    this.node = connection.host;
    this.traits = {
      // The login comes before the first word, and small machines take their time for both.
      firstWordMs: 20_000,
      engineLog: " on that machine: journalctl --unit docker",
      host: connection.host,
      isContainer: false,
    };
    this.sudo = connection.sudo ?? false;
    const all = { ...SSH_LIMITS, ...limits };
    this.bastion = connection.proxy && useBastion(connection.proxy, all, session);
    this.link = new SshLink(connection, all, this.bastion?.link);
  }

  /**
   * The engine's socket itself where the user may open it; else what the docker CLI makes of it with sudo's rights, which
   * is a process more on the machine.
   */
  async dialEngine(): Promise<Duplex> {
    const socket = this.sudo ? undefined : await this.link.socket(ENGINE_SOCKET);
    return socket ? this.overSocket(socket) : this.overCommand();
  }

  private overSocket({ channel, lost }: Socket): Duplex {
    const ended = endOf(channel).then(() => {
      const reason = lost();
      return reason ? connectionLost(this.node, reason).message : "";
    });
    return streamOf(channel, ended, () => channel.close());
  }

  private async overCommand(): Promise<Duplex> {
    const channel = await this.link.exec(this.asRoot(["docker", "system", "dial-stdio"]));
    const complaint = collect(channel.stderr);
    const ended = endOf(channel).then((ending) =>
      ending.code === 0 ? "" : complaint().toString().trim() || this.describe(ending),
    );
    return streamOf(channel, ended, () => endSession(channel));
  }

  async run(command: string[], { stdin, onStdout, into, signal }: RunOptions = {}): Promise<RunResult> {
    const channel = await this.link.exec(this.asRoot(command), signal);
    const stdout = into ? () => Buffer.alloc(0) : collect(channel);
    const stderr = collect(channel.stderr);
    const poured = into ? pour(channel.pipe(new PassThrough()), into, signal) : Promise.resolve();
    const ended = Promise.all([endOf(channel), drained(channel.stderr), poured]);
    if (onStdout) channel.on("data", onStdout);
    feed(channel, stdin);
    try {
      const [ending] = await unlessAborted(ended, signal);
      const exitCode = exitCodeOf(ending);
      if (exitCode === undefined) throw connectionLost(this.node, `while ${command[0]} ran`);
      return { exitCode, stdout: stdout().toString(), stderr: stderr().toString() };
    } catch (error) {
      if (signal?.aborted || into) endSession(channel);
      throw error;
    }
  }

  close(): void {
    this.link.close();
    this.bastion?.end();
  }

  /** Without `sudo` the user's own rights have to do. A question for a password would never be answered, hence `-n`. */
  private asRoot(command: readonly string[]): string {
    return shellCommand(this.sudo ? ["sudo", "-n", "--", ...command] : command);
  }

  private describe(ending: Ending): string {
    const exitCode = exitCodeOf(ending);
    if (exitCode === undefined) return connectionLost(this.node, "while its Docker Engine was asked").message;
    return `docker system dial-stdio ended with exit code ${exitCode}`;
  }
}

/** @param ended - resolves with the reason of an end that came too early, or "" */
function streamOf(channel: ClientChannel, ended: Promise<string>, destroy: () => void): EngineStream {
  // Its end is passed on only when that of the channel is known: a reason must come before a plain end.
  const stdout = new PassThrough();
  channel.pipe(stdout, { end: false });
  void ended.then((reason) => reason === "" && stdout.end());
  return new EngineStream({ stdin: channel, stdout, ended, destroy });
}

function endOf(channel: ClientChannel): Promise<Ending> {
  return new Promise((resolve) => {
    channel.once("close", (code?: number | null, signal?: string) => resolve({ code, signal }));
  });
}

/** As shells and Docker count it: a command that died of a signal has 128 and the signal's number. */
function exitCodeOf({ code, signal }: Ending): number | undefined {
  if (typeof code === "number") return code;
  return signal ? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0) : undefined;
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

function drained(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => stream.once("end", () => resolve()));
}
