import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { docker, dockerLines } from "../e2e/harness/docker";
import { NOTHING, leftovers, removeLeftovers } from "../e2e/harness/leftovers";
import type { Context } from "../../foundation/context";
import { Session } from "../../foundation/session";
import {
  makeLocalCluster,
  removeLocalCluster,
  removeNode,
  retireNode,
  type LocalCluster,
} from "../../testing/local-cluster";

const name = `steps-${randomBytes(3).toString("hex")}`;
const owner = { project: "pulumi-swarm", stack: "test", cluster: name, id: randomBytes(16).toString("hex") };
const warnings: string[] = [];
const context: Context = {
  session: new Session(),
  signal: new AbortController().signal,
  progress: () => undefined,
  info: () => undefined,
  warn: (text) => void warnings.push(text),
};
const sockets = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-sockets-"));

// The first cluster on a machine installs the engine of its nodes.
jest.setTimeout(600_000);

let cluster: LocalCluster;

beforeAll(async () => {
  process.env.PULUMI_SWARM_SOCKETS = sockets;
  cluster = await makeLocalCluster(owner, { managers: 1, workers: 1 }, context);
});

afterAll(async () => {
  delete process.env.PULUMI_SWARM_SOCKETS;
  await removeLeftovers(name);
  rmSync(sockets, { recursive: true, force: true });
});

/** What the manager says of the nodes, by its own docker CLI. */
async function nodeList(): Promise<string[]> {
  const format = "{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}";
  const rows = await dockerLines("exec", `${name}-manager-1`, "docker", "node", "ls", "--format", format);
  return rows.map((row) => row.trim()).sort();
}

test("a cluster is made by the steps alone: its nodes are Ready, take tasks and have their labels", async () => {
  expect(await nodeList()).toEqual(["manager-1 Ready Active Leader", "worker-1 Ready Active"]);
  const inspect = ["node", "inspect", "--format", '{{index .Spec.Labels "pool"}}'];
  const labels = await docker("exec", `${name}-manager-1`, "docker", ...inspect, "manager-1", "worker-1");
  expect(labels.split("\n")).toEqual(["managers", "workers"]);
});

test("a worker is retired, leaves the swarm, and its machine is gone", async () => {
  await retireNode(cluster, "worker-1", context);
  expect(await nodeList()).toEqual(["manager-1 Ready Active Leader", "worker-1 Ready Drain"]);
  await removeNode(cluster, "worker-1", context);
  expect(await nodeList()).toEqual(["manager-1 Ready Active Leader"]);
  const { containers, volumes } = await leftovers(name);
  expect([containers, volumes]).toEqual([[`${name}-manager-1`], [`${name}-manager-1`]]);
});

test("what is left of it is removed, and nothing stays", async () => {
  await removeLocalCluster(cluster, context);
  expect(await leftovers(name)).toEqual(NOTHING);
  expect(readdirSync(sockets)).toEqual([]);
  expect(warnings).toEqual([]);
});
