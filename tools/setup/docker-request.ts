import { spawn } from "node:child_process";
import * as http from "node:http";
import type { Socket } from "node:net";
import { Duplex, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { DockerHost } from "../../transport/docker-host";

export interface DockerRequest {
  method?: "GET" | "POST";
  path: string;
  body?: Readable;
  /** The request fails when nothing arrives for so long. */
  silenceMs: number;
  /** Told every line of the answer. */
  onLine?: (line: string) => void;
}

export interface DockerAnswer {
  status: number;
  body: string;
}

/**
 * One call of the Docker Engine API. Plain HTTP over a socket or TCP is spoken here; for what needs keys (ssh://, TLS)
 * the docker CLI makes the connection.
 */
export async function dockerRequest(endpoint: DockerHost, request: DockerRequest): Promise<DockerAnswer> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const call = http.request({
      ...connection(endpoint),
      method: request.method ?? "GET",
      path: request.path,
      headers: {
        Host: "docker",
        Connection: "close",
        ...(request.body ? { "Content-Type": "application/x-tar" } : {}),
      },
    });
    call.on("response", resolve).on("error", reject);
    call.setTimeout(request.silenceMs, () => {
      call.destroy(new Error(`${endpoint.url} sent nothing for ${request.silenceMs / 1000} s`));
    });
    if (request.body) request.body.on("error", (error) => call.destroy(error)).pipe(call);
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

/** A pull or import that fails half-way has long answered 200: the error is one of the messages. */
export function errorInStream(body: string): string | undefined {
  return /"error":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
}

function connection(endpoint: DockerHost): http.RequestOptions {
  const url = new URL(endpoint.url);
  if (url.protocol === "unix:") return { socketPath: decodeURIComponent(url.pathname) };
  const plain = url.protocol === "http:" || (url.protocol === "tcp:" && !process.env.DOCKER_TLS_VERIFY);
  if (plain && endpoint.from !== "context") return { host: url.hostname, port: url.port || 2375 };
  return { createConnection: () => dialWithDockerCli(endpoint) };
}

function dialWithDockerCli({ url, context }: DockerHost): Socket {
  const target = context ? ["--context", context] : ["--host", url];
  const child = spawn("docker", [...target, "system", "dial-stdio"]);
  // Not Duplex.from: it reports a closed pipe before the process has said why it closed.
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (data: Buffer) => stream.push(data));
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  child.on("error", (error) =>
    stream.destroy(new Error(`the docker CLI is needed for ${url}: ${error.message}`)),
  );
  child.on("close", (code) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new Error(complaint.trim().split("\n")[0] || `docker ended with ${code}`));
  });
  // http.request wants these of a socket; a pipe has no use for them.
  const nothing = (): Duplex => stream;
  return Object.assign(stream, {
    setTimeout: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  }) as Duplex as Socket;
}
