import { randomBytes } from "node:crypto";
import type { PreflightReport } from "../../schema/preflight";
import type { Problem } from "../../validation/problem";
import { ProviderProcess, type Properties } from "../provider/provider-process";
import { docker } from "./harness/docker";
import { spareMachine } from "./harness/spare-machine";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(240_000);

const NAMES = ["one", "two", "three"];

let workspace: Workspace;
let witness: Witness;
let provider: ProviderProcess;
let owner: Properties;
/** Machines with an engine and in no swarm, beside a cluster of one manager and one worker. */
let spares: Properties[];

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 1, workers: [{ name: "app", count: 1 }] });
  witness = new Witness(workspace.cluster);
  owner = { project: "pulumi-swarm", stack: workspace.stack, cluster: workspace.cluster };
  await workspace.up();
  provider = await ProviderProcess.start();
  const containers = await Promise.all(NAMES.map((name) => spareMachine(workspace.cluster, name)));
  spares = await Promise.all(
    containers.map((container, index) => hostOf(container, NAMES[index], index < 2)),
  );
});
afterAll(async () => {
  await provider?.stop();
  await workspace?.remove();
});

async function hostOf(container: string, name: string, manager: boolean): Promise<Properties> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const address = (await docker("inspect", "--format", format, container)).trim();
  return { name, role: manager ? "manager" : "worker", address, connection: { container } };
}

function containerOf(name: string): string {
  return `${workspace.cluster}-${name}`;
}

async function look(hosts: Properties[] = spares, more: Properties = {}): Promise<Properties> {
  return (await provider.create("Preflight", { owner, hosts, ...more })).properties;
}

/** The message that it fails with. */
async function failure(hosts: Properties[] = spares, more: Properties = {}): Promise<string> {
  const error = await look(hosts, more).then(
    () => new Error("it found nothing"),
    (thrown: Error) => thrown,
  );
  return error.message;
}

/** From, to and what the cell says, for every cell that is not ok. */
function cells(message: string): string[] {
  const lines = message.split("\n");
  const first = lines.findIndex((line) => line.startsWith("FROM"));
  const [, ...columns] = lines[first].split(/\s{2,}/);
  return lines.slice(first + 1, first + 1 + columns.length).flatMap((line) => {
    const [from, ...row] = line.split(/\s{2,}/);
    return row.flatMap((cell, index) =>
      ["ok", "-"].includes(cell) ? [] : [`${from} → ${columns[index]}: ${cell}`],
    );
  });
}

/** What runs in a machine beside its engine. */
async function programsIn(name: string): Promise<string> {
  return docker("top", containerOf(name), "-eo", "pid,args");
}

test("machines that can be one swarm pass, and nothing is left running on them", async () => {
  const { checkedAt } = await look();
  expect(Date.parse(checkedAt as string)).toBeLessThanOrEqual(Date.now());
  for (const name of NAMES) expect(await programsIn(name)).not.toMatch(/perl|python/);
});

test("a port that is shut for one other machine is that cell alone, in that direction", async () => {
  const rule = [
    "INPUT",
    "--source",
    spares[0].address as string,
    "--protocol",
    "udp",
    "--dport",
    "7946",
    "--jump",
    "DROP",
  ];
  await docker("exec", containerOf("three"), "iptables", "--append", ...rule);
  try {
    const message = await failure();
    expect(cells(message)).toEqual(["one → three: 7946/udp"]);
    expect(message).toMatch(
      /\n {2}- three: 7946\/udp from one: no answer\. .* open it in the firewall of three/,
    );
  } finally {
    await docker("exec", containerOf("three"), "iptables", "--delete", ...rule);
  }
});

test("shut for everybody by a refusal, on the data path of another port: said once", async () => {
  const rule = ["INPUT", "--protocol", "udp", "--dport", "4800", "--jump", "REJECT"];
  await docker("exec", containerOf("two"), "iptables", "--append", ...rule);
  try {
    const message = await failure(spares, { dataPathPort: 4800 });
    expect(cells(message)).toEqual(["one", "three"].map((from) => `${from} → two: 4800/udp`));
    expect(message.match(/4800\/udp from every other node/g)).toHaveLength(1);
    await look(spares, { dataPathPort: 4801 });
  } finally {
    await docker("exec", containerOf("two"), "iptables", "--delete", ...rule);
  }
});

