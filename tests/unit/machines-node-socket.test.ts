import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { clusterSockets, containerFolder, isClusterSocket } from "../../foundation/cluster-sockets";
import type { Context } from "../../foundation/context";
import { publishSocket, removeSocket, removeSockets } from "../../machines/local/node-socket";

const home = mkdtempSync(path.join(tmpdir(), "node-socket-"));
const servers: Server[] = [];
const id = "0123456789abcdef0123456789abcdef";
const node = { owner: { project: "p", stack: "s", cluster: "dev", id }, hostname: "manager-1" };
const context = { signal: new AbortController().signal } as Context;
const { folder } = clusterSockets(id, { PULUMI_SWARM_SOCKETS: home });

beforeAll(() => void (process.env.PULUMI_SWARM_SOCKETS = home));
afterAll(() => {
  delete process.env.PULUMI_SWARM_SOCKETS;
  for (const server of servers) server.close();
  rmSync(home, { recursive: true, force: true });
});

/** What a container's engine does in its folder. */
async function engineIn(container: string): Promise<void> {
  mkdirSync(containerFolder(id, container), { recursive: true });
  const server = createServer();
  servers.push(server);
  const before = process.umask(0o177);
  await new Promise<void>((resolve) =>
    server.listen(path.join(containerFolder(id, container), "docker.sock"), resolve),
  );
  process.umask(before);
}

test("a node's socket keeps its path while another container takes its place, and goes with the last one", async () => {
  await engineIn("dev-manager-1");
  const socket = await publishSocket(node, "dev-manager-1", context);
  expect(socket).toBe(path.join(folder, "manager-1.sock"));
  expect(isClusterSocket(`unix://${socket}`)).toBe(true);
  expect(readlinkSync(String(socket))).toBe("machines/dev-manager-1/docker.sock");

  await engineIn("dev-manager-1.2");
  expect(await publishSocket(node, "dev-manager-1.2", context)).toBe(socket);
  await removeSocket(node, "dev-manager-1");
  expect(readlinkSync(String(socket))).toBe("machines/dev-manager-1.2/docker.sock");
  expect(readdirSync(path.join(folder, "machines"))).toEqual(["dev-manager-1.2"]);

  await removeSocket(node, "dev-manager-1.2");
  expect(readdirSync(folder)).toEqual(["machines"]);
  await removeSockets(node.owner);
  expect(existsSync(folder)).toBe(false);
});

test("what is left of a run that was killed while it made the link is in nobody's way, and goes with the container", async () => {
  await engineIn("dev-manager-1");
  // As if it were killed between the two steps: the new link is there and has not been moved.
  mkdirSync(path.join(folder, "manager-1.sock"));
  await expect(publishSocket(node, "dev-manager-1", context)).rejects.toThrow("rename");
  rmSync(path.join(folder, "manager-1.sock"), { recursive: true });
  const socket = await publishSocket(node, "dev-manager-1", context);
  expect(readlinkSync(String(socket))).toBe("machines/dev-manager-1/docker.sock");
  expect(readdirSync(folder).sort()).toEqual(["machines", "manager-1.sock"]);
  await removeSocket(node, "dev-manager-1");
  expect(readdirSync(folder)).toEqual(["machines"]);
  expect(readdirSync(path.join(folder, "machines"))).toEqual([]);
});

test("an engine that could not listen there has none, and nothing is in the way of its removal", async () => {
  expect(await publishSocket(node, "dev-manager-1", context)).toBeUndefined();
  await removeSocket(node, "dev-manager-1");
  const older = { ...node, owner: { project: "p", stack: "s", cluster: "dev" } };
  expect(await publishSocket(older, "dev-manager-1", context)).toBeUndefined();
  await removeSockets(older.owner);
  expect(existsSync(home)).toBe(true);
});
