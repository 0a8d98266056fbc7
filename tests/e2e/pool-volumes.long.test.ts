import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP_IMAGE, appImage } from "./harness/app-image";
import { docker } from "./harness/docker";
import { otherNodeImage } from "./harness/node-image";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

/** One cluster whose workers and managers have volumes on disks of their own; the tests run in this order. */
let workspace: Workspace;
let image: string;
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-volumes-"));

const COMPOSE = `
services:
  db:
    image: ${APP_IMAGE}
    command: ["sh", "-c", "hostname >> /data/rows; exec sleep 100000"]
    hostname: "{{.Node.Hostname}}"
    init: true
    stop_grace_period: 1s
    volumes: ["pgdata:/data"]
    deploy: { placement: { constraints: ["node.hostname==db-1"] }, update_config: { monitor: "1s" } }
volumes:
  pgdata: { external: true }
`;
const volume = (more: object = {}) => ({ name: "pgdata", ...more });
const pool = (names: string[], volumes: object[] = [volume()]) => [{ name: "db", names, volumes }];
const disk = (node: string) => `${workspace.cluster}-${node}_pgdata`;
const disks = async () =>
  (await docker("volume", "ls", "--quiet", "--filter", `name=${workspace.cluster}.*_`))
    .split("\n")
    .filter(Boolean);

beforeAll(async () => {
  await appImage();
  const file = path.join(folder, "shop.yml");
  writeFileSync(file, COMPOSE);
  workspace = await Workspace.create({
    managers: 1,
    workers: pool(["db-1", "db-2"]),
    images: [{ name: APP_IMAGE }],
    stacks: { shop: { composeFiles: file } },
  });
  await workspace.up();
});
afterAll(async () => {
  await workspace?.remove();
  rmSync(folder, { recursive: true, force: true });
  if (image) await docker("image", "rm", "--force", image);
});

/** The file of the running task, as the task itself reads it. */
async function rows(): Promise<string[]> {
  const witness = await Witness.of(workspace);
  const container = await witness.dockerOn("db-1", "ps", "--quiet", "--filter", "name=shop_db");
  return (await witness.dockerOn("db-1", "exec", container.trim(), "cat", "/data/rows")).trim().split("\n");
}

test("a node whose container and volumes were removed by hand comes back with the files", async () => {
  await docker("rm", "--force", "--volumes", `${workspace.cluster}-db-1`);
  await docker("volume", "rm", `${workspace.cluster}-db-1`);
  await workspace.up("--refresh");
  expect(await rows()).toEqual(["db-1", "db-1"]);
});

test("both nodes of a pool are replaced in one update, each after it has left; or one at a time", async () => {
  const before = await rows();
  image = await otherNodeImage(workspace.cluster);
  workspace.configure({
    workers: pool(["db-1", "db-2"]).map((one) => ({ ...one, machine: { baseImage: image } })),
  });
  await workspace.up();
  expect(await rows()).toEqual([...before, "db-1"]);
  workspace.configure({ workers: pool(["db-1", "db-2"]) });
  const { changes } = await workspace.up("--exclude", "**-db-2");
  expect(changes).toMatchObject({ "LocalNode db-1": "replace" });
  expect(changes).not.toHaveProperty("LocalNode db-2");
  expect(await rows()).toHaveLength(before.length + 2);
  expect((await workspace.up()).changes).toMatchObject({ "LocalNode db-2": "replace" });
  expect(await rows()).toHaveLength(before.length + 2);
});

test("files are backed up and restored in the folder that stays", async () => {
  const file = path.join(folder, "pgdata.tar");
  expectSuccess(await workspace.swarm("volumes", "backup", "db-1", "pgdata", file));
  expectSuccess(await workspace.swarm("volumes", "restore", file, "db-2", "pgdata"));
  const restored = await (
    await Witness.of(workspace)
  ).dockerOn("db-2", "volume", "inspect", "--format", "{{.Options.device}}", "pgdata");
  expect(
    await docker(
      "exec",
      `${workspace.cluster}-db-2`,
      "sh",
      "-c",
      `cd ${restored.trim()} && ls -A && wc -l < rows`,
    ),
  ).toBe("rows\n4");
});

