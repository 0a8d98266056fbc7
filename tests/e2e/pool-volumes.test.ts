import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP_IMAGE, appImage } from "./harness/app-image";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(240_000);

/** One cluster whose worker has a volume on a disk of its own; the tests run in this order. */
let workspace: Workspace;
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-volumes-"));

/** Each start of the task is a line of the file. */
const COMPOSE = `
services:
  db:
    image: ${APP_IMAGE}
    command: ["sh", "-c", "hostname >> /data/rows; exec sleep 100000"]
    hostname: "{{.Node.Hostname}}"
    init: true
    stop_grace_period: 1s
    volumes: ["pgdata:/data"]
    deploy: { placement: { constraints: ["node.labels.pgdata==yes"] }, update_config: { monitor: "1s" } }
volumes:
  pgdata: { external: true }
`;
const POOL = { name: "db", count: 1, labels: { pgdata: "yes" }, volumes: [{ name: "pgdata" }] };

beforeAll(async () => {
  await appImage();
  const file = path.join(folder, "shop.yml");
  writeFileSync(file, COMPOSE);
  workspace = await Workspace.create({
    managers: 1,
    workers: [POOL],
    images: [{ name: APP_IMAGE }],
    stacks: { shop: { composeFiles: file } },
  });
  await workspace.up();
});
afterAll(async () => {
  await workspace?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const disk = () => `${workspace.cluster}-db-1_pgdata`;

/** The file of the running task, as the task itself reads it. */
async function rows(): Promise<string[]> {
  const witness = await Witness.of(workspace);
  const container = await witness.dockerOn("db-1", "ps", "--quiet", "--filter", "name=shop_db");
  return (await witness.dockerOn("db-1", "exec", container.trim(), "cat", "/data/rows")).trim().split("\n");
}

test("the volume is shown as kept, in a Docker volume of the engine that runs the nodes", async () => {
  const { stdout } = expectSuccess(await workspace.swarm("volumes"));
  expect(stdout).toMatch(new RegExp(`KEPT IN\ndb-1 +pgdata +shop_db +1 running task +${disk()}\n`));
  expect(await rows()).toEqual(["db-1"]);
});

test("another machine takes the node's place after it has left, and the task finds its file", async () => {
  workspace.configure({ protectVolumes: true });
  const { resources } = await workspace.exported();
  const machine = resources.find(({ urn }) => urn.endsWith(`LocalNode::${workspace.cluster}-db-1`));
  const before = await (await Witness.of(workspace)).node("db-1");
  const { text, changes } = await workspace.up("--replace", machine?.urn ?? "");
  expect(text).not.toContain("leaves with volumes");
  expect(changes).toMatchObject({ "LocalNode db-1": "replace" });
  const nodes = await (await Witness.of(workspace)).nodes();
  expect(nodes.map(({ Description }) => Description.Hostname)).toEqual(["db-1", "manager-1"]);
  expect(nodes.map(({ ID }) => ID)).not.toContain(before.ID);
  expect(await rows()).toEqual(["db-1", "db-1"]);
  expect(await workspace.preview()).toEqual({});
});

test("the end of the cluster deletes the disk, and says so", async () => {
  const { text } = await workspace.destroy();
  expect(text).toContain(`the Docker volume ${disk()} was deleted with the files of the volume pgdata.`);
  expect((await workspace.leftovers()).volumes).toEqual([]);
});
