import * as pulumi from "@pulumi/pulumi";
import { checkVariables } from "../../validation/compose-variables";
import { checkLabels } from "../../validation/node";
import type { Problem } from "../../validation/problem";
import { reportComposeFiles, type ComposeText } from "../../components/compose-files";
import { programIsValid, reportWithOutputs } from "../../components/program-checks";
import {
  Config,
  LocalPlatform,
  Network,
  SshPlatform,
  Stack,
  SwarmCluster,
  type OnceKnown,
  type SshHostArgs,
} from "../../library";
import { problemsAsRegistered } from "./fixtures/as-provider";

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
        const tokens = { managerToken: "SWMTKN-manager", workerToken: "SWMTKN-worker" };
        const local = {
          networkId: "network",
          imageId: "image",
          container: name,
          containerId: name,
          address: "172.30.0.2",
        };
        return {
          id: name,
          state: {
            ...local,
            ...tokens,
            ...(inputs as Inputs),
            ...made,
            hostKey: `key-of-${name}`,
            services: [],
          },
        };
      },
    },
    "project",
    "test",
  );
});
// Whatever is registered is what the provider takes.
afterEach(() => {
  for (const { type, name, inputs } of registered)
    expect([name, problemsAsRegistered(`swarm:index:${type}`, inputs)]).toEqual([name, []]);
});
// What a test has registered and not awaited must not reach into the next one.
afterEach(() => pulumi.runtime.disconnect());

const settled = (...outputs: pulumi.Output<unknown>[]) =>
  new Promise<unknown[]>((resolve) => pulumi.all(outputs).apply((values) => resolve(values)));
const named = (type: string, name: string) =>
  registered.find((one) => one.type === type && one.name === name)?.inputs ?? {};
/** A secret as the mocks see it. */
const hidden = (value: object) =>
  expect.objectContaining({ value: expect.objectContaining(value) as object }) as object;
/** What is said of hosts whose outputs come in time. */
async function problemsOf(hosts: SshHostArgs[], more: object = {}): Promise<string> {
  const late: Promise<Problem[]>[] = [];
  const onceKnown: OnceKnown = (value, check) =>
    void late.push(
      new Promise((resolve) => pulumi.output(value).apply((known) => resolve(check(known as never)))),
    );
  const request = { owner: { project: "p", stack: "s", cluster: "c", id: "" }, nodes: [] };
  const now = new SshPlatform({ hosts, ...more }).validate(request, onceKnown);
  const found = [...now, ...(await Promise.all(late)).flat()];
  return found.map(({ where, text }) => `${where}: ${text}`).join("\n");
}
/** What is said of the program that was just written. */
const problems = () =>
  programIsValid().then(
    () => "",
    (error: Error) => error.message,
  );
/** As a server's address: known, and no text that is written in the program. */
const output = <T>(value: T) => pulumi.output(Promise.resolve(value));

function clusterOn(hosts: SshHostArgs[], more: object = {}) {
  const platform = new SshPlatform({ hosts, preflight: false, ...more });
  return new SwarmCluster("dev", { platform, managers: { count: hosts.length } });
}

const local = (more: object = {}) =>
  new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 }, ...more });

describe("the volumes of services", () => {
  const hosts = [{ name: "alpha", address: "192.0.2.11", hostKey: HOST_KEY, password: "hush" }];
  const protectedBy = async (cluster: SwarmCluster) => {
    await settled(cluster.managers, cluster.ready);
    return ["SwarmNode dev-manager-1", "NodeSpecs dev"].map((resource) => {
      const [type, name] = resource.split(" ");
      return named(type, name).protectVolumes;
    });
  };
  const onHosts = (more: object = {}) =>
    new SwarmCluster("dev", {
      ...{ platform: new SshPlatform({ hosts, preflight: false }), managers: { count: 1 } },
      ...more,
    });

  test("are protected on machines that stay, and on those of this host only where the program says so", async () => {
    expect(await protectedBy(onHosts())).toEqual([true, true]);
    registered = [];
    expect(await protectedBy(onHosts({ protectVolumes: false }))).toEqual([undefined, undefined]);
    registered = [];
    expect(await protectedBy(local())).toEqual([undefined, undefined]);
    registered = [];
    expect(await protectedBy(local({ protectVolumes: true }))).toEqual([true, true]);
  });
});

