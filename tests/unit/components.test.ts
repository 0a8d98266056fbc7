import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../library";
import type { Platform } from "../../platforms/platform";
import { problemsAsRegistered } from "./fixtures/as-provider";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const registered: Registered[] = [];
/** Nodes whose engine listens on this machine as well. */
const sockets: Record<string, string> = {};

/** What the provider would answer: each resource's inputs, and outputs that tell which resource they came from. */
function startMocks(): void {
  registered.length = 0;
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Record<string, unknown>,
      newResource({ type, name, inputs }) {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        const outputs: Record<string, unknown> = {
          identity: `identity-of-${name}`,
          networkId: `network-of-${name}`,
          imageId: `sha256:${name}`,
          containerId: `container-of-${name}`,
          container: name,
          address: `172.30.0.${registered.length}`,
          clusterId: "cluster-1",
          managerToken: "SWMTKN-manager",
          workerToken: "SWMTKN-worker",
          nodeId: `node-of-${name}`,
          objectName: `${name}-0123456789`,
          value: `value-of-${name}`,
          fingerprints: { "shop:1": "abc" },
          services: [],
          ...(name in sockets ? { socket: sockets[name] } : {}),
        };
        return { id: `id-of-${name}`, state: { ...(inputs as object), ...outputs } };
      },
    },
    "project",
    "test",
  );
}

const ofType = (type: string) => registered.filter((resource) => resource.type === `swarm:index:${type}`);
const named = (type: string, name: string) =>
  ofType(type).find((resource) => resource.name === name)?.inputs ?? {};
const settled = (...outputs: pulumi.Output<unknown>[]) =>
  new Promise<unknown[]>((resolve) => pulumi.all(outputs).apply((values) => resolve(values)));

beforeEach(startMocks);
// Whatever is registered is what the provider takes.
afterEach(() => {
  for (const { type, name, inputs } of registered)
    expect([name, problemsAsRegistered(type, inputs)]).toEqual([name, []]);
});
// What a test has registered and not awaited must not reach into the next one.
afterEach(() => pulumi.runtime.disconnect());

