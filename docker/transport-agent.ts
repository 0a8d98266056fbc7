import { Agent, type AgentOptions } from "node:http";
import type { Duplex } from "node:stream";
import type { Transport } from "../transport/transport";

export const CLOSED = "the connection was closed by this process";

/** What one engine is asked at the same time. */
export const MOST_CONNECTIONS = 4;

/** Carries HTTP over the node's transport: one kept connection, more only where that one is busy. */
export class TransportAgent extends Agent {
  private closed = false;

  constructor(private readonly transport: Transport) {
    super({
      keepAlive: true,
      maxSockets: MOST_CONNECTIONS,
      // Over SSH commands need the same sessions, of which a server may let in two.
      maxFreeSockets: transport.idleStreams ?? 1,
      scheduling: "lifo",
    });
  }

  override createConnection(
    _options: AgentOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const fail = (error: Error) => done?.(error, undefined as never);
    // Node opens connections for the requests that still wait when their agent is destroyed; they kept the process alive.
    if (this.closed) fail(new Error(CLOSED));
    else
      this.transport.dialEngine().then((stream) => {
        if (!this.closed) return done?.(null, stream);
        stream.destroy();
        fail(new Error(CLOSED));
      }, fail);
    return undefined;
  }

  override destroy(): void {
    this.closed = true;
    super.destroy();
  }
}
