import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import { EngineClient } from "../../docker/engine-client";
import type { Transport } from "../../transport/transport";
import { TRAITS } from "./fixtures/machine-traits";

/** An engine that takes every connection and never answers. */
function silentTransport() {
  const streams: Duplex[] = [];
  const dialEngine = jest.fn(() => {
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    streams.push(stream);
    return Promise.resolve(stream);
  });
  const transport: Transport = {
    node: "m1",
    traits: TRAITS,
    dialEngine,
    run: () => Promise.reject(new Error("not asked")),
    close: () => undefined,
  };
  return { transport, dialEngine, streams };
}

test("a client that is closed ends every request, those that wait for a connection as well, and opens no new one", async () => {
  const { transport, dialEngine, streams } = silentTransport();
  const client = new EngineClient(transport);
  const ask = (times: number) => Array.from({ length: times }, () => client.get("ask", "/nodes"));
  const carried = ask(4);
  await new Promise(setImmediate);
  expect(dialEngine).toHaveBeenCalledTimes(4);
  const queued = ask(2);
  await new Promise(setImmediate);
  const requests = [...carried, ...queued];
  const ended = Promise.allSettled(requests);

  client.close();
  const results = await ended;
  await new Promise(setImmediate);
  expect(results.map(({ status }) => status)).toEqual(requests.map(() => "rejected"));
  expect(dialEngine).toHaveBeenCalledTimes(4);
  expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
});

describe("connections to an engine that answers", () => {
  const server = createServer((request, response) => {
    response.setHeader("swarm", "active/worker").end(request.url === "/_ping" ? "OK" : "{}");
  });
  let client: EngineClient;
  let dials: number;

  beforeAll(() => new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening)));
  afterAll(() => void server.close());
  beforeEach(() => {
    dials = 0;
    const { port } = server.address() as AddressInfo;
    const dialEngine = () => {
      dials++;
      return Promise.resolve(connect(port, "127.0.0.1") as Duplex);
    };
    client = new EngineClient({ ...silentTransport().transport, idleStreams: 4, dialEngine });
  });
  afterEach(() => client.close());

  test("are one, for questions in turn", async () => {
    for (let round = 0; round < 5; round++) {
      expect(await client.swarmState()).toBe("active/worker");
      await client.get("ask", "/info");
    }
    expect(dials).toBe(1);
  });

  test("are four, for questions at once, and stay between two rounds of them", async () => {
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 8 }, () => client.get("ask", "/nodes")));
    expect(dials).toBe(4);
  });
});