test("a node that goes for good leaves its disk, and says where; one of its name has it again", async () => {
  workspace.configure({ workers: pool(["db-1"]) });
  const { text } = await workspace.up();
  expect(text).toContain(`the files of its volume pgdata are kept in the Docker volume ${disk("db-2")}`);
  expect(await disks()).toEqual([disk("db-1"), disk("db-2")]);
  workspace.configure({ workers: pool(["db-1", "db-2"], [volume({ deletedWith: "node" })]) });
  await workspace.up();
  expect(
    await docker(
      "exec",
      `${workspace.cluster}-db-2`,
      "sh",
      "-c",
      "wc -l < /var/lib/pulumi-swarm/disks/pgdata/rows",
    ),
  ).toBe("4");
});

test("a disk that is to go with its node goes, and says so", async () => {
  workspace.configure({ workers: pool(["db-1"], [volume({ deletedWith: "node" })]) });
  const { text } = await workspace.up();
  expect(text).toContain(
    `the Docker volume ${disk("db-2")} was deleted with the files of the volume pgdata.`,
  );
  expect(await disks()).toEqual([disk("db-1")]);
});

test("where volumes are protected, a node that goes for good stays, and its disk is named", async () => {
  workspace.configure({ protectVolumes: true, workers: [] });
  const { code, text } = await workspace.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(/db-1 leaves with volumes on its machine: pgdata of shop_db/);
  expect(await rows()).toHaveLength(4);
});

test("a volume that was removed inside of a node is there again, with its files", async () => {
  const before = await rows();
  await workspace.swarm("docker", "service", "scale", "--detach", "shop_db=0");
  const node = `${workspace.cluster}-db-1`;
  const end = 'while [ -n "$(docker ps --quiet)" ]; do sleep 0.2; done; docker container prune --force';
  await docker("exec", node, "sh", "-c", `${end}; docker volume rm pgdata`);
  const { changes } = await workspace.up("--refresh");
  expect(changes).toMatchObject({ "LocalNode db-1": "update" });
  expect(await rows()).toEqual([...before, "db-1"]);
});

test("a preview refuses that the only manager leaves before its successor starts", async () => {
  workspace.configure({ protectVolumes: undefined, workers: pool(["db-1"]), managerVolumes: [volume()] });
  const { code, stdout, stderr } = await workspace.tryPreview();
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(
    /manager-1 is the only manager, and the swarm would end with it\. .* pool of workers\./,
  );
  const { code: again, text } = await workspace.tryUp();
  expect(again).not.toBe(0);
  expect(text).toContain("manager-1 was not removed: of 1 managers 1 are reachable");
  workspace.configure({ managerVolumes: undefined });
  expect((await workspace.up()).changes).not.toHaveProperty("LocalNode manager-1");
});

test("a disk may outlive the cluster; the next one of the name takes it only when told so", async () => {
  workspace.configure({ workers: pool(["db-1"], [volume({ deletedWith: "nothing" })]) });
  await workspace.up();
  const before = await rows();
  const { text } = await workspace.destroy();
  expect(text).toContain(`the Docker volume ${disk("db-1")} stays.`);
  expect(await disks()).toEqual([disk("db-1")]);
  const refused = await workspace.tryUp();
  expect(refused.code).not.toBe(0);
  expect(refused.text).toMatch(
    new RegExp(`The volume "${disk("db-1")}" exists and belongs to .*adopt: true`),
  );
  expect((await workspace.leftovers()).containers).toEqual([]);
  workspace.configure({ workers: pool(["db-1"], [volume({ adopt: true })]) });
  await workspace.up();
  expect(await rows()).toEqual([...before, "db-1"]);
  const end = await workspace.destroy();
  expect(end.text).toContain(`the Docker volume ${disk("db-1")} stays.`);
  await docker("volume", "rm", disk("db-1"));
  expect((await workspace.leftovers()).volumes).toEqual([]);
});
