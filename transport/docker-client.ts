import type { IncomingMessage } from "node:http";
import { addAbortSignal, type Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { unlessAborted } from "./abort";
import { dockerEndpoint, type DockerEndpoint } from "./docker-endpoint";
import { EngineError, engineError, messageIn } from "./docker-errors";
import { noAnswer } from "./docker-failure";
import type { DockerHost } from "./docker-host";
import { dockerRequest, type DockerAnswer, type DockerRequest, type Query } from "./docker-request";
import { TransportError } from "./transport";

export interface CallOptions {
  query?: Query;
  /** A stream goes as an archive, anything else as JSON. */
  body?: unknown;
  /** Headers beside those of the body. @default none */
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Milliseconds until the engine counts as not answering. @default the client's own */
  timeoutMs?: number;
  /** Milliseconds without a byte after which what is read as it comes is given up. @default never */
  silenceMs?: number;
}

type Method = DockerRequest["method"];

/**
 * A Docker Engine that is asked, whatever way leads to it. Every request to any engine passes here, with one rule for how
 * long it may take and one place where its errors are mapped.
 *
 * `action` completes "node: …" in an error text: "join the swarm".
 */
export abstract class DockerClient {
  protected readonly closing = new AbortController();

  /** @param node - the engine's name in errors */
  constructor(
    readonly node: string,
    private readonly endpoint: DockerEndpoint,
    private readonly timeoutMs: number,
    private readonly once = false,
  ) {}

  get<T>(action: string, path: string, options: CallOptions = {}): Promise<T> {
    return this.call<T>(action, "GET", path, options);
  }

  head(action: string, path: string, options: CallOptions = {}): Promise<void> {
    return this.call<void>(action, "HEAD", path, options);
  }

  post<T = void>(action: string, path: string, options: CallOptions = {}): Promise<T> {
    return this.call<T>(action, "POST", path, options);
  }

  put(action: string, path: string, options: CallOptions = {}): Promise<void> {
    return this.call<void>(action, "PUT", path, options);
  }

  delete(action: string, path: string, options: CallOptions = {}): Promise<void> {
    return this.call<void>(action, "DELETE", path, options);
  }

  /** An answer as it comes, such as a log or an archive; the time that it may take is that until it begins. */
  open(action: string, method: Method, path: string, options: CallOptions = {}): Promise<IncomingMessage> {
    return this.within(action, options, (signal) => this.begin(action, { method, path, ...options, signal }));
  }

  /** The connection itself, to a command that runs in a container. */
  upgrade(action: string, path: string, options: CallOptions = {}): Promise<Duplex> {
    return this.within(action, options, async (signal) => {
      const request: DockerRequest = { method: "POST", path, ...options, signal, upgrade: true };
      const { stream, response } = await this.send(request);
      if (stream) return stream;
      await this.refuse(action, response);
      response.destroy();
      throw new Error("the engine did not give its connection");
    });
  }

  /** What is thrown where there was no answer at all. */
  protected abstract unanswered(action: string, error: Error): Error;

  /** Waits until one request more may be sent; what is answered gives its place back. */
  protected admitted(_signal: AbortSignal): Promise<() => void> {
    return Promise.resolve(() => undefined);
  }

  private call<T>(action: string, method: Method, path: string, options: CallOptions): Promise<T> {
    return this.within(action, options, async (signal) => {
      const response = await this.begin(action, { method, path, ...options, signal });
      return valueOf(await text(addAbortSignal(signal, response))) as T;
    });
  }

  private async begin(action: string, request: DockerRequest): Promise<IncomingMessage> {
    const { response } = await this.send(request);
    if (!response) throw new Error("the engine gave its connection in place of an answer");
    await this.refuse(action, response);
    return response;
  }

  private send(request: DockerRequest): Promise<DockerAnswer> {
    return dockerRequest(this.endpoint, { ...request, once: this.once });
  }

  /** 304: it is so already, such as a running container that was told to start. */
  private async refuse(action: string, response: IncomingMessage): Promise<void> {
    const { statusCode = 0 } = response;
    if ((statusCode >= 200 && statusCode < 300) || statusCode === 304) return;
    throw engineError(this.node, action, statusCode, messageIn(await text(response), statusCode));
  }

  private async within<T>(
    action: string,
    { signal, timeoutMs = this.timeoutMs }: CallOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = new AbortController();
    const late = new Error(`no answer within ${timeoutMs / 1000} s`);
    const timer = setTimeout(() => deadline.abort(late), timeoutMs);
    const ends = AbortSignal.any([deadline.signal, this.closing.signal, ...(signal ? [signal] : [])]);
    try {
      const give = await this.admitted(ends);
      // Node tells a request that waits for a connection of its abort only when it gets one.
      return await unlessAborted(work(ends), ends).finally(give);
    } catch (error) {
      if (signal?.aborted) throw new Error(`${this.node}: ${action}: cancelled.`, { cause: error });
      if (error instanceof EngineError || error instanceof TransportError) throw error;
      throw this.unanswered(action, error as Error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An engine that this machine reaches by itself. */
export class HostClient extends DockerClient {
  /**
   * @param timeoutMs - until the engine counts as not answering, where a call says nothing else
   * @param once - whether each connection ends with its request
   * @throws Error where the address cannot be used or a certificate not be read
   */
  constructor(
    node: string,
    readonly host: DockerHost,
    timeoutMs: number,
    once = false,
  ) {
    super(node, dockerEndpoint(host), timeoutMs, once);
  }

  protected override unanswered(action: string, error: Error): Error {
    return noAnswer(this.node, action, this.host, error);
  }
}

/** What a body holds: nothing, JSON, or else plain text. */
function valueOf(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
