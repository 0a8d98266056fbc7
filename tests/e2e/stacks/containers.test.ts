import type { TestSwarm } from "../../../testing/testing";
import { fixture, inside, serviceOf, stackSwarm, tasksOf } from "./stack-swarm";

jest.setTimeout(300_000);

let swarm: TestSwarm;

beforeAll(async () => {
  swarm = await stackSwarm();
  await swarm.deploy(fixture("containers.yml"), { name: "box", env: { TEAM: "blue" } });
});
afterAll(() => swarm?.stop());

/** The first of these files that is there: that of cgroup v2, or of v1. */
const cgroup = (...files: string[]) =>
  inside(swarm, "box_held", files.map((file) => `cat /sys/fs/cgroup/${file} 2>/dev/null`).join(" || "));

test("limits of memory, CPU and processes are those of the task's cgroup", async () => {
  expect(await cgroup("memory.max", "memory/memory.limit_in_bytes")).toBe(String(48 * 1024 * 1024));
  expect(await cgroup("cpu.max", "cpu/cpu.cfs_quota_us")).toMatch(/^25000( 100000)?$/);
  expect(await cgroup("pids.max", "pids/pids.max")).toBe("40");
});

test("reservations are the scheduler's, and are kept in the service's spec", async () => {
  const { Spec } = await serviceOf(swarm, "box_held");
  expect(Spec.TaskTemplate.Resources).toEqual({
    Limits: { NanoCPUs: 250_000_000, MemoryBytes: 48 * 1024 * 1024, Pids: 40 },
    Reservations: { NanoCPUs: 100_000_000, MemoryBytes: 16 * 1024 * 1024 },
  });
  expect(Spec.Labels).toMatchObject({ team: "blue", "com.docker.stack.namespace": "box" });
});

test("templates are filled in for each task: hostname, and what they say of node, service and task", async () => {
  const { ID } = await serviceOf(swarm, "box_named");
  const tasks = await tasksOf(swarm, "box_named");
  expect(tasks.map(({ node }) => node).sort()).toEqual(["worker-1", "worker-2"]);
  for (const { ID: task, Slot, NodeID, node } of tasks) {
    const seen = (command: string) => inside(swarm, "box_named", command, node);
    expect(await seen("hostname")).toBe(`box_named-${Slot}-${node}`);
    expect(await seen("echo $NODE")).toMatch(new RegExp(`^${NodeID} ${node} linux \\w+$`));
    expect(await seen("echo $SERVICE")).toBe(`${ID} box_named blue`);
    expect(await seen("echo $TASK")).toBe(`${task} box_named.${Slot}.${task} ${Slot}`);
    expect(await seen("echo $PRICE")).toBe("5$ for blue");
  }
});

test("user, folder, root, capabilities, sysctls, ulimits, names and labels are the container's", async () => {
  const seen = (command: string) => inside(swarm, "box_set", command);
  expect(await seen("id -u; id -g; pwd")).toBe("1000\n65534\n/tmp");
  expect(await seen("touch /file 2>&1 || true")).toMatch(/Read-only file system/);
  expect(await seen("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("1024");
  expect(await seen("ulimit -Sn; ulimit -Hn; grep processes /proc/1/limits | tr -s ' '")).toMatch(
    /^100\n200\nMax processes 300 300 /,
  );
  expect(await seen("grep gateway.example /etc/hosts")).toMatch(/^192\.0\.2\.7\s+gateway\.example$/);
  expect(await seen("cat /etc/resolv.conf")).toMatch(/^search example\.org$/m);
  // The first process is the init of the engine, and the service's is its child.
  expect(await seen("cat /proc/1/comm")).toBe("docker-init");
  const bounding = BigInt(`0x${await seen("awk '/^CapBnd/ { print $2 }' /proc/1/status")}`);
  const has = (capability: number) => (bounding >> BigInt(capability)) % 2n === 1n;
  expect({ chown: has(0), netAdmin: has(12), netRaw: has(13) }).toEqual({
    chown: false,
    netAdmin: true,
    netRaw: false,
  });
});

interface SeenContainer {
  Config: { Tty: boolean; OpenStdin: boolean; Labels: Record<string, string> };
  HostConfig: { LogConfig: object };
}

test("terminal, logs, names of servers and labels are as the engine has them", async () => {
  const [container] = (await swarm.docker("ps", "--quiet", "--filter", "name=box_set")).split("\n");
  const [{ Config, HostConfig }] = JSON.parse(await swarm.docker("inspect", container)) as SeenContainer[];
  expect(Config).toMatchObject({ Tty: true, OpenStdin: true, Labels: { seen: "yes" } });
  expect(HostConfig.LogConfig).toEqual({ Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } });
  const { ContainerSpec } = (await serviceOf(swarm, "box_set")).Spec.TaskTemplate;
  expect(ContainerSpec.DNSConfig).toEqual({ Nameservers: ["192.0.2.53"], Search: ["example.org"] });
  expect(await swarm.logs("box_set")).toContain("uid=1000 gid=65534");
});
