import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { waitFor } from "../../foundation/wait";
import { SshTransport } from "../../transport/ssh-transport";
import { demoStatus } from "../e2e/harness/demo-page";
import { docker } from "../e2e/harness/docker";
import { counted, send, startCounting, stopCounting, toSwarmPorts } from "../e2e/harness/forged-packets";
import { expectSuccess } from "../e2e/harness/run";
import { Workspace } from "../e2e/harness/workspace";
import { enableFirewall } from "./harness/firewall";
import { VmNetwork } from "./harness/network";
import type { Vm } from "./harness/vm";

const UP_MS = 900_000;
jest.setTimeout(UP_MS);

const MESH_PORT = 8090;
const MESH = `
services:
  mesh:
    image: IMAGE
    command: [web]
    environment: { NODE: "{{.Node.Hostname}}" }
    ports: ["${MESH_PORT}:8080"]
  peer:
    image: IMAGE
    command: [web]
    networks: [sealed]
    deploy: { mode: global }
networks:
  sealed:
    driver_opts: { encrypted: "" }
`;

/** The one task that the mesh leads to, on the machine where it runs. */
const TASK = "$(docker ps --quiet --filter name=mesh_mesh | head -1)";

let network: VmNetwork;
let workspace: Workspace;
let vms: Vm[];
let image: string;
const rulesBefore = new Map<string, string>();

beforeAll(async () => {
  network = await VmNetwork.create();
  const time = await network.startTimeServer();
  vms = [
    await network.vm("alpha"),
    await network.vm("beta"),
    // Its hardware clock says so again at every power-on.
    await network.vm("gamma", { clockBase: "2020-01-01T00:00:00" }),
  ];
  const boots = await Promise.all(vms.map((vm) => vm.start()));
  report("three machines booted", ...boots.map(({ bootMs }) => bootMs));
  await Promise.all(vms.map((vm) => enableFirewall(vm)));
  workspace = await Workspace.create({
    platform: "ssh",
    managerNames: ["alpha", "beta", "gamma"],
    swarm: { autoLockManagers: true },
    ssh: { defaults: { user: "admin", sudo: true }, time: { servers: [time] } },
  });
  // In emulation everything takes ten times as long.
  workspace.timeoutMs = UP_MS;
  workspace.configure({ hosts: vms.map(hostOf) });
  image = `pulumi-swarm-demo:${workspace.cluster}`;
  await docker("build", "--quiet", "--tag", image, path.join(projectRoot, "demo", "web"));
  for (const vm of vms) {
    await loadImage(vm);
    rulesBefore.set(vm.name, await rulesOf(vm));
  }
});

afterAll(async () => {
  await workspace?.remove();
  await network?.remove();
  await docker("image", "rm", "--force", image);
});

function report(what: string, ...ms: number[]): void {
  process.stdout.write(`${what}: ${ms.map((each) => `${(each / 1000).toFixed(1)} s`).join(", ")}\n`);
}

async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work;
  report(what, Date.now() - began);
  return result;
}

/** As it stands in the configuration; its key is in a file, as a user has it. */
function hostOf(vm: Vm): Record<string, string> {
  const { host, privateKey, hostKey } = vm.connection;
  const identityFile = path.join(workspace.folder, `${vm.name}.key`);
  writeFileSync(identityFile, privateKey ?? "", { mode: 0o600 });
  return { name: vm.name, address: host, hostKey, identityFile };
}

/** No registry is in reach of the machines. */
async function loadImage(vm: Vm): Promise<void> {
  const archive = execFileSync("docker", ["save", image], { maxBuffer: 64 * 1024 * 1024 });
  const transport = new SshTransport(vm.rootConnection);
  try {
    const { exitCode, stderr } = await transport.run(["docker", "load"], { stdin: archive });
    if (exitCode !== 0) throw new Error(stderr);
  } finally {
    transport.close();
  }
}

/** The rules of the firewall that was in force before; the engine's own come and go with it. */
function rulesOf(vm: Vm): Promise<string> {
  return vm.output("nft list table inet filter");
}

function nodes(vm: Vm): Promise<string> {
  return vm.output("docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}' | sort");
}

