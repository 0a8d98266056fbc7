import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP_IMAGE, appImage } from "./harness/app-image";
import { docker } from "./harness/docker";
import { NOTHING } from "./harness/leftovers";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(240_000);

/** One cluster whose worker has a volume with a file; the tests run in this order. */
let workspace: Workspace;
let witness: Witness;
/** The worker that the task is on, and the other one. */
let home: string;
let other: string;
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-volumes-"));
const file = (name: string) => path.join(folder, name);

const COMPOSE = `
services:
  db:
    image: ${APP_IMAGE}
    command: ["sh", "-c", "[ -s /data/rows ] || echo first > /data/rows; exec sleep 100000"]
    init: true
    stop_grace_period: 1s
    volumes: ["data:/data"]
    deploy: { placement: { constraints: ["node.role==worker"] }, update_config: { monitor: "1s" } }
volumes:
  data:
`;

beforeAll(async () => {
  await appImage();
  writeFileSync(file("shop.yml"), COMPOSE);
  workspace = await Workspace.create({
    managers: 1,
    workers: [{ name: "app", names: ["app-1", "app-2"] }],
    images: [{ name: APP_IMAGE }],
    stacks: { shop: { composeFiles: file("shop.yml") } },
  });
  await workspace.up();
  witness = new Witness(workspace.cluster);
  home = (await witness.docker("service", "ps", "shop_db", "--format", "{{.Node}}")).trim();
  other = home === "app-1" ? "app-2" : "app-1";
});
afterAll(async () => {
  await workspace?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const volumes = (...args: string[]) => workspace.swarm("volumes", ...args);

/** Files of the volume on a node, as its machine has them. */
const inVolume = (node: string, command: string) =>
  docker(
    "exec",
    witness.containerOf(node),
    "sh",
    "-c",
    `cd /var/lib/docker/volumes/shop_data/_data && ${command}`,
  );

test("volumes tells which lie where, whose they are, their sizes and who uses them", async () => {
  const { stdout } = expectSuccess(await volumes());
  expect(stdout).toMatch(
    /^NODE +VOLUME +SERVICES +SIZE +USED BY\napp-[12] +shop_data +shop_db +6 B +1 running task\n$/,
  );
  const { volumes: rows } = JSON.parse(expectSuccess(await volumes("--json")).stdout) as {
    volumes: object[];
  };
  expect(rows).toEqual([
    {
      ...{ node: home, volume: "shop_data", driver: "local", stack: "shop", bytes: 6 },
      ...{ services: ["shop_db"], running: ["shop_db"] },
    },
  ]);
});

test("files go from one node to the other by a file", async () => {
  const { stderr } = expectSuccess(await volumes("backup", home, "shop_data", file("data.tar")));
  expect(stderr).toMatch(
    /^✓ Look .*\n✓ File .*data\.tar, 10 KiB of files .*\nshop_db had the volume meanwhile\./,
  );
  expectSuccess(await volumes("restore", file("data.tar"), "manager-1", "shop_data"));
  expect(await inVolume("manager-1", "cat rows")).toBe("first");
});

const leaves = () =>
  new RegExp(
    `${home} leaves with volumes on its machine: shop_data of shop_db\\. Tasks begin again elsewhere without these files\\. `,
  );

test("a preview of a node's end names the volumes on its machine", async () => {
  workspace.configure({ workers: [{ name: "app", names: [other] }] });
  const { code, stdout } = await workspace.tryPreview();
  expect(code).toBe(0);
  expect(stdout).toMatch(leaves());
  expect(stdout).toContain(`volumes backup ${home} shop_data FILE`);
});

test("where they are protected, the preview and the update refuse it, and the task runs on", async () => {
  workspace.configure({ protectVolumes: true });
  const before = await witness.docker("service", "ps", "shop_db", "--quiet", "--no-trunc");
  const refused = new RegExp(
    `${leaves().source}No node was taken out of service\\. [^]*protectVolumes false`,
  );
  const preview = await workspace.tryPreview();
  expect(preview.code).not.toBe(0);
  expect(preview.stdout + preview.stderr).toMatch(refused);
  const { code, text } = await workspace.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(refused);
  expect(await witness.docker("service", "ps", "shop_db", "--quiet", "--no-trunc")).toBe(before);
  expect((await witness.node(home)).Spec.Availability).toBe("active");
});

test("told so, the node goes with them, and says which", async () => {
  workspace.configure({ protectVolumes: false });
  const { text, changes } = await workspace.up();
  expect(text).toMatch(leaves());
  expect(changes).toMatchObject({ [`LocalNode ${home}`]: "delete" });
  const { stdout } = expectSuccess(await volumes());
  expect(stdout).toMatch(new RegExp(`\n${other} +shop_data +shop_db`));
});

test("the end of the whole cluster is not refused, and says what goes with it", async () => {
  workspace.configure({ protectVolumes: true });
  await workspace.up();
  const { text } = await workspace.destroy();
  expect(text).toContain("volumes of services go with it: shop_data of shop_db.");
  expect(await workspace.leftovers()).toEqual(NOTHING);
});
