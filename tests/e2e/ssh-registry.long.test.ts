import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { waitFor } from "../../foundation/wait";
import { projectRoot } from "../../tools/setup/paths";
import { appImage } from "./harness/app-image";
import { pushThrough, type PushTarget } from "./harness/push";
import { output } from "./harness/run";
import { secretsIn } from "./harness/secret-search";
import { SshCluster } from "./harness/ssh-cluster";
import { registryImage } from "./harness/test-registry";
import { Workspace } from "./harness/workspace";

jest.setTimeout(600_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "cluster-registry")];
const SUDO = { user: "admin", sudo: true };

/** A drained manager and a worker over SSH by the configuration alone; the registry on it is another program's. */
let cluster: SshCluster;
let registry: Workspace;
let app: string;

beforeAll(async () => {
  app = await appImage();
  const image = await registryImage();
  cluster = await SshCluster.create("ready", { managers: 1, workers: 1 });
  const { workspace, hosts } = cluster;
  workspace.configure({ hosts: hosts.inventory(SUDO), managerAvailability: "drain" });
  await workspace.up();
  const [manager, worker] = ["host-1", "host-2"].map((name) => hosts.host(name));
  await output("sh", [
    "-c",
    `docker save ${image} | docker exec --interactive ${worker.container} docker load`,
  ]);
  const { address, hostKey } = manager;
  const identityFile = path.join(workspace.folder, "key");
  registry = await Workspace.create({
    managers: [{ address, hostKey, identityFile, ...SUDO }],
    ...{ node: "host-2", address: worker.address, registryImage: image },
  });
});
afterAll(async () => {
  await registry?.remove();
  await cluster?.remove();
});

test("hosts over SSH trust a registry on one of them, and a drained manager deploys an image of it by the configuration alone", async () => {
  const { workspace, hosts } = cluster;
  await registry.up(...PROGRAM);
  const target = await registry.outputs<PushTarget & { certificate: string }>();
  const tag = await pushThrough(hosts.host("host-2").container, app, target, "shop:1");
  const compose = path.join(workspace.folder, "shop.yml");
  writeFileSync(
    compose,
    `services: { web: { image: "${tag}", stop_grace_period: 1s, deploy: { endpoint_mode: dnsrr, update_config: { monitor: 1s } } } }`,
  );
  const { server, password, certificate } = target;
  workspace.configure({
    registries: [{ server, username: "swarm", certificate }],
    stacks: { shop: { composeFiles: compose } },
  });
  await workspace.configureSecret("registries[0].password", password, "--path");
  await workspace.up();
  const { services } = await workspace.outputs<{ services: { shop: object[] } }>();
  expect(services.shop).toMatchObject([
    { replicas: 1, image: expect.stringMatching(`^${tag}@sha256:`) as string },
  ]);
  expect(await trusted("host-2")).toBe(`/etc/docker/certs.d/${server}/ca.crt`);
  expect(await trusted("host-1")).toBe("");
  const texts = [workspace.state(), workspace.printed, readFileSync(workspace.configFile, "utf8")];
  expect(secretsIn(texts.join("\n"), { password })).toEqual([]);
  expect(await workspace.preview()).toEqual({});
});

test("with the registry the trust goes", async () => {
  cluster.workspace.configure({ registries: undefined, stacks: undefined });
  await cluster.workspace.up();
  await registry.destroy(...PROGRAM);
  for (const host of ["host-1", "host-2"])
    await waitFor<void>(
      { name: "it trusts the registry no more", on: host, intervalMs: 200, timeoutMs: 60_000 },
      async () => {
        const files = await trusted(host);
        return files === "" ? { done: undefined } : { pending: files };
      },
    );
});

function trusted(host: string): Promise<string> {
  return cluster.hosts.sh(host, "find /etc/docker -path '*certs.d*' -type f");
}
