import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { expectSuccess } from "./harness/run";
import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

/** Three managers over SSH, reached by a user with sudo; the tests run in this order. */
let cluster: SshCluster;
let file: string;
let before: string[];

const SUDO = { user: "admin", sudo: true };
const sh = (script: string, host = "host-1") => cluster.hosts.sh(host, script);

beforeAll(async () => {
  cluster = await SshCluster.create("ready", { managers: 3, workers: 0 });
  const { workspace, hosts } = cluster;
  workspace.configure({ swarm: { autoLockManagers: true }, hosts: hosts.inventory(SUDO) });
  workspace.env.SWARM_BACKUP_PASSPHRASE = "a passphrase for backups";
  file = path.join(workspace.folder, "swarm.backup");
  await workspace.up();
  await sh("printf 'made by hand' | docker secret create --label of=hand by-hand -");
  before = await contents();
});
afterAll(() => cluster?.remove());

/** What only the same swarm has. */
async function contents(): Promise<string[]> {
  const shown = [
    "docker info --format '{{.Swarm.Cluster.ID}}'",
    "docker swarm join-token --quiet manager",
    "docker swarm unlock-key --quiet",
    "docker secret inspect by-hand --format '{{.ID}} {{.Spec.Labels}}'",
  ];
  return (await sh(shown.join(" && "))).split("\n");
}

async function threeManagers(): Promise<void> {
  const format = "'{{.Hostname}} {{.Status}} {{.ManagerStatus}}'";
  const nodes = await sh(`docker node ls --format ${format} | sed 's/Leader/Reachable/' | sort`);
  expect(nodes).toBe([1, 2, 3].map((number) => `host-${number} Ready Reachable`).join("\n"));
  expect((await cluster.workspace.refresh()).changes).toEqual({});
}

test("a backup stops the engine of one manager, a service of the system, and it comes back", async () => {
  const { stderr } = expectSuccess(await cluster.workspace.swarm("backup", file));
  expect(stderr).toMatch(/0 services, 1 secret, 0 configs, 3 nodes; the state of manager-\d is taken/);
  await threeManagers();
});

test("after the loss of everything a restore brings all of it back, and `up` the other managers", async () => {
  const { workspace } = cluster;
  await workspace.destroy();
  await workspace.up();
  const restored = expectSuccess(await workspace.swarm("restore", file, "--yes"));
  expect(restored.stderr).toMatch(/manager-\d leads: 0 services, 1 secret, 0 configs, 1 node/);
  await workspace.up("--refresh");
  expect(await contents()).toEqual(before);
  await threeManagers();
});

test("after the loss of two machines a recovery keeps everything, and other machines take their places", async () => {
  const { workspace, hosts } = cluster;
  const lost = ["host-2", "host-3"].map((name) => ({ name, address: hosts.host(name).address }));
  for (const { name } of lost) await hosts.lose(name);
  await waitFor<void>(
    { name: "quorum is lost", on: "host-1", intervalMs: 500, timeoutMs: 60_000 },
    async () => {
      const seen = await sh("docker node ls 2>&1 || true");
      return seen.includes("does not have a leader") ? { done: undefined } : { pending: seen };
    },
  );
  const recovered = expectSuccess(await workspace.swarm("recover", "--yes"));
  expect(recovered.stderr).toMatch(/manager-1 leads: 0 services, 1 secret, 0 configs, 1 node/);
  for (const { name, address } of lost) await hosts.add(name, { address });
  workspace.configure({ hosts: hosts.inventory(SUDO) });
  await workspace.up("--refresh");
  expect(await contents()).toEqual(before);
  await threeManagers();
});

test("after the loss of quorum by two engines that were only stopped, they are members again", async () => {
  const { workspace } = cluster;
  for (const host of ["host-2", "host-3"]) await sh("service docker stop", host);
  // At once, while the leader does not know of it.
  const recovered = expectSuccess(await workspace.swarm("recover", "--yes"));
  expect(recovered.stderr).toMatch(/manager-1 leads: 0 services, 1 secret, 0 configs, 1 node/);
  await workspace.up("--refresh");
  expect(await contents()).toEqual(before);
  await threeManagers();
});
