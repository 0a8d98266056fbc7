import * as http from "node:http";
import * as https from "node:https";
import type { Duplex, Readable } from "node:stream";
import type { DockerEndpoint } from "./docker-endpoint";

/** What follows the "?" of a path. What is no plain value goes as JSON, as the engine takes its filters. */
export type Query = Record<string, string | number | boolean | object | undefined>;

/** One call of the Docker Engine API. */
export interface DockerRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: Query;
  /** A stream goes as an archive, anything else as JSON. */
  body?: unknown;
  /** Headers beside those of the body. @default none */
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** The request fails with ETIMEDOUT when nothing arrives for so long. @default never */
  silenceMs?: number;
  /** Whether the connection ends with it: one that is kept may be one to an engine that has ended meanwhile. */
  once?: boolean;
  /** Ask for the connection itself, in place of a response. */
  upgrade?: boolean;
}

/** The head of an answer, or the connection, where that was asked for and is given. */
export type DockerAnswer =
  { response: http.IncomingMessage; stream?: undefined } | { response?: undefined; stream: Duplex };

/** Sends one request by Node's own HTTP client. The only place that does: for the program, the setup and the provider. */
export function dockerRequest(
  { protocol, ...address }: DockerEndpoint,
  request: DockerRequest,
): Promise<DockerAnswer> {
  const { method, body, signal, silenceMs } = request;
  return new Promise((resolve, reject) => {
    const options = { ...address, method, signal, path: pathOf(request), headers: headersOf(request) };
    const call = (protocol === "https" ? https : http).request(options);
    let answer: http.IncomingMessage | undefined;
    call.on("error", reject).on("response", (response) => resolve({ response: (answer = response) }));
    call.on("upgrade", (_response, stream: Duplex, head: Buffer) => {
      if (head.length > 0) stream.unshift(head);
      resolve({ stream });
    });
    // Agents have a time of their own, for connections that nobody uses, and tell requests of it as well.
    if (silenceMs !== undefined)
      call.setTimeout(silenceMs, () => {
        const silent = new Error(`it sent nothing for ${silenceMs / 1000} s`);
        (answer ?? call).destroy(Object.assign(silent, { code: "ETIMEDOUT" }));
      });
    if (isStream(body)) body.on("error", (error) => call.destroy(error)).pipe(call);
    else call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function pathOf({ path, query = {} }: DockerRequest): string {
  const values = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]],
  );
  return values.length === 0 ? path : `${path}?${new URLSearchParams(values).toString()}`;
}

function headersOf({ body, headers, once, upgrade }: DockerRequest): http.OutgoingHttpHeaders {
  const type = isStream(body) ? "application/x-tar" : "application/json";
  return {
    ...(upgrade ? { Connection: "Upgrade", Upgrade: "tcp" } : once ? { Connection: "close" } : {}),
    ...(body === undefined ? {} : { "Content-Type": type }),
    ...headers,
  };
}

function isStream(body: unknown): body is Readable {
  return typeof (body as Readable | undefined)?.pipe === "function";
}
