import type { ClusterState } from "../../cli/cluster-state";
import type { Finding } from "../../cli/doctor/finding";
import { waitFor } from "../../foundation/wait";
import { testInAll } from "./harness/cases";
import { expectSuccess } from "./harness/run";
import { SshCluster } from "./harness/ssh-cluster";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

let cluster: SshCluster;
let before: string;

/** What package managers themselves keep of packages that were there once. */
const OF_PACKAGE_MANAGERS = ["dpkg", "apt", "ucf", "systemd"].map(
  (name) => `-not -path '/var/lib/${name}/*'`,
);
/** What a machine has of packages, settings and services' data. */
const TRACES = [
  "dpkg-query -W -f '${Package} ${db:Status-Status}\\n'",
  `find /etc /var/lib -xdev ${OF_PACKAGE_MANAGERS.join(" ")} | sort`,
].join("; ");

const host = "host-1";
const sh = (script: string) => cluster.hosts.sh(host, script);

beforeAll(async () => {
  cluster = await SshCluster.create("bare", {}, { purge: true });
  before = await sh(TRACES);
});
afterAll(() => cluster?.remove());

/** Times that the SSH server of the first host let somebody in. */
async function logins(): Promise<number> {
  const log = await cluster.hosts.log(host);
  return log.split("\n").filter((line) => line.includes("Accepted publickey")).length;
}

test("a preview shows for every host what would be done, and does nothing", async () => {
  const { stdout, code } = await cluster.workspace.tryPreview();
  expect(code).toBe(0);
  const plan =
    /to do: note that it belongs to .*; install chrony docker.io docker-cli iptables ca-certificates nftables; keep the clock with chrony, from [\d.]+; .*install and start Docker Engine from the distribution; open the ports of the swarm to [\d.]+ [\d.]+, and close them to everybody else/;
  expect(stdout.split("\n").filter((line) => plan.test(line)).length).toBeGreaterThanOrEqual(2);
  expect(await sh(TRACES)).toBe(before);
});

testInAll(
  "package mirrors that do not answer: three attempts, then the command with its last lines",
  async () => {
    await sh(
      "tar -C /etc/apt -cf /root/apt.tar . && find /etc/apt -name '*.list' -o -name '*.sources' | xargs rm",
    );
    await sh("echo 'deb http://127.0.0.1:9/debian trixie main' > /etc/apt/sources.list");
    const { code, text } = await cluster.workspace.tryUp();
    expect(code).not.toBe(0);
    expect(text).toMatch(
      /packages: `apt-get update` ended with exit code 100: are the package mirrors in reach\? Tried 3 times\.\n( *\| .*\n)* *\| .*127\.0\.0\.1:9/,
    );
    expect(await sh("command -v dockerd; true")).toBe("");
    await sh("rm /etc/apt/sources.list; tar -C /etc/apt -xf /root/apt.tar && rm /root/apt.tar");
  },
);

test("killed while packages are unpacked: the next run finishes", async () => {
  const { workspace } = cluster;
  const running = workspace.startUp();
  await waitFor<void>(
    { name: "a package is being unpacked", on: host, intervalMs: 50, timeoutMs: 120_000 },
    async () =>
      (await sh("dpkg --audit; dpkg-query -W -f '${db:Status-Status}\\n' | grep -v installed; true")) === ""
        ? { pending: "not yet" }
        : { done: undefined },
  );
  running.child.kill("SIGKILL");
  await running.ended;
  await workspace.cancel();
  expect(await sh("dpkg-query -W -f '${db:Status-Status}\\n' docker.io 2>&1; true")).not.toBe("installed");
  await workspace.up();
  expect(await sh("dpkg --audit")).toBe("");
  expect(await sh("docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).toBe(
    "host-1 Ready\nhost-2 Ready",
  );
});

test("again: nothing changes, and a preview logs in to nobody", async () => {
  const { workspace } = cluster;
  expect((await workspace.up()).changes).toEqual({});
  const times = await logins();
  expect(times).toBeGreaterThan(0);
  expect(await workspace.preview("--expect-no-changes")).toEqual({});
  expect(await logins()).toBe(times);
});

test("status and doctor know the machines, whose host names are their own, by the program's names", async () => {
  const { workspace } = cluster;
  const { nodes, drift } = JSON.parse(
    expectSuccess(await workspace.swarm("status", "--json")).stdout,
  ) as ClusterState;
  expect(nodes.map(({ name, hostname }) => `${name} ${hostname}`)).toEqual([
    "manager-1 host-1",
    "app-1 host-2",
  ]);
  expect(drift).toEqual([]);
  const { stdout } = await workspace.swarm("doctor", "--json");
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const checks = ["nodes up", "nodes of others", "availability"];
  expect(findings.filter(({ check }) => checks.includes(check)).map(({ level }) => level)).toEqual(
    checks.map(() => "pass"),
  );
});

testInAll(
  "another checkout of the same names is refused in its preview and before it changes a machine",
  async () => {
    const before = await sh(TRACES);
    const twin = await Workspace.twinOf(cluster.workspace);
    try {
      const preview = await twin.tryPreview();
      const { code, text } = await twin.tryUp();
      expect([preview.code, code]).not.toContain(0);
      const names = `project pulumi-swarm, stack ${twin.stack}, cluster ${twin.cluster}`;
      const identity = (await sh("cat /var/lib/pulumi-swarm/identity")).trim();
      for (const shown of [preview.stdout, text])
        expect(shown).toContain(
          `it is a machine of ${names} (identity ${identity.slice(0, 8)}), and this is ${names}`,
        );
      await twin.destroy();
    } finally {
      await twin.remove();
    }
    expect(await sh(TRACES)).toBe(before);
    expect(await cluster.workspace.preview("--refresh")).toEqual({});
  },
);

test("a destroy that purges takes away what was installed, and nothing else", async () => {
  await cluster.workspace.destroy();
  expect(await sh(TRACES)).toBe(before);
  expect(await sh("pgrep -l 'dockerd|containerd|chronyd'; true")).toBe("");
});
