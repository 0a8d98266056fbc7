import type { Agent, IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { dockerAt } from "../transport/modem";
import { Slots } from "../transport/slots";
import type { Transport } from "../transport/transport";
import { TransportError } from "../transport/transport";
import { engineError } from "./errors";
import { CLOSED, MOST_CONNECTIONS, TransportAgent } from "./transport-agent";

export interface CallOptions {
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  /** Sent instead of `body`. */
  stream?: NodeJS.ReadableStream;
  /** Answer the response itself, for its headers. */
  raw?: boolean;
  signal?: AbortSignal;
  /** Milliseconds until the engine counts as not answering. @default 30000 */
  timeoutMs?: number;
}

const SUCCESS = { 200: true, 201: true, 202: true, 204: true, 304: true } as const;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The Docker Engine of one node. Every request to it passes `call`, which is where its errors are mapped. */
export class EngineClient {
  readonly node: string;
  readonly api: Docker;
  private readonly agent: Agent;
  private readonly closing = new AbortController();
  /**
   * The agent's own limit does not count connections that are being made: fifty questions at once would make as many, and
   * each is a process on the node.
   */
  private readonly places = new Slots(MOST_CONNECTIONS);

  constructor(readonly transport: Transport) {
    this.node = transport.node;
    this.agent = new TransportAgent(transport);
    this.api = dockerAt({ protocol: "http", host: "engine", port: 80, agent: this.agent });
  }

  get<T>(action: string, path: string, options: CallOptions = {}): Promise<T> {
    return this.call<T>(action, "GET", path, options);
  }

  post<T = void>(action: string, path: string, options: CallOptions = {}): Promise<T> {
    return this.call<T>(action, "POST", path, options);
  }

  delete(action: string, path: string, options: CallOptions = {}): Promise<void> {
    return this.call<void>(action, "DELETE", path, options);
  }

  /** Sends a stream as the request's body, such as an image archive. */
  upload(
    action: string,
    path: string,
    stream: NodeJS.ReadableStream,
    options: CallOptions = {},
  ): Promise<void> {
    return this.call<void>(action, "POST", path, { ...options, stream });
  }

  /** `action` completes "node: …" in an error text: "join the swarm". */
  async call<T>(action: string, method: string, path: string, options: CallOptions): Promise<T> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const ends = [timeout, this.closing.signal, ...(options.signal ? [options.signal] : [])];
    const abortSignal = AbortSignal.any(ends);
    try {
      const give = await this.places.take(abortSignal);
      return await this.dial<T>(method, path, options, abortSignal).finally(give);
    } catch (error) {
      if (options.signal?.aborted) throw new Error(`${this.node}: ${action}: cancelled.`, { cause: error });
      const { statusCode, json } = error as { statusCode?: number; json?: { message?: string } };
      const message = json?.message ?? (error as Error).message;
      if (statusCode !== undefined) throw engineError(this.node, action, statusCode, message);
      if (error instanceof TransportError) throw error;
      const answer = timeout.aborted
        ? `no answer within ${(options.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1000} s`
        : this.closing.signal.aborted
          ? CLOSED
          : message;
      throw new TransportError(
        this.node,
        "unreachable",
        `${action}: its Docker Engine did not answer: ${answer}`,
        "Look at the engine's log on that machine, start it, and run the same command again.",
      );
    }
  }

  /**
   * What `/_ping` says of the engine's swarm state, at a hundredth of the cost of `/info`: "inactive", "pending",
   * "error", "locked", "active/worker", "active/manager"; empty from engines before 23.0.
   * Source: https://docs.docker.com/reference/api/engine/ (System, Ping).
   */
  async swarmState(signal?: AbortSignal, timeoutMs?: number): Promise<string> {
    const response = await this.call<IncomingMessage>("ask for its swarm state", "GET", "/_ping", {
      signal,
      timeoutMs,
      raw: true,
    });
    response.resume();
    // Until its end the connection counts as busy, and whoever asks next would pay for another one. The answer is there.
    await finished(response).catch(() => undefined);
    return String(response.headers.swarm ?? "");
  }

  /** Ends what is under way with an error; the client cannot be used any more. */
  close(): void {
    this.closing.abort();
    this.agent.destroy();
    this.transport.close();
  }

  private dial<T>(method: string, path: string, options: CallOptions, abortSignal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      // Node tells a request that waits for a connection of its abort only when it gets one.
      abortSignal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      this.api.modem.dial(
        {
          method,
          path: options.query ? `${path}?` : path,
          statusCodes: SUCCESS,
          abortSignal,
          isStream: options.raw ?? false,
          file: options.stream,
          options: { _query: options.query, _body: options.body ?? {} },
        } as Parameters<typeof this.api.modem.dial>[0],
        (error, result) => (error ? reject(error as Error) : resolve(result as T)),
      );
    });
  }
}
