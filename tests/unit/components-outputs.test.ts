import * as pulumi from "@pulumi/pulumi";
import { programIsValid } from "../../components/program-checks";
import {
  Config,
  LocalPlatform,
  Network,
  SshPlatform,
  Stack,
  SwarmCluster,
  type SshHostArgs,
} from "../../library";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

type Inputs = Record<string, unknown>;

const HOST_KEY = `SHA256:${"A".repeat(43)}`;
let registered: { type: string; name: string; inputs: Inputs }[];

beforeEach(() => {
  registered = [];
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Inputs,
      newResource({ type, name, inputs }) {
        registered.push({ type: type.split(":").pop() ?? "", name, inputs: inputs as Inputs });
        const made = { clusterId: "cluster-1", machine: `machine-of-${name}`, nodeId: `node-of-${name}` };
        return {
          id: name,
          state: { ...(inputs as Inputs), ...made, hostKey: `key-of-${name}`, services: [] },
        };
      },
    },
    "project",
    "test",
  );
});
// What a test has registered and not awaited must not reach into the next one.
afterEach(() => pulumi.runtime.disconnect());

const settled = (...outputs: pulumi.Output<unknown>[]) =>
  new Promise<unknown[]>((resolve) => pulumi.all(outputs).apply((values) => resolve(values)));
const named = (type: string, name: string) =>
  registered.find((one) => one.type === type && one.name === name)?.inputs ?? {};
/** What is said of the program that was just written. */
const problems = () =>
  programIsValid().then(
    () => "",
    (error: Error) => error.message,
  );
/** As a server's address: known, and no text that is written in the program. */
const output = <T>(value: T) => pulumi.output(Promise.resolve(value));
const never = () => pulumi.output(new Promise<string>(() => undefined));

function clusterOn(hosts: SshHostArgs[], more: object = {}) {
  const platform = new SshPlatform({ hosts, preflight: false, ...more });
  return new SwarmCluster("dev", { platform, managers: { count: hosts.length } });
}

const local = (more: object = {}) =>
  new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 }, ...more });

describe("hosts that are outputs", () => {
  const host: SshHostArgs = {
    ...{ name: "alpha", address: output("192.0.2.11"), privateAddress: output("10.0.0.11") },
    ...{ port: output(2222), user: output("admin"), hostKey: output(HOST_KEY), password: "hush" },
    labels: { rack: output("r1") },
  };

  test("become nodes", async () => {
    const cluster = clusterOn([host]);
    await settled(cluster.managers, ...cluster.ready.map(({ urn }) => urn));
    expect(named("SwarmHost", "dev-manager-1")).toMatchObject({
      ...{ address: "192.0.2.11", nodeAddress: "10.0.0.11", nodes: ["10.0.0.11"], hostKey: HOST_KEY },
      connection: { host: "192.0.2.11", port: 2222, user: "admin" },
    });
    expect(named("SwarmNode", "dev-manager-1")).toMatchObject({ advertiseAddr: "10.0.0.11" });
    expect(named("NodeSpecs", "dev")).toMatchObject({ nodes: { "manager-1": { labels: { rack: "r1" } } } });
  });

  test("are judged by the rules of written ones, as far as they are known in time", async () => {
    clusterOn([
      {
        ...host,
        port: output(0),
        hostKey: output("no key"),
        labels: { "a b": output("x"), rack: output(5 as never) },
      },
      { ...host, name: "beta", address: output("not an address") },
      { ...host, name: "gamma", privateAddress: output("gamma.example"), sudo: true, user: output("root") },
    ]);
    expect(await problems()).toMatch(
      new RegExp(
        [
          /hosts\[0\]\.labels\["a b"\]: a label key/,
          /hosts\[0\]\.labels\["rack"\]: the value 5 is not a text/,
          /hosts\[0\]\.port: 0 is not a port/,
          /hosts\[0\]\.hostKey: is neither a public key line/,
          /hosts\[1\]\.address: "not an address" is no host name/,
          /hosts\[2\]\.privateAddress: the other nodes cannot be told "gamma\.example"/,
          /hosts\[2\]\.sudo: is set, and the user is root/,
          /hosts\[1\]\.privateAddress: "10\.0\.0\.11" is that of hosts\[0\] already/,
        ]
          .map(({ source }) => `(?=[^]*${source})`)
          .join(""),
      ),
    );
  });

  test("that are not known in time hold nothing up, and are no problem", async () => {
    clusterOn([{ ...host, address: never(), privateAddress: undefined, hostKey: never() }]);
    expect(await problems()).toBe("");
  });

  test("need a key that is given, or trust", async () => {
    clusterOn([{ ...host, hostKey: undefined }], { knownHosts: "/nowhere" });
    expect(await problems()).toMatch(
      /hosts\[0\]\.hostKey: no host key is given, and known hosts cannot be asked/,
    );
  });
});