describe("SwarmCluster", () => {
  function makeCluster() {
    const { SwarmCluster, LocalPlatform } = library;
    return new SwarmCluster("dev", {
      platform: new LocalPlatform(),
      managers: { count: 3, labels: { zone: "a" } },
      workers: [
        { name: "app", count: 2, labels: { tier: "app" }, nodeLabels: { "app-2": { disk: "big" } } },
        { name: "batch", count: 1, availability: "drain" },
      ],
      swarm: { taskHistoryRetentionLimit: 3 },
    });
  }

  test("makes one machine and one membership for every node, with stable names", async () => {
    const cluster = makeCluster();
    await settled(cluster.managers, cluster.workers);
    const names = ["app-1", "app-2", "batch-1", "manager-1", "manager-2", "manager-3"].map(
      (node) => `dev-${node}`,
    );
    expect(
      ofType("LocalNode")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    expect(
      ofType("SwarmNode")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    expect(ofType("Swarm")).toHaveLength(1);
  });

  test("is there for other tools: by a proxy, where no manager can be reached otherwise", async () => {
    const [dockerHost] = await settled(makeCluster().dockerHost);
    expect(dockerHost).toMatch(/^unix:\/\/.*\/identity-of-\/proxy\/docker\.sock$/);
  });

  test("is there for other tools: by the first manager with a socket on this machine", async () => {
    sockets["dev-manager-2"] = "/home/me/manager-2.sock";
    const cluster = makeCluster();
    const dockerHost = await settled(cluster.dockerHost, cluster.ready);
    delete sockets["dev-manager-2"];
    expect(dockerHost[0]).toBe("unix:///home/me/manager-2.sock");
  });

  test("two clusters of one program have nothing in common", async () => {
    const { SwarmCluster, LocalPlatform } = library;
    const clusters = ["east", "west"].map(
      (name) => new SwarmCluster(name, { platform: new LocalPlatform(), managers: { count: 1 } }),
    );
    await settled(...clusters.map(({ managers }) => managers));
    expect(
      ofType("SwarmNode")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["east-manager-1", "west-manager-1"]);
    expect(new Set(registered.map(({ type, name }) => `${type} ${name}`)).size).toBe(registered.length);
  });

  test("gives managers and workers their own tokens and roles", async () => {
    const cluster = makeCluster();
    await settled(cluster.managers, cluster.workers);
    expect(named("SwarmNode", "dev-manager-2")).toMatchObject({ role: "manager" });
    expect(named("SwarmNode", "dev-app-2")).toMatchObject({ role: "worker" });
    expect(JSON.stringify(named("SwarmNode", "dev-manager-2").joinToken)).toContain("SWMTKN-manager");
    expect(JSON.stringify(named("SwarmNode", "dev-app-1").joinToken)).toContain("SWMTKN-worker");
  });

  test("gives all nodes their labels and availability at once", async () => {
    const cluster = makeCluster();
    await settled(cluster.ready);
    const node = (name: string, labels: object, availability = "active") => ({
      nodeId: `node-of-dev-${name}`,
      labels,
      availability,
    });
    expect(named("NodeSpecs", "dev").nodes).toEqual({
      "manager-1": node("manager-1", { zone: "a" }),
      "manager-2": node("manager-2", { zone: "a" }),
      "manager-3": node("manager-3", { zone: "a" }),
      "app-1": node("app-1", { tier: "app" }),
      "app-2": node("app-2", { tier: "app", disk: "big" }),
      "batch-1": node("batch-1", {}, "drain"),
    });
  });

  test("tells the swarm of the managers alone, and every member of all managers", async () => {
    const cluster = makeCluster();
    await settled(cluster.managers, cluster.workers);
    const managers = named("Swarm", "dev").managers as { name: string }[];
    expect(managers.map(({ name }) => name)).toEqual(["manager-1", "manager-2", "manager-3"]);
    expect(named("Swarm", "dev")).toMatchObject({ taskHistoryRetentionLimit: 3, ephemeral: true });
    expect(named("SwarmNode", "dev-app-1").managers).toHaveLength(3);
  });

  test("marks everything with the identity of its cluster, and shows project, stack and name", async () => {
    await settled(makeCluster().ready);
    const owner = { project: "project", stack: "test", cluster: "dev", id: "identity-of-dev" };
    const owned = registered.filter(({ inputs }) => "owner" in inputs);
    expect(new Set(owned.map(({ type }) => type.split(":")[2]))).toEqual(
      new Set(["LocalNetwork", "LocalNode", "NodeImage", "NodeSpecs", "Swarm", "SwarmNode"]),
    );
    expect(owned.map(({ inputs }) => inputs.owner)).toEqual(owned.map(() => owner));
    expect(registered.findIndex(({ type }) => type.endsWith(":ClusterIdentity"))).toBeLessThan(
      registered.findIndex(({ inputs }) => "owner" in inputs),
    );
  });
});

describe("Platform", () => {
  test("carries machines that stay: nodes then leave the swarm by themselves", async () => {
    const { SwarmCluster } = library;
    const platform: Platform = {
      machinesDieWithCluster: false,
      resolveImage: "changed",
      validate: () => [],
      prepare: () => ({
        createMachine: ({ name }) => ({
          name,
          command: () => {
            throw new Error("it has no commands");
          },
          connection: pulumi.output({ host: `${name}.example`, hostKey: "SHA256:x" }),
          address: pulumi.output("192.0.2.1"),
          identity: pulumi.output(`serial-${name}`),
        }),
        finish: () => ({ resources: [], imageFingerprints: pulumi.output<Record<string, string>>({}) }),
      }),
    };
    const cluster = new SwarmCluster("shelf", {
      platform,
      managers: { count: 1 },
      workers: [{ name: "pi" }],
    });
    await settled(cluster.managers, cluster.workers);
    expect(named("SwarmNode", "shelf-pi-1")).toMatchObject({ ephemeral: false, machine: "serial-pi-1" });
    expect(named("SwarmNode", "shelf-pi-1").connection).toEqual({
      host: "pi-1.example",
      hostKey: "SHA256:x",
    });
  });
});

describe("objects", () => {
  test("a secret's data is a secret although the program passed a plain text", async () => {
    const { SwarmCluster, LocalPlatform, Secret } = library;
    const cluster = new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 } });
    const secret = new Secret("password", { cluster, data: "hush" });
    await expect(settled(secret.objectName)).resolves.toEqual(["password-0123456789"]);
    expect(named("Secret", "password")).toMatchObject({ name: "password", clusterId: "cluster-1" });
    expect(JSON.stringify(named("Secret", "password").data)).toContain("1b47061264138c4ac30d75fd1eb44270");
  });

  test("generated content is a resource of its own, and a secret for whoever asks for it", async () => {
    const { SwarmCluster, LocalPlatform, Secret } = library;
    const cluster = new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 } });
    const generate = { length: 40 };
    const secret = new Secret("token", { cluster, generate, rotate: "1", rotateEvery: "90d", keep: 3 });
    await expect(settled(secret.objectName)).resolves.toEqual(["token-0123456789"]);
    expect(named("GeneratedSecret", "token")).toEqual({ length: 40, rotate: "1", rotateEvery: "90d" });
    expect(named("Secret", "token")).toMatchObject({ name: "token", keep: 3 });
    expect(named("Secret", "token")).not.toHaveProperty("rotate");
    expect(JSON.stringify(named("Secret", "token").data)).toContain("1b47061264138c4ac30d75fd1eb44270");
    expect(await pulumi.isSecret(secret.value)).toBe(true);
  });

  test("a stack gets the swarm's names of its objects and waits for every node", async () => {
    const { SwarmCluster, LocalPlatform, Config, Stack } = library;
    const cluster = new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 } });
    const greeting = new Config("greeting", { cluster, data: "hello" });
    const stack = new Stack("hello", {
      cluster,
      composeFiles: [path.resolve("examples/minimal/hello.yml")],
      configs: { greeting },
    });
    await settled(stack.services);
    expect(named("SwarmStack", "hello")).toMatchObject({
      name: "hello",
      configs: { greeting: "greeting-0123456789" },
      resolveImage: "never",
    });
    const order = registered.map(({ type }) => type);
    expect(order.indexOf("swarm:index:SwarmStack")).toBeGreaterThan(
      order.lastIndexOf("swarm:index:SwarmNode"),
    );
  });
});