describe("hosts that are outputs", () => {
  const host: SshHostArgs = {
    ...{ name: "alpha", address: output("192.0.2.11"), privateAddress: output("10.0.0.11") },
    ...{ port: output(2222), user: output("admin"), hostKey: output(HOST_KEY), password: "hush" },
    labels: { rack: output("r1") },
  };

  test("become nodes", async () => {
    const cluster = clusterOn([host]);
    await settled(cluster.managers, cluster.ready);
    expect(named("SwarmHost", "dev-manager-1")).toMatchObject({
      ...{ address: "192.0.2.11", nodeAddress: "10.0.0.11", nodes: ["10.0.0.11"], hostKey: HOST_KEY },
      connection: hidden({ host: "192.0.2.11", port: 2222, user: "admin" }),
    });
    expect(named("SwarmNode", "dev-manager-1")).toMatchObject({ advertiseAddr: "10.0.0.11" });
    expect(named("NodeSpecs", "dev")).toMatchObject({ nodes: { "manager-1": { labels: { rack: "r1" } } } });
  });

  test("are judged by the rules of written ones", async () => {
    const labels = { "a b": output("x"), rack: output(5 as never) };
    const said = await problemsOf([
      { ...host, port: output(0), hostKey: output("no key"), labels },
      { ...host, name: "beta", address: output("not an address") },
      { ...host, name: "gamma", privateAddress: output("gamma.example"), sudo: true, user: output("root") },
    ]);
    for (const problem of [
      /^hosts\[0\]\.labels\["a b"\]: a label key/m,
      /^hosts\[0\]\.labels\["rack"\]: the value 5 is not a text/m,
      /^hosts\[0\]\.port: 0 is not a port/m,
      /^hosts\[0\]\.hostKey: is neither a public key line/m,
      /^hosts\[1\]\.address: "not an address" is no host name/m,
      /^hosts\[1\]\.privateAddress: "10\.0\.0\.11" is that of hosts\[0\] already/m,
      /^hosts\[2\]\.privateAddress: the other nodes cannot be told "gamma\.example"/m,
      /^hosts\[2\]\.sudo: is set, and the user is root/m,
    ])
      expect(said).toMatch(problem);
    expect(said.split("\n")).toHaveLength(8);
  });

  test("need a key that is given, or trust", async () => {
    const unknown = { ...host, hostKey: undefined };
    expect(await problemsOf([unknown])).toMatch(
      /^hosts\[0\]\.hostKey: no host key is given, and known hosts/,
    );
    expect(await problemsOf([unknown], { trustOnFirstUse: true })).toBe("");
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
      connection: hidden({
        hostKey: "key-of-dev-beta",
        proxy: expect.objectContaining({ host: "gate.example", hostKey: "key-of-dev:bastion:gate" }),
      }),
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
    const said = await problemsOf(hosts, trusting);
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

  const said = async (of: () => void) => {
    of();
    return problems();
  };

  test("are judged once, as soon as they are known", async () => {
    const text = await said(() => {
      const labels = { "a b": output("x"), size: output(3) };
      reportWithOutputs(
        "Cluster",
        { managers: { labels }, trigger: new pulumi.ComponentResource("t", "t") },
        (known) => checkLabels("labels", (known as { managers: { labels: object } }).managers.labels),
      );
      reportWithOutputs("Stack", output({ TAG: 1 }), checkVariables);
    });
    for (const once of ['labels["a b"]', 'labels["size"]: the value 3', "the value is of type number"])
      expect(text.split(once)).toHaveLength(2);
  });

  const compose = (...files: (string | ComposeText)[]) =>
    said(() => reportComposeFiles("Stack", files, { secrets: [], configs: [], networks: [] }, {}));
  const first = { name: "first.yml", content: "services: { web: { imagee: x, networks: [back] } }" };

  test("compose texts as well: each by itself, and all together once the last one is there", async () => {
    const text = await compose(first, {
      name: "late.yml",
      content: output("services: { web: { image: x } }"),
    });
    for (const once of ['"imagee" is not', 'network "back"']) expect(text.split(once)).toHaveLength(2);
    expect(text).not.toContain("has no image");
  });

  test("a compose text that is not known yet may hold what the others lack", async () => {
    const late = { name: "late.yml", content: pulumi.output(new Promise<string>(() => undefined)) };
    const text = await compose(first, late);
    expect(text).toContain("imagee");
    expect(text).not.toContain("back");
  });

  test("what is neither a path nor a text is told", async () => {
    expect(await compose({ content: "x" } as never, "nowhere.yml")).toMatch(
      /composeFiles\[0\]: is neither a path nor a text with a name[^]*composeFiles\[1\]: "nowhere\.yml" is no file/,
    );
  });
});
