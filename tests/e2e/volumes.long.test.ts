import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { APP_IMAGE, appImage } from "./harness/app-image";
import { docker } from "./harness/docker";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(240_000);

/** One cluster whose worker has a volume with a file; the tests run in this order. */
let workspace: Workspace;
let witness: Witness;
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
    workers: [{ name: "app", count: 1 }],
    images: [{ name: APP_IMAGE }],
    stacks: { shop: { composeFiles: file("shop.yml") } },
  });
  await workspace.up();
  witness = new Witness(workspace.cluster);
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
    /^NODE +VOLUME +SERVICES +SIZE +USED BY\napp-1 +shop_data +shop_db +6 B +1 running task\n$/,
  );
  const { volumes: rows } = JSON.parse(expectSuccess(await volumes("--json")).stdout) as {
    volumes: object[];
  };
  expect(rows).toEqual([
    {
      ...{ node: "app-1", volume: "shop_data", driver: "local", stack: "shop", bytes: 6 },
      ...{ services: ["shop_db"], running: ["shop_db"] },
    },
  ]);
});

test("files go from one node to the other by a file", async () => {
  const { stderr } = expectSuccess(await volumes("backup", "app-1", "shop_data", file("data.tar")));
  expect(stderr).toMatch(
    /^✓ Look .*\n✓ File .*data\.tar, 10 KiB of files .*\nshop_db had the volume meanwhile\./,
  );
  expectSuccess(await volumes("restore", file("data.tar"), "manager-1", "shop_data"));
  expect(await inVolume("manager-1", "cat rows")).toBe("first");
});
