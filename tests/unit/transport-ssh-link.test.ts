import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { Server, type Connection as ServerSide, type Session } from "ssh2";
import { waitFor } from "../../foundation/wait";
import { backOff } from "../../transport/ssh-attempts";
import { SshTransport } from "../../transport/ssh-transport";
import { keyPair } from "../key-pair";

/** SSH servers in this process, to see what no real one does on demand. The real ones: tests/provider/ssh-transport.test.ts */
const hostKey = keyPair();
const servers: (Server | TcpServer)[] = [];
const transports: SshTransport[] = [];

afterEach(async () => {
  transports.splice(0).forEach((transport) => transport.close());
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => (server as TcpServer).listen(0, "127.0.0.1", () => resolve()));
  return (server.address() as AddressInfo).port;
}

interface Behaviour {
  onConnection?: (client: ServerSide, count: number) => void;
  sessions?: number;
  login?: boolean;
}

/** Answers every command with its own text, once it is released. */
async function sshServer({ onConnection, sessions = Infinity, login = true }: Behaviour = {}) {
  const seen = { connections: 0, open: 0, most: 0, refused: 0, release: () => {} };
  const released = new Promise<void>((resolve) => (seen.release = resolve));
  const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => (login ? context.accept() : context.reject()));
    client.on("session", (accept, reject) => {
      if (seen.open >= sessions) {
        seen.refused++;
        return reject();
      }
      seen.most = Math.max(seen.most, ++seen.open);
      serve(accept());
    });
    seen.connections++;
    onConnection?.(client, seen.connections);
  });
  function serve(session: Session) {
    session.on("exec", (accept, _reject, { command }) => {
      const channel = accept();
      channel.on("close", () => seen.open--).resume();
      void released.then(() => {
        channel.write(command);
        channel.exit(0);
        channel.end();
      });
    });
  }
  return { seen, port: await listen(server) };
}

function until(holds: () => boolean): Promise<true> {
  const condition = { name: "it holds", intervalMs: 10, timeoutMs: 4_000 };
  return waitFor<true>(condition, async () => (holds() ? { done: true } : { pending: "it does not" }));
}

function transport(port: number, limits: ConstructorParameters<typeof SshTransport>[1] = {}) {
  const made = new SshTransport({ host: "127.0.0.1", port, hostKey: hostKey.public }, limits);
  transports.push(made);
  return made;
}

test("concurrent first uses share one connection", async () => {
  const { seen, port } = await sshServer();
  seen.release();
  const node = transport(port);
  const results = await Promise.all(["a", "b", "c"].map((word) => node.run([word])));
  expect(results.map(({ stdout }) => stdout)).toEqual(["'a'", "'b'", "'c'"]);
  expect(seen.connections).toBe(1);
});

test("a server with fewer sessions than usual gets no more than it lets in, and every command runs", async () => {
  const { seen, port } = await sshServer({ sessions: 2 });
  const node = transport(port);
  const runs = Promise.all(Array.from({ length: 12 }, (_, i) => node.run([`${i}`])));
  seen.release();
  expect((await runs).map(({ exitCode }) => exitCode)).toEqual(Array(12).fill(0));
  expect(seen.most).toBe(2);
  expect(seen.refused).toBeGreaterThan(0);
});

test("a server that opens no session at all is reported with what to change", async () => {
  const { port } = await sshServer({ sessions: 0 });
  await expect(transport(port).run(["true"])).rejects.toMatchObject({
    failure: "refused",
    message: expect.stringMatching(/opens no session.*MaxSessions/),
  });
}, 10_000);

test("a server that turns away the first attempts is asked again", async () => {
  const { seen, port } = await sshServer({
    onConnection: (client, count) => {
      if (count < 4) client.end();
    },
  });
  seen.release();
  await expect(transport(port).run(["x"])).resolves.toMatchObject({ exitCode: 0 });
  expect(seen.connections).toBe(4);
});

test("pauses between attempts double, up to a longest one", () => {
  const due = backOff();
  const attempts = Array.from({ length: 60 }, due).flatMap((is, tick) => (is ? [tick] : []));
  const pauses = attempts.slice(1).map((tick, i) => tick - attempts[i]);
  expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8]);
  expect(new Set(pauses.slice(-2)).size).toBe(1);
});

test("a server that takes the connection and says nothing is given up in time", async () => {
  const sockets: { destroy(): void }[] = [];
  const port = await listen(createServer((socket) => sockets.push(socket)));
  const start = Date.now();
  await expect(transport(port, { connectMs: 1_000, attemptMs: 300 }).run(["true"])).rejects.toMatchObject({
    failure: "unreachable",
    message: expect.stringMatching(/does not answer on port.*tried for 1 s/),
  });
  expect(Date.now() - start).toBeLessThan(2_000);
  expect(sockets.length).toBeGreaterThan(1);
  sockets.forEach((socket) => socket.destroy());
});

test("what is no SSH server fails at once", async () => {
  const port = await listen(
    createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(1000))),
  );
  const start = Date.now();
  await expect(transport(port, { connectMs: 1_500 }).run(["true"])).rejects.toMatchObject({
    failure: "unreachable",
  });
  expect(Date.now() - start).toBeLessThan(3_000);
});

test("a command that waits for its session can be cancelled, and the others go on", async () => {
  const { seen, port } = await sshServer();
  const node = transport(port, { sessions: 1 });
  const first = node.run(["first"]);
  const cancel = new AbortController();
  const second = node.run(["second"], { signal: cancel.signal });
  const third = node.run(["third"]);
  cancel.abort(new Error("cancelled"));
  await expect(second).rejects.toThrow("cancelled");
  seen.release();
  expect([await first, await third].map(({ stdout }) => stdout)).toEqual(["'first'", "'third'"]);
});

test("closing ends what runs, and a later use opens a new connection", async () => {
  const { seen, port } = await sshServer();
  const node = transport(port);
  const run = node.run(["long"]);
  await until(() => seen.open === 1);
  node.close();
  await expect(run).rejects.toThrow(/connection was lost/);
  seen.release();
  await expect(node.run(["again"])).resolves.toMatchObject({ stdout: "'again'" });
  expect(seen.connections).toBe(2);
});

test("an agent that does not answer is named when no other way is left", async () => {
  const { port } = await sshServer({ login: false });
  const node = new SshTransport({
    host: "127.0.0.1",
    port,
    hostKey: hostKey.public,
    agentSocketPath: "/no/such/agent",
  });
  await expect(node.run(["true"])).rejects.toMatchObject({
    failure: "refused",
    message: expect.stringMatching(/does not let "root" in.*SSH agent: Failed to connect/),
  });
});

test.each([undefined, "", "no-key"])(
  "without a usable host key (%p) nothing is even dialled",
  async (junk) => {
    const { seen, port } = await sshServer();
    const node = new SshTransport({ host: "127.0.0.1", port, hostKey: junk as string });
    await expect(node.run(["true"])).rejects.toMatchObject({
      failure: "refused",
      message: expect.stringMatching(/Give hostKey/),
    });
    expect(seen.connections).toBe(0);
  },
);
