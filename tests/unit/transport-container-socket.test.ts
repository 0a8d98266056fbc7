import { mkdtempSync, rmSync } from "node:fs";
import { createServer, get, Agent } from "node:http";
import { createServer as listenRaw, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { EngineClient } from "../../docker/engine-client";
import { Session } from "../../foundation/session";
import { ContainerTransport } from "../../transport/container-transport";
import { dialSocket } from "../../transport/socket-stream";

const folder = mkdtempSync(path.join(tmpdir(), "container-socket-"));
const socket = path.join(folder, "docker.sock");
/** Nobody is there: what goes through the container fails. */
const dockerHost = `unix://${folder}/none.sock`;
let server: Server | undefined;

afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listening(made: Server): Promise<void> {
  server = made;
  await new Promise<void>((resolve) => made.listen(socket, resolve));
}

const transport = () =>
  new ContainerTransport({ container: "dev-manager-1", dockerHost, socket }, new Session());

test("an engine that listens on this machine is asked there, over one connection, and not through its container", async () => {
  const asked: string[] = [];
  let connections = 0;
  const engine = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response
      .setHeader("content-type", "application/json")
      .end(request.method === "HEAD" ? "" : '{"ID":"one"}');
  }).on("connection", () => connections++);
  await listening(engine);
  const client = new EngineClient(transport());
  expect(await client.get("ask", "/info")).toEqual({ ID: "one" });
  expect(await client.get("ask again", "/info")).toEqual({ ID: "one" });
  client.close();
  expect(asked).toEqual(["HEAD /_ping", "GET /info", "GET /info"]);
  expect(connections).toBe(1);
});

test("a stream answers what comes after the first word, however it is cut", async () => {
  await listening(
    listenRaw((client) => {
      client.once("data", () => {
        client.write("HTTP/1.1 200 OK\r\nServer: en");
        setImmediate(() => client.write("gine\r\n\r\n"));
        client.once("data", () => client.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
      });
    }),
  );
  const stream = await dialSocket(socket);
  const answer = await new Promise<string>((resolve, reject) => {
    const agent = new Agent();
    agent.createConnection = () => stream as never;
    get({ agent, path: "/info" }, (response) => void text(response).then(resolve, reject)).on(
      "error",
      reject,
    );
  });
  expect(answer).toBe("OK");
});

test.each<[string, () => Promise<void>]>([
  ["where nobody listens", () => Promise.resolve()],
  ["where whoever listens hangs up", () => listening(listenRaw((client) => client.destroy()))],
])("%s the container is asked", async (_where, prepare) => {
  await prepare();
  await expect(transport().dialEngine()).rejects.toMatchObject({
    failure: "unreachable",
    message: expect.stringContaining(
      "the Docker Engine that runs it: run a command in it: it does not answer at",
    ),
  });
});

test("whoever takes connections and says nothing, as a frozen container does, is not waited for", async () => {
  await listening(listenRaw((client) => void client.on("error", () => undefined).resume()));
  expect(await dialSocket(socket, 50)).toBeUndefined();
});
