import { randomInt } from "node:crypto";
import path from "node:path";
import { demoShows } from "./harness/demo-page";
import { docker } from "./harness/docker";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

/** Two stacks of 1 manager, one after the other; without autolock. */
const SETTINGS = {
  managers: 1,
  demo: true,
  demoReplicas: 1,
  demoGreeting: "Hello from the first stack",
  // A restore needs a machine with the address that the backup's manager had.
  subnet: `10.232.${randomInt(256)}.0/24`,
};

let first: Workspace;
let second: Workspace;
let witness: Witness;
let file: string;
let before: Record<string, Made>;
let clusterId: string;

beforeAll(async () => {
  first = await Workspace.create(SETTINGS);
  second = await Workspace.create(SETTINGS);
  file = path.join(second.folder, "swarm.backup");
  for (const workspace of [first, second]) workspace.env.SWARM_BACKUP_PASSPHRASE = "a passphrase for backups";

  await first.up();
  witness = new Witness(first.cluster);
  const byHand = "printf 'made by hand' | docker secret create by-hand -";
  await docker("exec", witness.containerOf("manager-1"), "sh", "-c", byHand);
  before = await objects();
  clusterId = (await witness.swarm()).ID;
  expectSuccess(await first.swarm("backup", file, "--yes"));
  await first.destroy();

  await second.up();
  witness = new Witness(second.cluster);
});
afterAll(async () => {
  await first?.remove();
  await second?.remove();
});

interface Made {
  id: string;
  /** The cluster that it belongs to. */
  cluster?: string;
}

/** Services, secrets and configs by kind and name. */
async function objects(): Promise<Record<string, Made>> {
  const found: Record<string, Made> = {};
  for (const kind of ["service", "secret", "config"]) {
    const ids = (await witness.docker(kind, "ls", "--quiet")).split("\n");
    const format = '{{.ID}} {{.Spec.Name}} {{index .Spec.Labels "pulumi-swarm.cluster"}}';
    const rows = await witness.docker(kind, "inspect", "--format", format, ...ids);
    for (const [id, name, cluster] of rows.split("\n").map((row) => row.trim().split(" "))) {
      found[`${kind} ${name}`] = { id, cluster };
    }
  }
  return found;
}

test("a backup of another stack is refused, with both owners, and nothing is changed", async () => {
  const [present, { ID }] = [await objects(), await witness.swarm()];
  const refused = await second.swarm("restore", file, "--yes");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    new RegExp(
      `belongs to project pulumi-swarm, stack ${first.stack}, cluster ${first.cluster} \\(identity [0-9a-f]{8}\\), ` +
        `and this is project pulumi-swarm, stack ${second.stack}, cluster ${second.cluster} \\(identity [0-9a-f]{8}\\)\\. ` +
        "Nothing was changed\\. Take it over with --adopt",
    ),
  );
  expect(await objects()).toEqual(present);
  expect((await witness.swarm()).ID).toBe(ID);
});

test("with --adopt the swarm and what its program made belong to this stack, and up goes on with them", async () => {
  const restored = expectSuccess(await second.swarm("restore", file, "--yes", "--adopt"));
  expect(restored.stderr).toMatch(/manager-1 leads: 2 services, 2 secrets, 1 config, 1 node/);
  await second.up("--refresh");
  expect((await witness.swarm()).ID).toBe(clusterId);
  const adopted = Object.entries(before).map(([name, { id, cluster }]) => [
    name,
    { id, cluster: cluster && second.cluster },
  ]);
  expect(await objects()).toEqual(Object.fromEntries(adopted));
  const [{ Status }] = await witness.nodes();
  const shown = await demoShows(Status.Addr, "it sees the replica", ({ gateway }) => gateway.replicas === 1);
  expect(shown.config.text).toBe(SETTINGS.demoGreeting);
  expect(await second.preview("--refresh")).toEqual({});
});