describe("pinned keys", () => {
  const trusting = { trustOnFirstUse: true };
  const login = { password: "hush" };

  test("are named by host and bastion, never by an address", async () => {
    const gate = { name: "gate", address: output("gate.example"), ...login };
    const cluster = clusterOn(
      [
        { name: "alpha", address: "192.0.2.11", bastion: gate, ...login },
        { name: "beta", address: output("192.0.2.12"), bastion: gate, ...login },
        { name: "gamma", address: "192.0.2.13", bastion: { address: "10.0.0.1", ...login }, ...login },
      ],
      trusting,
    );
    await settled(cluster.managers);
    const keys = registered.filter(({ type }) => type === "SshHostKey").map(({ name }) => name);
    expect(keys.sort()).toEqual([
      "dev-alpha",
      "dev-beta",
      "dev-gamma",
      "dev:bastion:bastion",
      "dev:bastion:gate",
    ]);
    expect(named("SwarmHost", "dev-manager-2")).toMatchObject({
      connection: {
        hostKey: "key-of-dev-beta",
        proxy: { host: "gate.example", hostKey: "key-of-dev:bastion:gate" },
      },
    });
  });

  test.each<[string, object, object, boolean]>([
    ["one address", { address: "a" }, { address: "a", port: 22 }, true],
    ["two addresses without names", { address: "a" }, { address: "b" }, false],
    ["two addresses of one name", { name: "x", address: "a" }, { name: "x", address: "b" }, false],
    ["two names", { name: "x", address: "a" }, { name: "y", address: "b" }, true],
    ["outputs without names", { address: output("a") }, { address: output("a") }, false],
    ["outputs of one name", { name: "x", address: output("a") }, { name: "x", address: output("a") }, true],
    ["a key that is given", { address: "a" }, { address: "b", hostKey: HOST_KEY }, true],
  ])("of bastions: %s", async (_what, one, other, isRight) => {
    const hosts = [one, other].map((bastion, index) => ({
      ...{ name: `host-${index}`, address: `192.0.2.${index}`, ...login },
      bastion: { ...bastion, ...login } as SshHostArgs["bastion"],
    }));
    clusterOn(hosts, trusting);
    const said = await problems();
    // An even number of managers is a problem of its own.
    expect(said.includes("hosts[1].bastion.name: ")).toBe(!isRight);
  });
});

describe("labels and compose texts that are outputs", () => {
  test("reach the swarm", async () => {
    const cluster = local({ managers: { count: 1, labels: { zone: output("a") } } });
    const config = new Config("greeting", { cluster, data: "hello", labels: { by: output("me") } });
    const network = new Network("net", { cluster, labels: { of: output("us") } });
    const content = output("services: { web: { image: 'nothing:1' } }");
    const stack = new Stack("shop", { cluster, composeFiles: [{ name: "made.yml", content }] });
    await settled(stack.services, config.objectName, network.networkId);
    expect(named("NodeSpecs", "dev")).toMatchObject({ nodes: { "manager-1": { labels: { zone: "a" } } } });
    expect(named("Config", "greeting")).toMatchObject({ labels: { by: "me" } });
    expect(named("Network", "net")).toMatchObject({ labels: { of: "us" } });
    expect(named("SwarmStack", "shop")).toMatchObject({
      composeFiles: [{ name: "made.yml", content: "services: { web: { image: 'nothing:1' } }" }],
    });
  });

  test("are judged once, as soon as they are known", async () => {
    const cluster = local({
      managers: { count: 1, labels: { "a b": output("x"), size: output(3) } },
    });
    new Config("greeting", { cluster, data: "hello", labels: { by: output(1 as never) } });
    new Stack("shop", {
      cluster,
      composeFiles: [
        { name: "first.yml", content: "services: { web: { imagee: 'x' } }" },
        { name: "late.yml", content: output("services: { web: { networks: [back] } }") },
      ],
      environment: { TAG: output(1 as never) },
    });
    const said = await problems();
    for (const once of [
      'managers.labels["a b"]',
      'managers.labels["size"]: the value 3',
      'labels["by"]: the value 1',
      "imagee",
      "back",
      'environment["TAG"]: the value is of type number',
    ]) {
      expect(said.split(once)).toHaveLength(2);
    }
  });

  test("a compose text that is not known yet may hold what the others lack", async () => {
    const files = [
      { name: "first.yml", content: "services: { web: { networks: [back] } }" },
      { name: "late.yml", content: never() },
    ];
    new Stack("shop", { cluster: local(), composeFiles: files });
    expect(await problems()).toBe("");
  });

  test("what is neither a path nor a text is told", async () => {
    new Stack("shop", { cluster: local(), composeFiles: [{ content: "x" } as never] });
    expect(await problems()).toMatch(/composeFiles\[0\]: is neither a path nor a text with a name/);
  });
});
