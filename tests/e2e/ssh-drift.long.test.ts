import { waitFor } from "../../foundation/wait";
import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

const SHAPE = { managers: 3, workers: 0 };
const HOSTS = ["host-1", "host-2", "host-3"];
const SETTINGS = { "log-driver": "local" };
const SYSCTLS = "/etc/sysctl.d/60-pulumi-swarm.conf";
const ALL = Object.fromEntries([1, 2, 3].map((number) => [`SwarmHost manager-${number}`, "update"]));

let cluster: SshCluster;

const sh = (host: string, script: string) => cluster.hosts.sh(host, script);
const settingsOf = async (host: string) =>
  JSON.parse(await sh(host, "cat /etc/docker/daemon.json")) as unknown;

beforeAll(async () => {
  cluster = await SshCluster.create("ready", SHAPE, { engine: { daemon: SETTINGS } });
  await sh(
    "host-1",
    `mkdir -p /etc/docker && echo '{"debug": true, "log-driver": "json-file"}' > /etc/docker/daemon.json`,
  );
  await cluster.workspace.up();
});
afterAll(() => cluster?.remove());

/** Managers whose engine says at this moment that it is an active member. */
async function active(): Promise<number> {
  const states = await Promise.all(
    HOSTS.map((host) => sh(host, "docker info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null; true")),
  );
  return states.filter((state) => state === "active").length;
}

/** A leader that is new calls each node Unknown until it has reported. */
async function allReady(): Promise<void> {
  const format = "'{{.Hostname}} {{.Status}} {{if .ManagerStatus}}manager{{end}}'";
  const wanted = HOSTS.map((host) => `${host} Ready manager`).join("\n");
  await waitFor<void>(
    { name: "all are Ready", on: "host-2", intervalMs: 500, timeoutMs: 30_000 },
    async () => {
      const seen = await sh("host-2", `docker node ls --format ${format} | sort`);
      return seen === wanted ? { done: undefined } : { pending: seen };
    },
  );
}

/** Carries out an update and watches it: the fewest managers that were active at once. */
async function fewestDuring(update: () => Promise<unknown>): Promise<number> {
  let ended = false;
  let fewest = HOSTS.length;
  const watch = async () => {
    while (!ended) fewest = Math.min(fewest, await active());
  };
  const watching = watch();
  try {
    await update();
  } finally {
    ended = true;
    await watching;
  }
  return fewest;
}

test("settings of the engine are merged with those of the machine", async () => {
  expect(await settingsOf("host-1")).toEqual({ debug: true, ...SETTINGS });
  expect(await settingsOf("host-2")).toEqual(SETTINGS);
  await allReady();
});

test("a setting that changes restarts one engine at a time, so quorum is never lost", async () => {
  cluster.configure(SHAPE, { engine: { daemon: { ...SETTINGS, mtu: 1400 } } });
  const pids = async () => Promise.all(HOSTS.map((host) => sh(host, "pidof dockerd")));
  const before = await pids();
  const fewest = await fewestDuring(async () => {
    expect((await cluster.workspace.up()).changes).toEqual(ALL);
  });
  expect(fewest).toBe(2);
  const after = await pids();
  expect(after.filter((pid, index) => pid === before[index])).toEqual([]);
  for (const host of HOSTS) expect(await settingsOf(host)).toMatchObject({ ...SETTINGS, mtu: 1400 });
  await allReady();
});

test("what stopped or vanished is seen by a refresh and put right by an up", async () => {
  await sh("host-1", `pkill chronyd; rm ${SYSCTLS}`);
  await sh("host-2", "rm /etc/docker/daemon.json");
  await sh("host-3", "service docker stop");
  // On a busy machine the swarm may have missed its heartbeats by then: that node is put right as well.
  const stopped = { "SwarmNode manager-3": "update" };
  const { changes: seen } = await cluster.workspace.refresh();
  expect({ ...stopped, ...seen }).toEqual({ ...stopped, ...ALL });
  const { changes: repaired } = await cluster.workspace.up();
  expect({ ...stopped, ...repaired }).toEqual({ ...stopped, ...ALL });
  expect(await sh("host-1", "chronyc -n tracking | grep Leap")).toContain("Normal");
  expect(await sh("host-1", `cat ${SYSCTLS}`)).toContain("gc_thresh3=65536");
  expect(await settingsOf("host-2")).toEqual({ ...SETTINGS, mtu: 1400 });
  await allReady();
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

test("a setting that the program no longer names is as it was before, and after a destroy all are", async () => {
  cluster.configure(SHAPE, { engine: { daemon: { mtu: 1400 } } });
  await cluster.workspace.up();
  expect(await settingsOf("host-1")).toEqual({ debug: true, "log-driver": "json-file", mtu: 1400 });
  expect(await settingsOf("host-2")).toEqual({ mtu: 1400 });
  await cluster.workspace.destroy();
  expect(await settingsOf("host-1")).toEqual({ debug: true, "log-driver": "json-file" });
  expect(await sh("host-2", `ls /etc/docker/daemon.json ${SYSCTLS} 2>/dev/null; true`)).toBe("");
});
