import { identityOf } from "../../schema/owner";
import { testInAll } from "./harness/cases";
import { Application } from "./harness/application";
import { docker } from "./harness/docker";
import { NOTHING } from "./harness/leftovers";
import { expectSuccess } from "./harness/run";
import { EngineSocket } from "./harness/engine-socket";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

jest.setTimeout(180_000);

/** A cluster of one project, and the applications of two others on it; the tests run in this order. */
let platform: Workspace;
let shop: Application;
let mail: Application;
let witness: Witness;

beforeAll(async () => {
  platform = await Workspace.create({ managers: 1 });
  const image = `application:${platform.cluster}`;
  platform.configure({ images: [{ name: image, build: "examples/minimal/image" }] });
  witness = new Witness(platform.cluster);
  shop = await Application.create("shop", platform, { stack: "shop", image, greeting: "Buy!" });
  mail = await Application.create("mail", platform, { stack: "mail", image, greeting: "Write!" });
});
afterAll(async () => {
  // What a test that failed has left must not keep the cluster's own destroy from its turn.
  await mail?.tryDestroy();
  await shop?.tryDestroy();
  await platform?.remove();
});

const tasksOf = (stack: string) => witness.docker("stack", "ps", stack, "--quiet", "--no-trunc");

async function identity(kind: string, name: string): Promise<string | undefined> {
  const labels = await witness.docker(kind, "inspect", "--format", "{{json .Spec.Labels}}", name);
  return identityOf(JSON.parse(labels) as Record<string, string>);
}

test("a stack without a cluster among its outputs is refused before anything is made", async () => {
  const { code, text } = await shop.tryUp();
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /nothing was created or changed\.\n +ExistingCluster "cluster"\n +- output "cluster": is not there\. In the program of that stack: export const cluster = cluster\.exported/,
  );
});

test("the output of a cluster holds no token and no login", async () => {
  await platform.up();
  const { cluster } = await platform.outputs<{ cluster: object }>();
  expect(cluster).toMatchObject({
    project: "pulumi-swarm",
    cluster: platform.cluster,
    managers: [{ name: "manager-1", connection: { container: `${platform.cluster}-manager-1` } }],
  });
  expect(JSON.stringify(cluster)).not.toContain("SWMTKN");
});

test("two applications have the same names on one cluster, and owners of their own", async () => {
  await shop.up();
  await mail.up();
  const swarm = identityOf((await witness.swarm()).Spec.Labels as Record<string, string>);
  const identities = await Promise.all(["shop_app", "mail_app"].map((name) => identity("service", name)));
  expect(new Set([swarm, ...identities]).size).toBe(3);
  expect((await witness.objects("secret")).map((name) => name.split("-")[0])).toEqual(["token", "token"]);
  expect((await mail.up("--refresh", "--expect-no-changes")).changes).toEqual({});
});

test("pulumi-swarm looks at the cluster from an application's project", async () => {
  const { stdout } = expectSuccess(await shop.swarm("status", "--json"));
  expect(JSON.parse(stdout)).toMatchObject({
    cluster: "cluster",
    nodes: [{ name: "manager-1" }],
    services: [{ name: "mail_app" }, { name: "shop_app", running: 1, desired: 1 }],
    drift: [],
  });
  expect(await shop.swarm("preflight")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cluster is not made by this stack/),
  });
});

test("a name that another application has is refused, with both owners named, and its stack stays", async () => {
  const before = await tasksOf("shop");
  mail.configure({ stack: "shop" });
  const { code, text } = await mail.tryUp();
  expect(code).not.toBe(0);
  const owner = (project: string) =>
    `project ${project}, stack ${platform.stack}, cluster cluster \\(identity [0-9a-f]{8}\\)`;
  expect(text).toMatch(
    new RegExp(
      `The service "shop_app" of the swarm exists and belongs to ${owner("shop")}, and this is ${owner("mail")}\\. ` +
        "It was left as it is\\. Choose another name for it",
    ),
  );
  expect(await tasksOf("shop")).toBe(before);
});

test("one is changed, by way of an engine that this machine reaches, and destroyed; the other's tasks are not touched", async () => {
  const before = await tasksOf("shop");
  const socket = await EngineSocket.of(witness.containerOf("manager-1"), platform.folder);
  try {
    mail.configure({ stack: "mail", greeting: "By socket.", managers: [{ dockerHost: socket.address }] });
    const { changes } = await mail.up();
    expect(changes).toMatchObject({
      "ExistingSwarm cluster": "update",
      "Secret token": "replace",
      "Config greeting": "replace",
      "SwarmStack mail": "update",
    });
    await mail.destroy();
  } finally {
    await socket.close();
  }
  expect(await tasksOf("shop")).toBe(before);
  expect(await witness.docker("service", "ls", "--format", "{{.Name}}")).toBe("shop_app");
  expect(await witness.objects("secret")).toHaveLength(1);
  expect(await witness.objects("config")).toHaveLength(1);
});

testInAll("one whose cluster cannot be reached is refused, and goes with forget", async () => {
  mail.configure({ managers: undefined, stack: undefined });
  await mail.up();
  await docker("stop", "--time", "1", witness.containerOf("manager-1"));
  const { code, text } = await mail.tryDestroy();
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /the container does not run[^]*set `forget: true` on ExistingCluster "cluster", run `pulumi up`/,
  );
  mail.configure({ forget: true });
  expect((await mail.up()).changes).toMatchObject({ "Secret token": "update" });
  expect((await mail.destroy()).text).toMatch(
    /the secret token-[0-9a-f]+ is forgotten, and stays where it may still be/,
  );
});

test("one whose cluster was destroyed first is destroyed all the same", async () => {
  await platform.destroy();
  expect(await platform.leftovers()).toEqual(NOTHING);
  const { text } = await shop.destroy();
  expect(text).toMatch(/the stack shop went with its swarm: .*there is no such container/);
});
