import { waitFor } from "../../foundation/wait";
import { docker, tryDocker } from "./harness/docker";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

const MANAGERS = ["manager-1", "manager-2", "manager-3"];
const KINDS = ["service", "secret", "config"];

let workspace: Workspace;
let witness: Witness;

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 3 });
  witness = new Witness(workspace.cluster);
  await workspace.up();
  for (const kind of ["secret", "config"])
    await insideManager(`printf data | docker ${kind} create by-hand -`);
  await insideManager("docker service create --replicas 0 --no-resolve-image --name by-hand none:1");
});
afterAll(() => workspace?.remove());

function insideManager(command: string): Promise<string> {
  return docker("exec", witness.containerOf("manager-1"), "sh", "-c", command);
}

/** What only the same swarm with the same objects has. */
async function identity(): Promise<string[]> {
  const ids = KINDS.map((kind) => witness.docker(kind, "inspect", "--format", "{{.ID}}", "by-hand"));
  return [(await witness.swarm()).ID, ...(await Promise.all(ids))];
}

test("a swarm without autolock is recovered without a key, and stays without autolock", async () => {
  const before = await identity();
  const [gone, stopped] = ["manager-2", "manager-3"].map((node) => witness.containerOf(node));
  await docker("rm", "--force", gone);
  await docker("volume", "rm", gone);
  await docker("stop", "--time", "1", stopped);
  await witness.untilNoLeader();

  const { stderr } = expectSuccess(await workspace.swarm("recover", "--yes"));
  expect(stderr).toMatch(/manager-1 leads: 1 service, 1 secret, 1 config, 1 node/);
  expect(stderr).not.toMatch(/Key /);
  await workspace.up("--refresh");

  const nodes = await witness.nodes();
  expect(nodes.map(({ Description }) => Description.Hostname)).toEqual(MANAGERS);
  expect(nodes.map(({ ManagerStatus }) => ManagerStatus?.Reachability)).toEqual(Array(3).fill("reachable"));
  expect(await identity()).toEqual(before);
  expect((await witness.swarm()).Spec.EncryptionConfig).toEqual({ AutoLockManagers: false });
  expect(await workspace.preview("--refresh")).toEqual({});
});

/** Writes of an engine fail from now on, or succeed again. */
async function limitWrites(bytes: string): Promise<void> {
  await insideManager(`prlimit --pid "$(pidof dockerd)" --fsize=${bytes}:unlimited`);
}

test("its manager costs nobody's vote when its disk fails it for a moment", async () => {
  const began = new Date().toISOString();
  const until = (what: string, look: () => Promise<string | undefined>) =>
    waitFor<void>({ name: what, on: "manager-1", intervalMs: 500, timeoutMs: 60_000 }, async () => {
      const pending = await look();
      return pending === undefined ? { done: undefined } : { pending };
    });
  const logOf = async (manager: string) =>
    (await tryDocker("logs", "--since", began, witness.containerOf(manager))).stderr;
  const untilSaid = (text: string) =>
    until(`its engine says "${text}"`, async () =>
      (await logOf("manager-1")).includes(text) ? undefined : "it does not",
    );
  await limitWrites("0");
  try {
    // Where manager-1 leads, it is this very write that fails.
    const other = new Witness(workspace.cluster, "manager-3");
    await other.docker("node", "update", "--label-add", "disk=full", "manager-2").catch(() => undefined);
    await untilSaid("raft node stopped");
  } finally {
    await limitWrites("unlimited");
  }
  await untilSaid("restarting manager");
  await until("it sees all managers in raft", async () => {
    const votes = await witness.nodes().then(
      (nodes) => nodes.map(({ ManagerStatus }) => ManagerStatus?.Reachability ?? "no vote").join(),
      (error: Error) => error.message,
    );
    return votes === "reachable,reachable,reachable" ? undefined : votes;
  });
  for (const manager of MANAGERS) expect(await logOf(manager)).not.toMatch(/forcing certificate renewal/);
});

test("its manager comes back from a restart by itself", async () => {
  await docker("restart", "--time", "1", witness.containerOf("manager-1"));
  const other = new Witness(workspace.cluster, "manager-3");
  await other.untilState("manager-1", "ready");
  // Its state is what the dispatcher hears, its reachability what raft's own probes find, a moment later.
  await waitFor<void>(
    { name: "it votes again", on: "manager-1", intervalMs: 250, timeoutMs: 30_000 },
    async () => {
      const { ManagerStatus } = await other.node("manager-1");
      return ManagerStatus?.Reachability === "reachable"
        ? { done: undefined }
        : { pending: ManagerStatus?.Reachability ?? "no vote" };
    },
  );
});
