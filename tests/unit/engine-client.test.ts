import { Duplex } from "node:stream";
import { EngineClient } from "../../engine/engine-client";
import type { Transport } from "../../transport/transport";

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
