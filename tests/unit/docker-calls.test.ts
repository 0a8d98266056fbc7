import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { deleteContainer, hasFile, inspectContainer, logOf, startContainer } from "../../docker/containers";
import { isEngineError } from "../../docker/errors";
import { buildFrom, pullImage, saveImage } from "../../docker/images";
import { listVolumes } from "../../docker/volumes";
import { HostClient } from "../../transport/docker-client";
import { splitFrames } from "../../transport/frames";
import { TransportError } from "../../transport/transport";

const folder = mkdtempSync(path.join(tmpdir(), "docker-calls-"));
const socket = path.join(folder, "engine.sock");
const machine = { id: "0f1", name: "dev-app-1" };
const signal = new AbortController().signal;
let server: Server | undefined;
let asked: string[];

beforeEach(() => void (asked = []));
afterEach(() => {
  server?.closeAllConnections();
  return new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A client of an engine that answers so. */
async function engine(
  answer: (response: ServerResponse, request: IncomingMessage) => unknown,
  timeoutMs = 60_000,
): Promise<HostClient> {
  server = createServer((request, response) => {
    asked.push(decodeURIComponent(`${request.method} ${request.url}`));
    answer(response, request);
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return new HostClient("Docker Engine", { url: `unix://${socket}`, from: "dockerHost" }, timeoutMs, true);
}

const refusing = (status: number, message: string) => (response: ServerResponse) =>
  response.writeHead(status).end(JSON.stringify({ message }));

test("what is missing is nothing, and what is so already is done", async () => {
  const missing = await engine(refusing(404, "No such container: 0f1"));
  expect(await inspectContainer(missing, machine)).toBeUndefined();
  expect(await hasFile(missing, machine, "/etc/none")).toBe(false);
  await deleteContainer(missing, machine);
  expect(asked).toEqual([
    "GET /containers/0f1/json",
    "HEAD /containers/0f1/archive?path=/etc/none",
    "DELETE /containers/0f1?force=true&v=true",
  ]);
});

test("a container that runs is started already", async () => {
  const running = await engine((response) => response.writeHead(304).end());
  await expect(startContainer(running, machine)).resolves.toBeUndefined();
});

test("a refusal goes through the table, with the engine's name and what was asked", async () => {
  const refused = await engine(refusing(409, "container 0f1 is not running"));
  const error = await startContainer(refused, machine).catch((reason: unknown) => reason);
  expect(isEngineError(error, "not-running")).toBe(true);
  expect((error as Error).message).toMatch(/^Docker Engine: start container dev-app-1: container 0f1 is not/);
});

test("an answer of somebody in between is shown as it is", async () => {
  const between = await engine((response) => response.writeHead(502).end("Bad Gateway\n"));
  await expect(startContainer(between, machine)).rejects.toThrow("start container dev-app-1: Bad Gateway.");
});

test("one that does not answer in time, or not at all, is unreachable, with what to do", async () => {
  const silent = await engine(() => undefined, 30);
  const late = await startContainer(silent, machine).catch((reason: unknown) => reason);
  expect(late).toBeInstanceOf(TransportError);
  expect((late as Error).message).toMatch(
    /does not answer at unix:.*: no answer within 0\.03 s\. Start it or/,
  );
  const host = { url: `unix://${folder}/none.sock`, from: "DOCKER_HOST" as const };
  await expect(startContainer(new HostClient("Docker Engine", host, 60_000), machine)).rejects.toThrow(
    /^Docker Engine: start container dev-app-1: it does not answer at unix:.*ENOENT.*in DOCKER_HOST/,
  );
});

test("filters go as JSON, and an engine's null is an empty list", async () => {
  const none = await engine((response) => response.end('{"Volumes":null}'));
  expect(await listVolumes(none, ["a=b"])).toEqual([]);
  expect(asked).toEqual(['GET /volumes?filters={"label":["a=b"]}']);
});

test("what comes as a stream may take longer than its beginning", async () => {
  let end: () => void = () => undefined;
  const slow = await engine((response) => {
    response.flushHeaders();
    end = () => response.end("archive");
  });
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  try {
    const archive = await saveImage(slow, "web:1");
    jest.advanceTimersByTime(600_000);
    end();
    expect(await text(archive)).toBe("archive");
  } finally {
    jest.useRealTimers();
  }
});

test("a stream that is cancelled ends with an error", async () => {
  const cancel = new AbortController();
  const endless = await engine((response) => response.write('{"stream":"Step 1"}\n'));
  const options = { name: "web", dockerfile: "Dockerfile", labels: {}, signal: cancel.signal };
  const onLine = () => cancel.abort();
  await expect(buildFrom(endless, Readable.from([]), { ...options, onLine })).rejects.toThrow();
});

test("a build tells its lines, and why it failed after its 200", async () => {
  const failing = await engine((response, request) => {
    request.resume();
    response.write('{"stream":"Step 1\\nStep');
    response.end(' 2\\n"}\r\n{"errorDetail":{},"error":"no such file"}\n');
  });
  const lines: string[] = [];
  const options = { name: "web", dockerfile: "Dockerfile", labels: { a: "b" }, signal };
  const onLine = (line: string) => void lines.push(line);
  expect(await buildFrom(failing, Readable.from(["tar"]), { ...options, onLine })).toBe("no such file");
  expect(lines).toEqual(["Step 1", "Step 2"]);
  expect(asked[0]).toContain('labels={"a":"b"}');
});

test("a pull asks for one tag, and fails with the registry's words", async () => {
  const refusing = await engine((response) =>
    response.end('{"status":"Pulling"}\n{"error":"toomanyrequests"}'),
  );
  await expect(pullImage(refusing, "registry:5000/web")).rejects.toThrow("toomanyrequests");
  await expect(pullImage(refusing, "web:1")).rejects.toThrow("toomanyrequests");
  expect(asked).toEqual([
    "POST /images/create?fromImage=registry:5000/web&tag=latest",
    "POST /images/create?fromImage=web:1",
  ]);
});

/** One frame of a container's output. */
function frame(output: 1 | 2, words: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = output;
  header.writeUInt32BE(Buffer.byteLength(words), 4);
  return Buffer.concat([header, Buffer.from(words)]);
}

test("output in frames is told apart, however it is cut", async () => {
  const bytes = Buffer.concat([frame(1, "out"), frame(2, ""), frame(2, "wrong"), frame(1, "put")]);
  const source = new PassThrough();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  splitFrames(source, stdout, stderr);
  source.once("end", () => [stdout, stderr].forEach((stream) => stream.end()));
  for (const byte of bytes) source.write(Buffer.from([byte]));
  source.end();
  expect(await Promise.all([text(stdout), text(stderr)])).toEqual(["output", "wrong"]);
});

test("no more output is read than somebody takes", async () => {
  const source = new PassThrough({ highWaterMark: 1 });
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 8 }), new PassThrough()];
  splitFrames(source, stdout, stderr);
  for (const words of ["more than", "it takes", "at once"]) source.write(frame(1, words));
  await new Promise(setImmediate);
  expect(String(stdout.read())).toBe("more than");
  source.once("end", () => stdout.end());
  source.end();
  expect(await text(stdout)).toBe("it takesat once");
});

test("a log is what a container has printed on both outputs", async () => {
  const logging = await engine((response) =>
    response.end(Buffer.concat([frame(1, "starts\n"), frame(2, "fails\n")])),
  );
  expect(await logOf(logging, machine, 10)).toBe("starts\nfails\n");
  expect(asked).toEqual(["GET /containers/0f1/logs?stdout=true&stderr=true&tail=10"]);
});
