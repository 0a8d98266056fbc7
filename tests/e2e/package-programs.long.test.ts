import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { InstalledProject, packed } from "./harness/installed-project";
import { NOTHING } from "./harness/leftovers";
import { expectSuccess } from "./harness/run";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const EXAMPLES = path.join(projectRoot, "examples");

/** What the README leaves to its reader. */
const SHOP =
  "services:\n  db:\n    image: nginx:stable\n    secrets: [db_password]\nsecrets:\n  db_password: { external: true }\n";

let workspace: Workspace;
let platform: InstalledProject;
let shop: InstalledProject;

/** Two projects of somebody who has the tarball alone. */
beforeAll(async () => {
  workspace = await Workspace.create();
  platform = new InstalledProject(path.join(workspace.folder, "platform"));
  await platform.install(await packed(workspace.folder));
  shop = new InstalledProject(path.join(workspace.folder, "shop"));
  symlinkSync(path.join(platform.folder, "node_modules"), path.join(shop.folder, "node_modules"));
});
afterAll(async () => {
  await workspace?.tryDestroy("--cwd", shop.folder);
  await workspace?.tryDestroy("--cwd", platform.folder);
  await workspace?.remove();
});

const image = () => `programs:${workspace.cluster}`;

/** The nodes have no way to a registry, and one image. */
function withImage(compose: string): string {
  return compose.replace("image: nginx:stable", `image: ${image()}\n    command: [sleep, infinity]`);
}

function servicesOf(stack: string): Promise<string> {
  const args = [
    "--filter",
    `label=com.docker.stack.namespace=${stack}`,
    "--format",
    "{{.Name}} {{.Replicas}}",
  ];
  return new Witness(workspace.cluster).docker("service", "ls", ...args);
}

test("the program at the top of the README makes its cluster and its stack", async () => {
  const readme = platform.read("node_modules/pulumi-swarm/README.md");
  const [, text] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const images = `images: [{ name: "${image()}", build: "image" }]`;
  const program = text
    .replace('"dev"', `"${workspace.cluster}"`)
    .replace("new LocalPlatform()", `new LocalPlatform({ ${images} })`);
  // Another program's stacks come on it.
  platform.write(
    "index.ts",
    `${program}const exported = cluster.exported;\nexport { exported as cluster };\n`,
  );
  platform.write("shop.yml", withImage(SHOP));
  mkdirSync(path.join(platform.folder, "image"));
  cpSync(path.join(EXAMPLES, "minimal", "image"), path.join(platform.folder, "image"), { recursive: true });
  await workspace.configureSecret("dbPassword", "the password of the shop");
  const { changes } = await workspace.up("--cwd", platform.folder);
  expect(changes).toMatchObject({
    "SwarmNode manager-3": "create",
    "SwarmNode app-2": "create",
    "Secret db-password": "create",
    "SwarmStack shop": "create",
  });
  expect(await servicesOf("shop")).toBe("shop_db 1/1");
});

test("the example of an application puts its stack on that cluster, by its exported output", async () => {
  const text = readFileSync(path.join(EXAMPLES, "application", "index.ts"), "utf8");
  shop.write("index.ts", text.replace('new Stack("shop"', 'new Stack("store"'));
  const compose = readFileSync(path.join(EXAMPLES, "application", "shop.yml"), "utf8");
  shop.write("shop.yml", withImage(compose));
  shop.write("Pulumi.yaml", shop.read("Pulumi.yaml").replace("name: pulumi-swarm", "name: shop"));
  const at = ["--cwd", shop.folder];
  expectSuccess(await workspace.pulumi(["stack", "init", workspace.stack, "--no-select", ...at]));
  const values = {
    platform: `organization/pulumi-swarm/${workspace.stack}`,
    sshKey: "not used: the managers are containers",
    password: "the password of the store",
  };
  for (const [key, value] of Object.entries(values))
    await workspace.configureSecret(`shop:${key}`, value, ...at);
  await workspace.up(...at);
  expect(await servicesOf("store")).toBe("store_shop 2/2");
  await workspace.destroy(...at);
  expect(await servicesOf("store")).toBe("");
});

test("a destroy leaves nothing", async () => {
  await workspace.destroy("--cwd", platform.folder);
  expect(await workspace.leftovers()).toEqual(NOTHING);
});
