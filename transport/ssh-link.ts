import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import type { SshEndpoint } from "../schema/connection";
import { unlessAborted } from "./abort";
import {
  connectionLost,
  endSession,
  openSession,
  openSocket,
  type LiveConnection,
  type Socket,
} from "./ssh-channel";
import { userOf } from "./ssh-credentials";
import { dialSsh } from "./ssh-dial";
import type { SshTarget } from "./ssh-errors";
import { untilConnected } from "./ssh-attempts";
import { Slots } from "./slots";
import { TransportError } from "./transport";

export interface SshLimits {
  /**
   * Milliseconds until a connection must be up, all attempts together. Less than what an Engine API call waits for
   * its answer (30 s), so that the user reads what SSH said and not that the engine is silent.
   */
  connectMs: number;
  /** Milliseconds that one attempt may take. */
  attemptMs: number;
  /** Milliseconds between two signs of life. */
  keepAliveMs: number;
  /** Sessions at once. OpenSSH lets 10 in (MaxSessions) unless told otherwise. */
  sessions: number;
}

export const SSH_LIMITS: SshLimits = {
  connectMs: 25_000,
  attemptMs: 10_000,
  keepAliveMs: 10_000,
  sessions: 8,
};

/** RFC 4254, 5.1: the bastion does not forward at all; any other reason is about the machine behind it. */
const ADMINISTRATIVELY_PROHIBITED = 1;

/** Something in between that opens byte streams to machines: a bastion. */
export interface Hop {
  forward(host: string, port: number): Promise<Duplex>;
}

/** The one connection to a machine: opened at first use, shared by all, opened again by the next use after it was lost. */
export class SshLink {
  private current?: Promise<LiveConnection>;
  private closing = new AbortController();
  private readonly target: SshTarget;

  constructor(
    private readonly connection: SshEndpoint,
    private readonly limits: SshLimits,
    private readonly hop?: Hop,
  ) {
    this.target = { node: connection.host, port: connection.port ?? 22, user: userOf(connection) };
  }

  /** Starts a command in a session of its own. */
  async exec(command: string, signal?: AbortSignal): Promise<ClientChannel> {
    const closed = this.closing.signal;
    let live = await unlessAborted(this.connect(), signal);
    let channel = await this.open(live, command, signal);
    if (!channel && !closed.aborted) {
      // It was lost before the command was sent, so nothing ran: a new connection may send it.
      live = await unlessAborted(this.connect(), signal);
      channel = await this.open(live, command, signal);
    }
    if (!channel) throw connectionLost(this.target.node, live.lost ?? "closed");
    return channel;
  }

  /** A stream to a socket of the machine itself, by its path; undefined where its server or the socket lets nobody in. */
  async socket(path: string): Promise<Socket | undefined> {
    return openSocket(await this.connect(), path);
  }

  /** A byte stream from that machine to another one. Rejects as {@link dialSsh} does. */
  async forward(host: string, port: number): Promise<Duplex> {
    const { client } = await this.connect();
    return new Promise((resolve, reject) => {
      client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
        if (error) reject(this.notForwarded(error));
        else resolve(channel);
      });
    });
  }

  close(): void {
    const closing = this.current;
    this.current = undefined;
    this.closing.abort();
    this.closing = new AbortController();
    // Not `end`: a machine that is gone never answers the goodbye, and the process would wait for it.
    closing?.then(
      ({ client }) => client.destroy(),
      () => undefined, // An attempt that failed left nothing to close.
    );
  }

  private open(
    live: LiveConnection,
    command: string,
    signal?: AbortSignal,
  ): Promise<ClientChannel | undefined> {
    const opening = openSession(live, this.target.node, command, signal);
    return unlessAborted(opening, signal, (late) => late && endSession(late));
  }

  private connect(): Promise<LiveConnection> {
    if (this.current) return this.current;
    const current = this.dialUntilUp(this.closing.signal).then((client) => {
      const live: LiveConnection = { client, slots: new Slots(this.limits.sessions) };
      client.on("error", (error: Error) => (live.lost ??= error.message));
      client.once("close", () => {
        live.lost ??= "the machine closed it";
        this.forget(current);
      });
      return live;
    });
    current.catch(() => this.forget(current));
    return (this.current = current);
  }

  private notForwarded(error: Error & { reason?: number | string }): Error {
    const { node } = this.target;
    if (error.reason !== ADMINISTRATIVELY_PROHIBITED)
      return Object.assign(new Error(`the bastion ${node} says: ${error.message}`), { code: "EHOSTUNREACH" });
    return new TransportError(
      node,
      "refused",
      `it lets nobody connect through it (${error.message})`,
      "Set `AllowTcpForwarding yes` in the bastion's sshd_config.",
    );
  }

  private forget(connection: Promise<LiveConnection>): void {
    if (this.current === connection) this.current = undefined;
  }

  private dialUntilUp(signal: AbortSignal): Promise<Client> {
    const { keepAliveMs } = this.limits;
    return untilConnected(this.target, this.limits, signal, async (timeoutMs) => {
      const sock = await this.hop?.forward(this.connection.host, this.target.port);
      return dialSsh(this.connection, { timeoutMs, keepAliveMs }, sock);
    });
  }
}