function nodesShow(vm: Vm, name: string, wanted: RegExp): Promise<string> {
  return waitFor<string>({ name, on: vm.name, intervalMs: 1_000, timeoutMs: 180_000 }, async () => {
    const { stdout, stderr } = await vm.run("docker node ls --format '{{.Hostname}} {{.Status}}' | sort");
    return wanted.test(stdout) ? { done: stdout } : { pending: stdout + stderr };
  });
}

async function clockIsRight(vm: Vm): Promise<void> {
  const seconds = Number(await vm.output("date +%s"));
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(10);
}

test("a cluster comes up: the clock that is years off is repaired, and the ports open in a firewall in force", async () => {
  const late = Number(await vms[2].output("date +%s"));
  expect(Date.now() / 1000 - late).toBeGreaterThan(90 * 24 * 3600);

  const { text } = await timed("up", workspace.up());
  expect(text).toContain("waiting until chrony has synchronised the clock");
  await clockIsRight(vms[2]);
  expect(await nodes(vms[0])).toMatch(/^alpha Ready \w+\nbeta Ready \w+\ngamma Ready \w+$/);
  expect((await timed("up with nothing to do", workspace.up("--expect-no-changes"))).changes).toEqual({});
});

test("a published port answers on every node through the routing mesh, and a service by its virtual address", async () => {
  const compose = Buffer.from(MESH.replaceAll("IMAGE", image)).toString("base64");
  await vms[0].output(
    `echo ${compose} | base64 -d | docker stack deploy --detach=false --resolve-image never -c - mesh`,
  );
  const nodesThatRun = new Set<string>();
  for (const vm of vms) nodesThatRun.add((await demoStatus(vm.address, MESH_PORT)).node);
  // One task, reached through all three.
  expect(nodesThatRun.size).toBe(1);

  const vips = await vms[0].output(
    "docker service inspect mesh_mesh --format '{{range .Endpoint.VirtualIPs}}{{.Addr}} {{end}}'",
  );
  const addresses = vips.split(" ").map((address) => address.split("/")[0]);
  const [holder] = vms.filter((vm) => nodesThatRun.has(vm.name));
  const inTask = (command: string) => holder.output(`docker exec ${TASK} ${command}`);
  const resolved = await inTask("nslookup mesh");
  const [vip] = addresses.filter((address) => resolved.includes(address));
  expect(`${vip} of ${resolved}`).toMatch(/^\d/);
  expect(await inTask(`wget -T 20 -qO- http://${vip}:8080/status.json`)).toContain('"service"');
});

test("tasks of an encrypted network reach each other from machine to machine", async () => {
  for (const vm of vms) {
    const own = "$(docker ps --quiet --filter name=mesh_peer | head -1)";
    const found = await vm.output(`docker exec ${own} nslookup tasks.peer`);
    const peers = [...found.matchAll(/^Address.*?(10\.\d+\.\d+\.\d+)$/gm)].map(([, address]) => address);
    expect(new Set(peers).size).toBe(vms.length);
    for (const peer of peers)
      expect(await vm.output(`docker exec ${own} wget -T 20 -qO- http://${peer}:8080/status.json`)).toContain(
        '"service"',
      );
  }
});

