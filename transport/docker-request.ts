import * as http from "node:http";
import * as https from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { dockerEndpoint } from "./docker-endpoint";
import { describeDockerHost, type DockerHost } from "./docker-host";

export interface DockerRequest {
  /** @default "GET" */
  method?: "GET" | "POST";
  path: string;
  /** An archive. */
  body?: Readable;
  /** The request fails with ETIMEDOUT when nothing arrives for so long. */
  silenceMs: number;
  /** Told every line of the answer. */
  onLine?: (line: string) => void;
}

export interface DockerAnswer {
  status: number;
  body: string;
}

/**
 * One call of the Docker Engine API with Node's own HTTP client: the client that the provider uses takes longer to load
 * than the looks that the program takes before anything is created.
 */
export async function dockerRequest(host: DockerHost, request: DockerRequest): Promise<DockerAnswer> {
  const { protocol, ...endpoint } = dockerEndpoint(host);
  const { method = "GET", path, body, silenceMs } = request;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    // A connection that is kept may be one to an engine that has ended meanwhile.
    const headers = { Connection: "close", ...(body ? { "Content-Type": "application/x-tar" } : {}) };
    const call = (protocol === "https" ? https : http).request({ ...endpoint, method, path, headers });
    call.on("response", resolve).on("error", reject);
    call.setTimeout(silenceMs, () => {
      const silent = `${describeDockerHost(host)} sent nothing for ${silenceMs / 1000} s`;
      call.destroy(Object.assign(new Error(silent), { code: "ETIMEDOUT" }));
    });
    if (body) body.on("error", (error) => call.destroy(error)).pipe(call);
    else call.end();
  });
  if (request.onLine) {
    const { onLine } = request;
    response.on("data", (data: Buffer) =>
      data
        .toString()
        .split(/[\r\n]+/)
        .filter(Boolean)
        .forEach(onLine),
    );
  }
  return { status: response.statusCode ?? 0, body: await text(response) };
}
