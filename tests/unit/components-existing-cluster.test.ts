import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  Config,
  ExistingCluster,
  LocalPlatform,
  Network,
  Secret,
  SshPlatform,
  Stack,
  SwarmCluster,
} from "../../library";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

type Inputs = Record<string, unknown>;
const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF2tJVpZbn5mahRLI8fcPLlrrA/P2awf72M1wZtej2Yv";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const COMPOSE = [path.resolve("examples/minimal/hello.yml")];
const EXPORTED = {
  ...{ project: "platform", stack: "prod", cluster: "prod", clusterId: "the-cluster", resolveImage: "never" },
  imageFingerprints: { "shop:1": "abc" },
  managers: [
    { name: "alpha", connection: { host: "192.0.2.11", port: 2222, user: "root", hostKey: HOST_KEY } },
    { name: "near", connection: { container: "prod-manager-1" } },
  ],
};

/** By "Type name"; with the order of registration. */
let registered: Map<string, Inputs>;
/** The outputs of the stack that is referenced. */
let outputs: Inputs;

beforeEach(() => {
  registered = new Map();
  outputs = { cluster: EXPORTED };
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Inputs,
      newResource({ type, name, inputs }) {
        registered.set(`${type.split(":").at(-1)} ${name}`, inputs as Inputs);
        if (type === "pulumi:pulumi:StackReference")
          return { id: name, state: { name, outputs, secretOutputNames: [] } };
        const known = {
          ...{ identity: `identity-of-${name}`, clusterId: "the-cluster", objectName: `${name}-0123456789` },
          ...{ networkId: "n", services: [], machine: `machine-of-${name}`, nodeId: `node-of-${name}` },
          ...{ managerToken: "SWMTKN-1", workerToken: "SWMTKN-2", container: name, address: "172.30.0.2" },
        };
        return { id: name, state: { ...(inputs as Inputs), ...known } };
      },
    },
    "shop",
    "prod",
  );
});
afterEach(() => pulumi.runtime.disconnect());

const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

function inputsOf(resource: string): Inputs {
  const found = registered.get(resource);
  if (!found) throw new Error(`There is no ${resource}, but ${[...registered.keys()].join(", ")}.`);
  return found;
}

function plain(input: unknown): unknown {
  return (input as { value?: unknown }).value ?? input;
}

const OWNER = { project: "shop", stack: "prod", cluster: "prod", id: "identity-of-prod", isGuest: true };

describe("ExistingCluster", () => {
  test("takes every kind of object, each with the identity of this program and without a swarm that takes it along", async () => {
    const managers = [{ container: "manager-1", dockerHost: "tcp://10.0.0.1:2376" }, { context: "far" }];
    const cluster = new ExistingCluster("prod", { managers });
    const token = new Secret("token", { cluster, data: "hush" });
    const greeting = new Config("greeting", { cluster, data: "hello" });
    const inside = new Network("inside", { cluster });
    const stack = new Stack("hello", {
      cluster,
      composeFiles: COMPOSE,
      configs: { greeting },
    });
    await settled(pulumi.all([stack.services, token.objectName, inside.networkId]));
    const refs = [
      { name: "manager-1", connection: { container: "manager-1", dockerHost: "tcp://10.0.0.1:2376" } },
      { name: "far", connection: { context: "far" } },
    ];
    expect(inputsOf("ExistingSwarm prod")).toEqual({ owner: OWNER, managers: refs });
    for (const object of ["Secret token", "Config greeting", "Network inside", "SwarmStack hello"])
      expect(inputsOf(object)).toMatchObject({ owner: OWNER, clusterId: "the-cluster", managers: refs });
    expect(inputsOf("SwarmStack hello")).toMatchObject({ resolveImage: "changed", imageFingerprints: {} });
    expect(inputsOf("SwarmStack hello")).not.toHaveProperty("forget");
  });

  test("says of every object that it may be forgotten", async () => {
    const managers = [{ dockerHost: "unix:///var/run/docker.sock" }];
    const cluster = new ExistingCluster("prod", { managers, forget: true, clusterId: "a".repeat(25) });
    await settled(new Secret("token", { cluster, data: "hush" }).objectName);
    expect(inputsOf("ExistingSwarm prod")).toMatchObject({ expectedId: "a".repeat(25), forget: true });
    expect(inputsOf("Secret token")).toMatchObject({ forget: true });
  });

  test("of another stack has that one's cluster and images, and a login of its own", async () => {
    const stack = new pulumi.StackReference("acme/platform/prod");
    const login = { user: "deploy", privateKey: "THE KEY", sudo: true };
    const cluster = ExistingCluster.fromStack(stack, { name: "prod", login });
    await settled(new Stack("hello", { cluster, composeFiles: COMPOSE, resolveImage: undefined }).services);
    const { managers, expectedId } = inputsOf("ExistingSwarm prod");
    expect(expectedId).toBe("the-cluster");
    expect(JSON.stringify(managers)).toContain(SECRET);
    expect(plain(managers)).toEqual([
      {
        name: "alpha",
        connection: {
          ...{ host: "192.0.2.11", port: 2222, user: "deploy", hostKey: HOST_KEY },
          ...{ privateKey: "THE KEY", sudo: true },
        },
      },
      EXPORTED.managers[1],
    ]);
    expect(inputsOf("SwarmStack hello")).toMatchObject({
      resolveImage: "never",
      imageFingerprints: { "shop:1": "abc" },
    });
  });

  test("is found by commands in the state, with nodes that nobody here asks for", async () => {
    const cluster = new ExistingCluster("prod", { managers: [{ container: "manager-1" }] });
    const { record } = cluster as unknown as { record: () => pulumi.Output<object> };
    expect(await settled(record.call(cluster))).toEqual({
      cluster: "prod",
      owner: OWNER,
      clusterId: "the-cluster",
      managers: [{ name: "manager-1", connection: { container: "manager-1" } }],
      nodes: [],
      isExisting: true,
    });
  });
});

describe("what a SwarmCluster exports", () => {
  const login = { user: "admin", privateKey: "THE KEY", sudo: true };
  const bastion = { address: "192.0.2.1", hostKey: HOST_KEY, password: "THE PASSWORD", user: "hop" };
  const hosts = [{ name: "alpha", address: "192.0.2.11", hostKey: HOST_KEY, ...login, bastion }];

  test("is where its managers are, and nothing to log in with", async () => {
    const platform = new SshPlatform({ hosts });
    const cluster = new SwarmCluster("shelf", { platform, managers: { names: ["alpha"] } });
    const exported = await settled(cluster.exported);
    expect(exported).toEqual({
      ...{ project: "shop", stack: "prod", cluster: "shelf", clusterId: "the-cluster" },
      ...{ imageFingerprints: {}, resolveImage: "changed" },
      managers: [
        {
          name: "alpha",
          connection: {
            ...{ host: "192.0.2.11", user: "admin", hostKey: HOST_KEY, sudo: true },
            proxy: { host: "192.0.2.1", user: "hop", hostKey: HOST_KEY },
          },
        },
      ],
    });
    expect(await pulumi.isSecret(cluster.exported)).toBe(false);
    expect(await pulumi.isSecret(cluster.ref)).toBe(true);
  });

  test("is known when all nodes are in service", async () => {
    const cluster = new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 } });
    await settled(cluster.exported);
    expect([...registered.keys()]).toContain("NodeSpecs dev");
  });
});