test("a task reaches no port of the swarm, neither as itself nor with a forged address, and a node does", async () => {
  const running = await Promise.all(vms.map((vm) => vm.output("docker ps --quiet --filter name=mesh_mesh")));
  const at = running.findIndex((id) => id !== "");
  const [holder, other, third] = [0, 1, 2].map((step) => vms[(at + step) % vms.length]);
  const [onHolder, onOther] = [holder, other].map((vm) => (script: string) => vm.output(script));
  const task = await holder.output(`docker inspect --format '{{.State.Pid}}' ${TASK}`);
  const inside = `nsenter --net --target ${task}`;
  const own = await holder.output(
    `${inside} ip -4 route get ${other.address} | sed -n 's/.* src \\([^ ]*\\).*/\\1/p'`,
  );
  const senders = [own, holder.address, other.address, third.address];
  const passed = async (gossipPort?: number) => {
    const packets = toSwarmPorts(senders, [holder.address, other.address], gossipPort);
    await Promise.all([startCounting(onHolder), startCounting(onOther)]);
    const sent = await send({ shell: onHolder, inside }, packets);
    const [here, there] = await Promise.all([counted(onHolder), counted(onOther)]);
    expect(here.came).toBe(sent);
    return { in: here.in, left: here.left, toOther: there.came };
  };
  expect(await passed(7946)).toEqual({ in: 0, left: 0, toOther: 0 });
  await startCounting(onHolder);
  const sent = await send({ shell: onOther }, toSwarmPorts([other.address], [holder.address], 7946));
  expect(await counted(onHolder)).toMatchObject({ came: sent, in: sent });
  for (const [index, vm] of [holder, other].entries())
    await vm.output(`ip -6 address add fd00:21::${index + 1}/64 dev eth0 nodad`);
  await startCounting(onHolder);
  await send({ shell: onOther }, toSwarmPorts(["fd00:21::2"], ["fd00:21::1"]));
  expect(await counted(onHolder)).toMatchObject({ came: sent, in: 0 });

  // So it is the rules that stop them.
  await holder.output("nft delete table inet pulumi_swarm");
  const open = await passed();
  expect(Math.min(open.in, open.left, open.toOther)).toBeGreaterThan(5);
  await holder.output("sh /etc/pulumi-swarm/firewall.sh apply");
  await Promise.all([stopCounting(onHolder), stopCounting(onOther)]);
  await vms[0].output("docker stack rm mesh");
});

test("a machine that lost its power comes back: clock, firewall, unlocked by up", async () => {
  await vms[2].powerOff();
  await nodesShow(vms[0], "gamma is Down", /gamma Down/);
  const { bootMs } = await vms[2].start();
  report("boot after a power cut", bootMs);
  // It asks for the key, as its raft log is encrypted.
  expect(await vms[2].output("docker info --format '{{.Swarm.LocalNodeState}}'")).toBe("locked");
  await timed("up --refresh", workspace.up("--refresh"));
  await nodesShow(vms[0], "gamma is Ready", /gamma Ready/);
  await clockIsRight(vms[2]);
  expect(await vms[2].output("nft list table inet pulumi_swarm")).toContain(vms[0].address);
});

test("a machine is replaced by another at the same address and name", async () => {
  await vms[1].replace();
  report("boot of the other machine", (await vms[1].start()).bootMs);
  await enableFirewall(vms[1]);
  await loadImage(vms[1]);
  rulesBefore.set(vms[1].name, await rulesOf(vms[1]));

  const refused = await workspace.tryUp("--refresh");
  expect(refused.code).not.toBe(0);
  expect(refused.text).toMatch(/presented the ssh-ed25519 host key SHA256:\S+, not the pinned SHA256:/);

  workspace.configure({ hosts: vms.map(hostOf) });
  await timed("up", workspace.up());
  expect(await nodes(vms[0])).toMatch(/^alpha Ready \w+\nbeta Ready \w+\ngamma Ready \w+$/);
  expect((await workspace.up("--refresh")).changes).toEqual({});
});

test("the preflight shows every path between the machines", async () => {
  const { stdout } = expectSuccess(await workspace.swarm("preflight"));
  for (const vm of vms) expect(stdout).toContain(vm.name);
});

test("a destroy leaves the machines clean", async () => {
  await timed("destroy", workspace.destroy());
  for (const vm of vms) {
    expect(await vm.output("docker info --format '{{.Swarm.LocalNodeState}}'")).toBe("inactive");
    expect(await vm.output("docker network ls --format '{{.Name}}' | sort | tr '\\n' ' '")).toBe(
      "bridge host none",
    );
    expect(await vm.output("nft list ruleset | grep -ci pulumi; true")).toBe("0");
    expect(await rulesOf(vm)).toBe(rulesBefore.get(vm.name));
    expect(
      await vm.output(
        "ls -d /etc/pulumi-swarm /var/lib/pulumi-swarm /etc/systemd/system/pulumi-swarm* 2>/dev/null; true",
      ),
    ).toBe("");
    expect(await vm.output("systemctl is-active docker chrony nftables | tr '\\n' ' '")).toBe(
      "active active active",
    );
  }
});
