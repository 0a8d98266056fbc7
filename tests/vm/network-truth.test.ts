import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { closeConnections, connect } from "../../docker/connect";
import { askDiagnostics } from "../../swarm/network-truth/diagnostic-server";
import { waitFor } from "../../foundation/wait";
import { SshTransport } from "../../transport/ssh-transport";
import { docker } from "../e2e/harness/docker";
import { ghostOf } from "../e2e/harness/network-faults";
import { Workspace } from "../e2e/harness/workspace";
import { VmNetwork } from "./harness/network";
import type { Vm } from "./harness/vm";
import { Session } from "../../foundation/session";

const WITHIN = { session: new Session() };

const UP_MS = 900_000;
jest.setTimeout(UP_MS);

const PORT = 8091;
const GHOST = "10.20.77.199";

let network: VmNetwork;
let workspace: Workspace;
let vms: Vm[];
let image: string;

/** The kernel of the other tests has no IPVS: what balances virtual addresses is seen here alone. */
beforeAll(async () => {
  network = await VmNetwork.create();
  const time = await network.startTimeServer();
  vms = [await network.vm("alpha"), await network.vm("beta")];
  await Promise.all(vms.map((vm) => vm.start()));
  workspace = await Workspace.create({
    platform: "ssh",
    managerNames: ["alpha"],
    workers: [{ name: "app", names: ["beta"] }],
    ssh: { defaults: { user: "admin", sudo: true }, time: { servers: [time] } },
  });
  workspace.timeoutMs = UP_MS;
  workspace.configure({ hosts: vms.map(hostOf) });
  image = `pulumi-swarm-demo:${workspace.cluster}`;
  await docker("build", "--quiet", "--tag", image, path.join(projectRoot, "demo", "web"));
  for (const vm of vms) await loadImage(vm);
  await workspace.up();
  const service = [
    "docker service create --quiet --detach=false --no-resolve-image --name echo --replicas 2 --network truth",
    `--replicas-max-per-node 2 --publish ${PORT}:8080 --entrypoint httpd --update-monitor 1s`,
    `--stop-grace-period 1s ${image} -f -p 8080 -h /etc`,
  ];
  await vms[0].output("docker network create --driver overlay --subnet 10.20.77.0/24 truth");
  await vms[0].output(service.join(" "));
});

afterAll(async () => {
  closeConnections(WITHIN);
  await workspace?.remove();
  await network?.remove();
  await docker("image", "rm", "--force", image);
});

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

async function finding(check: string): Promise<{ level: string; found: string }> {
  const { stdout } = await workspace.swarm("doctor", "--json");
  const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; found: string }[] };
  const found = findings.find((one) => one.check === check);
  if (!found) throw new Error(stdout);
  return found;
}

function answers(address: string): Promise<void> {
  return waitFor<void>({ name: "it answers", on: address, intervalMs: 500, timeoutMs: 60_000 }, async () => {
    try {
      const { status } = await fetch(`http://${address}:${PORT}/passwd`, {
        signal: AbortSignal.timeout(5_000),
      });
      return status === 200 ? { done: undefined } : { pending: String(status) };
    } catch (error) {
      return { pending: (error as Error).message };
    }
  });
}

test("balancers that are sound: of the network and of ingress, on both machines", async () => {
  expect(await finding("virtual addresses")).toMatchObject({
    level: "pass",
    found: "as the managers say on 2 of 2 nodes",
  });
  for (const { address } of vms) await answers(address);
});

test("a balancer that sends to an address that is gone, and one that lost its rule: named, and mended", async () => {
  const [alpha, beta] = vms;
  const [id, networkId] = [
    await alpha.output("docker service inspect --format '{{.ID}}' echo"),
    await alpha.output("docker network inspect --format '{{.Id}}' truth"),
  ];
  const vips = await alpha.output("docker service inspect --format '{{json .Endpoint.VirtualIPs}}' echo");
  const vip = /"(10\.20\.77\.\d+)\//.exec(vips)?.[1] ?? "";
  const record = encodeURIComponent(ghostOf("echo", id, vip, GHOST).toString("base64"));
  const path = `/createentry?nid=${networkId}&tname=endpoint_table&json&key=${"cd".repeat(32)}&value=${record}`;
  const [answer] = await askDiagnostics(
    connect(alpha.rootConnection, WITHIN),
    [path],
    AbortSignal.timeout(120_000),
  );
  expect(JSON.parse(answer)).toMatchObject({ message: "OK" });
  const inside = `nsenter --net=/var/run/docker/netns/lb_${networkId.slice(0, 9)} iptables -t mangle`;
  await alpha.output(`${inside} -S INPUT | sed -n 's/^-A/${inside.replaceAll("/", "\\/")} -D/p' | sh`);

  const { level, found } = await finding("virtual addresses");
  expect(level).toBe("fail");
  expect(found.split("\n").sort()).toEqual([
    `truth on alpha: the virtual address ${vip} of echo has no balancer`,
    `truth on beta: the balancer of echo sends to ${GHOST}, which none of its tasks has`,
  ]);

  const { stderr, stdout, code } = await workspace.swarm("doctor", "--repair-network");
  expect(stderr).toContain(`✓ truth: the engines forgot ${GHOST} of echo`);
  expect(stderr).toContain("✓ alpha left its networks and joined them anew");
  expect(`${code} ${stdout}`).toMatch(/^\d .*PASS {2}virtual addresses/s);
  for (const { address } of vms) await answers(address);
  expect(beta.name).toBe("beta");
});
