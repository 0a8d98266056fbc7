import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { listenOn } from "../../cli/engine-socket";
import { makeRoom, removeFolders } from "../../cli/socket-place";

let folder: string;
let place: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "engine-socket-"));
  place = path.join(folder, "docker.sock");
});
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function serverAt(at: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => client.pipe(client));
  servers.push(server);
  return new Promise((resolve) => server.listen(at, () => resolve(server)));
}

/** What comes back of a word. */
function echo(at: string, word: string): Promise<string> {
  const client = connect({ path: at, allowHalfOpen: true });
  client.end(word);
  return text(client);
}

test("a socket for its owner alone carries each connection to the engine, and goes with its end", async () => {
  await serverAt(path.join(folder, "engine.sock"));
  const listening = await listenOn(place, () =>
    Promise.resolve(connect({ path: path.join(folder, "engine.sock"), allowHalfOpen: true })),
  );
  expect(statSync(place).mode & 0o777).toBe(0o600);
  expect(await Promise.all(["one", "two"].map((word) => echo(place, word)))).toEqual(["one", "two"]);

  const open = connect(place);
  const closed = new Promise((resolve) => open.on("close", resolve));
  await new Promise((resolve) => open.on("connect", resolve));
  await listening.close();
  await closed;
  expect(existsSync(place)).toBe(false);
});

test("where no manager answers the connection ends, the reason is printed, and the socket stays", async () => {
  const printed = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const listening = await listenOn(place, () => Promise.reject(new Error("None of the managers")));
  try {
    for (const word of ["one", "two"]) expect(await echo(place, word).catch(() => "")).toBe("");
    expect(printed.mock.calls).toEqual([["None of the managers"], ["None of the managers"]]);
  } finally {
    printed.mockRestore();
    await listening.close();
  }
});

describe("a place for a socket", () => {
  test("is made with a folder for its user alone, and goes with it", async () => {
    const below = path.join(folder, "cluster", "proxy", "docker.sock");
    await makeRoom(below, true);
    expect(statSync(path.dirname(below)).mode & 0o777).toBe(0o700);
    removeFolders(below);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("whose folder is not there is refused, unless it is ours", async () => {
    await expect(makeRoom(path.join(folder, "no", "x.sock"), false)).rejects.toThrow(
      /^There is no folder .*\/no for the socket\. Name another path: --socket PATH$/,
    );
  });

  test("that is too long is refused with the number of bytes", async () => {
    const long = path.join("/tmp", "x".repeat(200));
    await expect(makeRoom(long, false)).rejects.toThrow(/is 9[0-9] bytes longer than a socket's may be\./);
  });

  test("is freed of a socket that nobody listens on, and of nothing else", async () => {
    const server = await serverAt(place);
    await expect(makeRoom(place, false)).rejects.toThrow(
      /^Another process listens on .*End it, or name another path: --socket PATH$/,
    );
    // A process that was killed leaves its socket: this one has lost its name before its end.
    const moved = path.join(folder, "moved.sock");
    const dead = await serverAt(moved);
    const left = path.join(folder, "left.sock");
    renameSync(moved, left);
    await new Promise((resolve) => dead.close(resolve));
    await makeRoom(left, false);
    expect(existsSync(left)).toBe(false);
    await new Promise((resolve) => server.close(resolve));

    writeFileSync(place, "mine");
    await expect(makeRoom(place, false)).rejects.toThrow(/is there already, and it is no socket\./);
    expect(existsSync(place)).toBe(true);
    const link = path.join(folder, "link");
    symlinkSync(place, link);
    await expect(makeRoom(link, false)).rejects.toThrow(/it is no socket\./);
  });
});
