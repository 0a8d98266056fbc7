import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { parse, stringify } from "yaml";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { projectRoot } from "../../tools/setup/paths";
import { appImage } from "./harness/app-image";
import { expectSuccess } from "./harness/run";
import { secretsIn } from "./harness/secret-search";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

/** The programs of examples/sops and examples/vault. No SOPS and no Vault is on this machine: stand-ins take their places. */
const KEPT = { password: "sesame-42-password", apiKey: "sesame-42-key" };
const ROLE = { role_id: "shop", secret_id: "sesame-42-role" };

let swarm: TestSwarm;
let workspace: Workspace;
let image: string;
let vault: Server;

beforeAll(async () => {
  image = await appImage();
  swarm = await startSwarm({ managers: 1, images: [image] });
  workspace = await Workspace.create();
  await platform();
  vault = await standInVault();
});
afterAll(async () => {
  for (const example of ["sops", "vault"])
    await workspace?.tryDestroy("--cwd", path.join(workspace.folder, example));
  await workspace?.remove();
  vault?.close();
  await swarm?.stop();
});

/** The stack that the examples refer to, with the output of a cluster that is there already. */
async function platform(): Promise<void> {
  const { Cluster } = JSON.parse(await swarm.docker("info", "--format", "{{json .Swarm}}")) as {
    Cluster: { ID: string };
  };
  const [manager] = swarm.nodes;
  const cluster = {
    ...{ project: "pulumi-swarm", stack: workspace.stack, cluster: swarm.name, clusterId: Cluster.ID },
    managers: [{ name: manager.name, connection: { container: `${swarm.name}-${manager.name}` } }],
    ...{ imageFingerprints: {}, resolveImage: "never" },
  };
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${workspace.stack}::pulumi-swarm::${type}::pulumi-swarm-${workspace.stack}`;
  await workspace.rewriteState(() => [{ urn, type, custom: false, outputs: { cluster } }]);
}

/** As much of Vault as the example asks for: AppRole, and the newest version of one secret. */
async function standInVault(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const answer = (status: number, value: object) =>
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
      if (request.url === "/v1/auth/approle/login") {
        const isRole = body === JSON.stringify(ROLE);
        return isRole
          ? answer(200, { auth: { client_token: "hvs.1" } })
          : answer(400, { errors: ["invalid role or secret ID"] });
      }
      if (request.headers["x-vault-token"] !== "hvs.1") return answer(403, { errors: ["permission denied"] });
      if (request.url !== "/v1/secret/data/shop") return answer(404, { errors: [] });
      return answer(200, { data: { data: KEPT, metadata: { version: 1 } } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A copy of an example, as a project of its own. */
async function example(name: string, config: Record<string, string>): Promise<string> {
  const folder = path.join(workspace.folder, name);
  const original = path.join(projectRoot, "examples", name);
  cpSync(original, folder, { recursive: true });
  const definition = parse(readFileSync(path.join(original, "Pulumi.yaml"), "utf8")) as {
    main: string;
    plugins: { providers: { path: string }[] };
  };
  definition.main = path.relative(folder, path.join(projectRoot, "dist", "examples", name, "index.js"));
  definition.plugins.providers[0].path = path.relative(folder, path.join(projectRoot, "provider"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(definition));
  const compose = readFileSync(path.join(original, "shop.yml"), "utf8");
  writeFileSync(
    path.join(folder, "shop.yml"),
    compose.replace("nginx:stable", `${image}\n    stop_grace_period: 0s`),
  );
  const at = ["--cwd", folder];
  expectSuccess(await workspace.pulumi(["stack", "init", workspace.stack, "--no-select", ...at]));
  const project = `pulumi-swarm-${name}`;
  const values = { platform: `organization/pulumi-swarm/${workspace.stack}`, ...config };
  for (const [key, value] of Object.entries(values))
    await workspace.configureSecret(`${project}:${key}`, value, ...at);
  return folder;
}

async function inTask(): Promise<string> {
  const { stdout } = await swarm.exec("shop_shop", [
    "sh",
    "-c",
    "cd /run/secrets; cat password; echo; cat api_key",
  ]);
  return stdout;
}

test("secrets of a file that SOPS decrypts reach the tasks, and a changed one as well", async () => {
  const folder = await example("sops", {});
  const bin = path.join(workspace.folder, "bin");
  mkdirSync(bin);
  // Takes what the real one takes, and "decrypts" by taking the first line off.
  const script =
    '#!/bin/sh\n[ "$*" = "--decrypt --output-type json secrets.yaml" ] || { echo "unexpected: $*" >&2; exit 1; }\ntail -n +2 secrets.yaml\n';
  writeFileSync(path.join(bin, "sops"), script);
  chmodSync(path.join(bin, "sops"), 0o755);
  workspace.env = { ...workspace.env, PATH: `${bin}:${workspace.env.PATH}` };
  const encrypt = (values: object) =>
    writeFileSync(path.join(folder, "secrets.yaml"), `# encrypted\n${JSON.stringify(values)}`);
  encrypt(KEPT);
  await workspace.up("--cwd", folder);
  expect(await inTask()).toBe(`${KEPT.password}\n${KEPT.apiKey}`);
  encrypt({ ...KEPT, password: "another password" });
  const { changes } = await workspace.up("--cwd", folder);
  expect(changes).toEqual({ "Secret shop-password": "replace", "SwarmStack shop": "update" });
  expect(await inTask()).toBe(`another password\n${KEPT.apiKey}`);
  encrypt({ password: "x" });
  const { code, text } = await workspace.tryUp("--cwd", folder);
  expect(code).not.toBe(0);
  expect(text).toMatch(/secrets\.yaml has no "apiKey"\. It has: password\./);
  await workspace.destroy("--cwd", folder);
});

test("secrets that a Vault keeps reach the tasks, and neither the state nor what is printed", async () => {
  const { port } = vault.address() as AddressInfo;
  const folder = await example("vault", { vault: `http://127.0.0.1:${port}`, roleId: ROLE.role_id });
  workspace.env = { ...workspace.env, VAULT_SECRET_ID: "wrong" };
  const refused = await workspace.tryUp("--cwd", folder);
  expect(refused.code).not.toBe(0);
  expect(refused.text).toMatch(/Vault refuses auth\/approle\/login: 400, invalid role or secret ID/);
  workspace.env = { ...workspace.env, VAULT_SECRET_ID: ROLE.secret_id };
  const { text } = await workspace.up("--cwd", folder);
  expect(await inTask()).toBe(`${KEPT.password}\n${KEPT.apiKey}`);
  const exported = await workspace.pulumi(["stack", "export", "--stack", workspace.stack, "--cwd", folder]);
  expect(secretsIn(expectSuccess(exported).stdout + text, { ...KEPT, role: ROLE.secret_id })).toEqual([]);
  await workspace.destroy("--cwd", folder);
});
