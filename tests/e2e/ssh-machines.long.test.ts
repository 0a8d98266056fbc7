import { waitFor } from "../../foundation/wait";
import { SshCluster } from "./harness/ssh-cluster";

jest.setTimeout(600_000);

let cluster: SshCluster;

beforeAll(async () => {
  cluster = await SshCluster.create("ready", { managers: 3, workers: 1 });
  await cluster.workspace.up();
});
afterAll(() => cluster?.remove());

/** What the swarm says of its nodes, each once. */
function nodes(): Promise<string> {
  return cluster.hosts.sh(
    "host-1",
    "docker node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}' | sed 's/Leader/Reachable/; s/ *$//' | sort",
  );
}

const MANAGERS = [1, 2, 3].map((number) => `host-${number} Ready Active Reachable`);

/** Waits until the swarm has noticed that a machine is gone. */
async function untilDown(host: string): Promise<void> {
  await waitFor<void>(
    { name: "it is seen as down", on: host, intervalMs: 250, timeoutMs: 60_000 },
    async () => {
      const seen = await nodes();
      return seen.includes(`${host} Down`) ? { done: undefined } : { pending: seen };
    },
  );
}

/** Another machine in the place of one that has burnt. */
async function replace(host: string, hostKey?: ReturnType<SshCluster["hosts"]["keyOf"]>): Promise<void> {
  const { address } = cluster.hosts.host(host);
  await cluster.hosts.lose(host);
  await cluster.hosts.add(host, { address, hostKey });
}

test("another machine at the address of a lost worker: it joins, and its dead twin goes", async () => {
  await replace("host-4");
  cluster.configure({});
  const { changes } = await cluster.workspace.up();
  expect(changes).toMatchObject({ "SwarmHost app-1": "update", "SwarmNode app-1": "replace" });
  expect(await nodes()).toBe([...MANAGERS, "host-4 Ready Active"].join("\n"));
  expect((await cluster.workspace.up()).changes).toEqual({});
});

test("a manager that was set up anew and kept its host key: a refresh sees it, an up makes it a manager again", async () => {
  await replace("host-3", cluster.hosts.keyOf("host-3"));
  await untilDown("host-3");
  expect((await cluster.workspace.refresh()).changes).toMatchObject({ "SwarmHost manager-3": "update" });
  const { changes } = await cluster.workspace.up();
  expect(changes).toMatchObject({ "SwarmHost manager-3": "update", "SwarmNode manager-3": "replace" });
  expect(await nodes()).toBe([...MANAGERS, "host-4 Ready Active"].join("\n"));
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});

test("a refresh of a machine with another host key tells both keys, and the next up takes the new one", async () => {
  await replace("host-4");
  const { changes, text } = await cluster.workspace.refresh();
  expect(changes).toMatchObject({ "SwarmHost app-1": "update" });
  expect(text).toMatch(/presented the ssh-ed25519 host key SHA256:\S+, not the pinned SHA256:/);
  cluster.configure({});
  await cluster.workspace.up();
  expect(await nodes()).toBe([...MANAGERS, "host-4 Ready Active"].join("\n"));
});

test("a dead machine that is taken out of the program: its node goes, with a warning", async () => {
  await cluster.hosts.lose("host-4");
  cluster.configure({ workers: 0 });
  const { text } = await cluster.workspace.up();
  expect(text).toMatch(/it could not be told to leave .*docker swarm leave --force/);
  expect(text).toMatch(/what was set up on it stays, as it could not be reached/);
  expect(await nodes()).toBe(MANAGERS.join("\n"));
  expect((await cluster.workspace.refresh()).changes).toEqual({});
});