test("large packets that do not get through are a warning, and no failure", async () => {
  const rule = [
    "INPUT",
    "--protocol",
    "udp",
    "--match",
    "length",
    "--length",
    "1421:65535",
    "--jump",
    "DROP",
  ];
  await docker("exec", containerOf("three"), "iptables", "--append", ...rule);
  try {
    const message = await failure(spares, { defaultAddrPool: [await nodeNetwork()] });
    expect(cells(message)).toEqual([]);
    expect(message).toMatch(
      /Warnings:\n {2}- one: packets of 1500 bytes.* do not arrive at three; 1420 do\. .* MTU of 1370 /,
    );
  } finally {
    await docker("exec", containerOf("three"), "iptables", "--delete", ...rule);
  }
});

test("a pool over the machines' own network, and a machine ID twice: both in one message", async () => {
  const id = randomBytes(16).toString("hex");
  const range = await nodeNetwork();
  for (const name of ["two", "three"])
    await docker("exec", containerOf(name), "sh", "-c", `echo ${id} > /etc/machine-id`);
  try {
    const message = await failure(spares, { defaultAddrPool: [range] });
    expect(cells(message)).toEqual([]);
    expect(message).toContain(`\n  - two, three: have the same machine ID, ${id}. `);
    expect(message).toContain(
      `\n  - one, two, three: the address pool ${range} overlaps the route to ${range} through eth0`,
    );
  } finally {
    await docker("exec", containerOf("three"), "rm", "/etc/machine-id");
  }
});

async function nodeNetwork(): Promise<string> {
  return (
    await docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", workspace.cluster)
  ).trim();
}

test("a machine without perl is looked at through Python", async () => {
  const install = "apt-get update && apt-get install --yes --no-install-recommends python3-minimal";
  await docker(
    "exec",
    containerOf("two"),
    "sh",
    "-c",
    `(${install}) >/dev/null && mv /usr/bin/perl /usr/bin/perl.away`,
  );
  await look();
  const rule = [
    "INPUT",
    "--source",
    spares[1].address as string,
    "--protocol",
    "tcp",
    "--dport",
    "7946",
    "--jump",
    "DROP",
  ];
  const back = [
    "INPUT",
    "--source",
    spares[0].address as string,
    "--protocol",
    "udp",
    "--dport",
    "4789",
    "--jump",
    "DROP",
  ];
  await docker("exec", containerOf("three"), "iptables", "--append", ...rule);
  await docker("exec", containerOf("two"), "iptables", "--append", ...back);
  try {
    expect(cells(await failure())).toEqual(["one → two: 4789/udp", "two → three: 7946/tcp"]);
  } finally {
    await docker("exec", containerOf("three"), "iptables", "--delete", ...rule);
    await docker("exec", containerOf("two"), "iptables", "--delete", ...back);
  }
  expect(await programsIn("two")).not.toMatch(/python/);
});

test("a live cluster by the command: connections are tried, exit code 0", async () => {
  const ended = await workspace.swarm("preflight");
  expect(ended.stdout).toMatch(/\nmanager-1 {2}- {10}ok\*\napp-1 {6}ok\* {8}-\n/);
  expect(ended.stdout).toMatch(/No problems\.\n$/);
  expect(ended.code).toBe(0);
});

test("a new machine beside members: what their engines hold is not tried, the rest is", async () => {
  const members = await Promise.all([
    hostOf(witness.containerOf("manager-1"), "manager-1", true),
    hostOf(witness.containerOf("app-1"), "app-1", false),
  ]);
  await look([...members, spares[2]]);
});

test("a machine that is stopped: the command names it, measures the others, and its exit code is 1", async () => {
  await docker("stop", "--time", "1", witness.containerOf("app-1"));
  const ended = await workspace.swarm("preflight", "--json");
  expect(ended.code).toBe(1);
  const seen = JSON.parse(ended.stdout) as PreflightReport & { problems: Problem[] };
  expect(seen.problems).toEqual([
    { where: "app-1", text: expect.stringMatching(/the container does not run/) },
  ]);
  expect(seen.hosts[0]).toMatchObject({
    name: "manager-1",
    engine: { inSwarm: true },
    ports: { "2377/tcp": "used" },
  });
});
