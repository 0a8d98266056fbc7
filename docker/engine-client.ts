import type { Agent } from "node:http";
import { finished } from "node:stream/promises";
import { DockerClient } from "../transport/docker-client";
import { Slots } from "../transport/slots";
import { TransportError, type Transport } from "../transport/transport";
import { CLOSED, MOST_CONNECTIONS, TransportAgent } from "./transport-agent";

const TIMEOUT_MS = 30_000;

/** The Docker Engine of one node, reached as the node is. */
export class EngineClient extends DockerClient {
  private readonly agent: Agent;
  /**
   * The agent's own limit does not count connections that are being made: fifty questions at once would make as many, and
   * each is a process on the node.
   */
  private readonly places = new Slots(MOST_CONNECTIONS);

  constructor(readonly transport: Transport) {
    const agent = new TransportAgent(transport);
    super(transport.node, { protocol: "http", host: "engine", port: 80, agent }, TIMEOUT_MS);
    this.agent = agent;
  }

  /**
   * What `/_ping` says of the engine's swarm state, at a hundredth of the cost of `/info`: "inactive", "pending",
   * "error", "locked", "active/worker", "active/manager"; empty from engines before 23.0.
   * Source: https://docs.docker.com/reference/api/engine/ (System, Ping).
   */
  async swarmState(signal?: AbortSignal, timeoutMs?: number): Promise<string> {
    const response = await this.open("ask for its swarm state", "GET", "/_ping", { signal, timeoutMs });
    response.resume();
    // Until its end the connection counts as busy, and whoever asks next would pay for another one. The answer is there.
    await finished(response).catch(() => undefined);
    return String(response.headers.swarm ?? "");
  }

  /** Ends what is under way with an error; the client cannot be used any more. */
  close(): void {
    this.closing.abort(new Error(CLOSED));
    this.agent.destroy();
    this.transport.close();
  }

  protected override admitted(signal: AbortSignal): Promise<() => void> {
    return this.places.take(signal);
  }

  protected override unanswered(action: string, error: Error): Error {
    return new TransportError(
      this.node,
      "unreachable",
      `${action}: its Docker Engine did not answer: ${error.message}`,
      "Look at the engine's log on that machine, start it, and run the same command again.",
    );
  }
}
