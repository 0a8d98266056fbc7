import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";
import { startSwarm, type TestSwarm } from "../../testing/testing";
import { appImage } from "./harness/app-image";
import { docker } from "./harness/docker";
import { pushThrough, type PushTarget } from "./harness/push";
import { registryImage } from "./harness/test-registry";
import { Workspace } from "./harness/workspace";

jest.setTimeout(300_000);

const PROGRAM = ["--cwd", path.join(projectRoot, "tests", "e2e", "fixtures", "cluster-registry")];

interface Outputs extends PushTarget {
  services: { image: string; digest: string; replicas: number }[];
}

/** A manager that is drained, as those of clusters in earnest are, and a worker with the registry. */
let swarm: TestSwarm;
let workspace: Workspace;
let app: string;

beforeAll(async () => {
  const registry = await registryImage();
  app = await appImage();
  swarm = await startSwarm({ managers: 1, workers: 1, images: [registry], reuse: true });
  await manager("--availability", "drain");
  const worker = (
    await swarm.docker("node", "ls", "--filter", "role=worker", "--format", "{{.Hostname}}")
  ).trim();
  const address = (await swarm.docker("node", "inspect", "--format", "{{.Status.Addr}}", worker)).trim();
  workspace = await Workspace.create({
    ...{ managers: [{ container: nodeOf("manager-1") }], node: worker, address },
    ...{ registryImage: registry, resolveImage: "always" },
  });
});
afterAll(async () => {
  await workspace?.remove();
  if (swarm) await manager("--availability", "active");
  await swarm?.stop();
});

const nodeOf = (name: string) => `${swarm.name}-${name}`;
const manager = async (...change: string[]) => {
  const id = await swarm.docker("node", "ls", "--quiet", "--filter", "role=manager");
  return swarm.docker("node", "update", ...change, id.trim());
};
const trustOf = (node: string) =>
  docker("exec", nodeOf(node), "sh", "-c", "cd /etc/docker && find . -path '*certs.d*' -type f");

test("a drained manager deploys an image of the cluster's own registry, by its digest, and keeps no trace of it", async () => {
  await workspace.up(...PROGRAM);
  const registry = await workspace.outputs<Outputs>();
  expect(await trustOf("worker-1")).toBe(`./certs.d/${registry.server}/ca.crt`);
  const tag = await pushThrough(nodeOf("worker-1"), app, registry, "shop:1");
  workspace.configure({ image: "shop:1" });
  const { text } = await workspace.up(...PROGRAM);
  expect(text).not.toMatch(/x509|Not looked at/);
  const { services } = await workspace.outputs<Outputs>();
  expect(services).toMatchObject([
    { replicas: 1, image: expect.stringMatching(`^${tag}@sha256:`) as string },
  ]);
  const shown = await workspace.tryPreview("--expect-no-changes", ...PROGRAM);
  expect(shown.stdout + shown.stderr).not.toMatch(/x509|Not looked at/);
  expect(shown.code).toBe(0);
  expect(await trustOf("manager-1")).toBe("");
});
