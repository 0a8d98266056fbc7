import type { Client, ClientChannel } from "ssh2";
import type { SshConnection } from "../contract/connection";
import { WaitTimeout, waitFor } from "../engine/wait";
import { unlessAborted } from "./ssh-abort";
import { connectionLost, endSession, openSession, type LiveConnection } from "./ssh-channel";
import { userOf } from "./ssh-credentials";
import { dialSsh } from "./ssh-dial";
import { explainConnect, type SshTarget } from "./ssh-errors";
import { SessionSlots } from "./ssh-sessions";
import type { TransportError } from "./transport";

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

const RETRY_TICK_MS = 250;
const LONGEST_RETRY_TICKS = 12;

/** The one connection to a machine: opened at first use, shared by all, opened again by the next use after it was lost. */
export class SshLink {
  private current?: Promise<LiveConnection>;
  private closing = new AbortController();
  private readonly target: SshTarget;

  constructor(
    private readonly connection: SshConnection,
    private readonly limits: SshLimits,
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
      const live: LiveConnection = { client, slots: new SessionSlots(this.limits.sessions) };
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

  private forget(connection: Promise<LiveConnection>): void {
    if (this.current === connection) this.current = undefined;
  }

  private async dialUntilUp(signal: AbortSignal): Promise<Client> {
    const { connectMs, attemptMs, keepAliveMs } = this.limits;
    const deadline = Date.now() + connectMs;
    const due = backOff();
    let last: { error: Error; means: TransportError } | undefined;
    const condition = {
      name: "its SSH server lets us in",
      on: this.target.node,
      intervalMs: RETRY_TICK_MS,
      timeoutMs: connectMs,
      signal,
    };
    try {
      return await waitFor<Client>(condition, async () => {
        if (!due() && last) return { pending: last.means.message };
        const timeoutMs = Math.max(1, Math.min(attemptMs, deadline - Date.now()));
        try {
          return { done: await dialSsh(this.connection, { timeoutMs, keepAliveMs }) };
        } catch (error) {
          const { error: means, passing } = explainConnect(this.target, error as Error);
          if (!passing) throw means;
          last = { error: error as Error, means };
          return { pending: means.message };
        }
      });
    } catch (error) {
      if (!(error instanceof WaitTimeout) || !last) throw error;
      throw explainConnect(this.target, last.error, connectMs).error;
    }
  }
}

/** Says at which ticks of a wait the next attempt is due: at once, then after 1, 2, 4, 8, 12, 12… ticks. */
function backOff(): () => boolean {
  let left = 0;
  let pause = 1;
  return () => {
    if (left-- > 0) return false;
    left = pause - 1;
    pause = Math.min(pause * 2, LONGEST_RETRY_TICKS);
    return true;
  };
}
