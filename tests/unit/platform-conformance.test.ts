import * as pulumi from "@pulumi/pulumi";
import { LocalPlatform, SshPlatform, SwarmCluster } from "../../library";
import { nameOfConnection } from "../../schema/connection";
import type { ClusterRequest, Machine, Platform } from "../../platforms/platform";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF2tJVpZbn5mahRLI8fcPLlrrA/P2awf72M1wZtej2Yv";
const HOSTS = ["alpha", "beta"].map((name, index) => ({
  name,
  address: `192.0.2.${index + 1}`,
  hostKey: HOST_KEY,
  privateKey: "KEY",
}));

/** Every platform that there is: one that can make the request below, and one that cannot. */
const PLATFORMS: [string, { good: () => Platform; bad: () => Platform }][] = [
  [
    "LocalPlatform",
    {
      good: () => new LocalPlatform({ images: [{ name: "shop:1" }] }),
      bad: () => new LocalPlatform({ subnet: "not a subnet" }),
    },
  ],
  [
    "SshPlatform",
    {
      good: () => new SshPlatform({ hosts: HOSTS }),
      bad: () => new SshPlatform({ hosts: HOSTS.slice(1) }),
    },
  ],
];

const OWNER = { project: "project", stack: "test", cluster: "dev", id: pulumi.output("identity-1") };
const REQUEST: ClusterRequest = {
  owner: OWNER,
  nodes: [
    { name: "manager-1", role: "manager", pool: "manager" },
    { name: "app-1", role: "worker", pool: "app" },
  ],
};

let registered: { type: string; name: string; inputs: Record<string, unknown> }[];
const ofType = (type: string) => registered.filter((resource) => resource.type.endsWith(`:${type}`));

beforeEach(() => {
  registered = [];
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Record<string, unknown>,
      newResource({ type, name, inputs }) {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        const outputs = Object.fromEntries(
          [
            "identity",
            "networkId",
            "imageId",
            "containerId",
            "container",
            "machine",
            "clusterId",
            "nodeId",
          ].map((output) => [output, `${output}-of-${name}`]),
        );
        const state = { ...(inputs as object), ...outputs, address: `192.0.2.${registered.length}` };
        return { id: name, state: { ...state, fingerprints: { "shop:1": "abc" } } };
      },
    },
    "project",
    "test",
  );
});
afterEach(() => pulumi.runtime.disconnect());

class Shown extends pulumi.ComponentResource {
  constructor(gate: Promise<pulumi.Resource[]> | pulumi.Resource[] = []) {
    super("test:index:Shown", "shown", {}, { dependsOn: pulumi.output(gate) });
  }
}

/** A component that is registered, with all that it shows, when the function is called. */
function gated(): [Shown, () => void] {
  let open: (resources: pulumi.Resource[]) => void = () => undefined;
  const gate = new Promise<pulumi.Resource[]>((resolve) => (open = resolve));
  return [new Shown(gate), () => open([])];
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}

/** All that a cluster asks of a platform. */
function everything(platform: Platform, parent: pulumi.Resource) {
  const prepared = platform.prepare(REQUEST, { parent });
  const machines = REQUEST.nodes.map((node) => prepared.createMachine(node, { parent }));
  const checks = prepared.checks?.(machines, { parent }) ?? [];
  return { machines, checks, finished: prepared.finish(machines, { parent }) };
}

describe.each(PLATFORMS)("%s", (_name, { good, bad }) => {
  test("finds no problem in what it can make, and each of a program that it cannot, with nothing registered", async () => {
    expect(await good().validate(REQUEST, () => undefined)).toEqual([]);
    const problems = await bad().validate(REQUEST, () => undefined);
    expect(problems.length).toBeGreaterThan(0);
    for (const { where, text } of problems) {
      expect(where).not.toBe("");
      expect(text.length).toBeGreaterThan(20);
    }
    expect(registered).toEqual([]);
  });

  test("declares what a bad program asks for without an exception: its problems are what is reported", async () => {
    const [parent, open] = gated();
    expect(() => everything(bad(), parent)).not.toThrow();
    await new Promise(setImmediate);
    expect(registered).toEqual([]);
    open();
  });

  test("registers nothing before the component that shows it: all that it makes has that parent", async () => {
    const [parent, open] = gated();
    const { machines } = everything(good(), parent);
    await new Promise(setImmediate);
    expect(registered).toEqual([]);
    open();
    await Promise.all(machines.map(({ identity }) => known(identity)));
    expect(registered.map(({ name }) => name)).toContain("shown");
    expect(registered.length).toBeGreaterThan(REQUEST.nodes.length);
  });

  test("makes a machine of each request: its name, and a connection, address and identity of its own", async () => {
    const { machines } = everything(good(), new Shown());
    expect(machines.map(({ name }) => name)).toEqual(["manager-1", "app-1"]);
    const parts: ((machine: Machine) => Promise<string>)[] = [
      async ({ connection }) => nameOfConnection(await known(connection)),
      ({ address }) => known(address),
      ({ identity }) => known(identity),
    ];
    for (const part of parts) {
      const [first, second] = await Promise.all(machines.map(part));
      expect(first).toEqual(expect.stringMatching(/./));
      expect(first).not.toBe(second);
    }
  });

  test("says what a stack waits for, and the fingerprints of what it loaded", async () => {
    const { finished, checks } = everything(good(), new Shown());
    expect([...finished.resources, ...checks].every(pulumi.Resource.isInstance)).toBe(true);
    expect(await known(finished.imageFingerprints)).toEqual(expect.any(Object));
  });

  test("runs a command of the user's own on the machine that is asked, again when a trigger changes", async () => {
    const commands = await import("@pulumi/command");
    const parent = new Shown();
    const [machine] = everything(good(), parent).machines;
    const args = { create: "make it", delete: "undo it", triggers: ["v1"] };
    await known(machine.command(commands, "mount", args, { parent }).urn);
    const [{ name, inputs }] = ofType("Command");
    expect(name).toBe("mount");
    expect(JSON.stringify(inputs)).toContain("make it");
    expect(JSON.stringify(inputs)).toContain("undo it");
    expect(JSON.stringify(inputs)).toContain(nameOfConnection(await known(machine.connection)));
    expect(inputs.triggers).toEqual(["v1"]);
  });

  test("is asked once by a cluster: with all machines, for checks and for the rest", async () => {
    const platform = good();
    const asked: [string, string[]][] = [];
    const prepare = platform.prepare.bind(platform);
    platform.prepare = (request, opts) => {
      const prepared = prepare(request, opts);
      const names = (machines: readonly Machine[]) => machines.map(({ name }) => name);
      return {
        createMachine: (node, at) => prepared.createMachine(node, at),
        checks: (machines, at) => {
          asked.push(["checks", names(machines)]);
          return prepared.checks?.(machines, at) ?? [];
        },
        finish: (machines, at) => {
          asked.push(["finish", names(machines)]);
          return prepared.finish(machines, at);
        },
      };
    };
    await clusterOn(platform);
    expect(asked).toEqual([
      ["checks", ["manager-1", "app-1"]],
      ["finish", ["manager-1", "app-1"]],
    ]);
  });

  test("says whether its machines die with the cluster: only then no node leaves by itself", async () => {
    const platform = good();
    const deletedWith = await clusterOn(platform);
    const { machinesDieWithCluster } = platform;
    for (const type of ["Swarm", "SwarmNode", "NodeSpecs"])
      expect(ofType(type).map(({ inputs }) => inputs.ephemeral ?? false)).toEqual(
        ofType(type).map(() => machinesDieWithCluster),
      );
    expect(ofType("SwarmNode")).toHaveLength(2);
    expect(deletedWith.has("SwarmNode")).toBe(machinesDieWithCluster);
  });
});

/** Makes a whole cluster, and answers the types of resources that go with another one. */
async function clusterOn(platform: Platform): Promise<Set<string>> {
  const deletedWith = new Set<string>();
  const note: pulumi.ResourceTransformation = ({ type, opts }) => {
    if ((opts as pulumi.CustomResourceOptions).deletedWith) deletedWith.add(type.split(":")[2]);
    return undefined;
  };
  const cluster = new SwarmCluster(
    "dev",
    { platform, managers: { count: 1 }, workers: [{ name: "app", count: 1 }] },
    { transformations: [note] },
  );
  await known(pulumi.all([cluster.managers, cluster.workers]));
  await pulumi.runtime.disconnect();
  return deletedWith;
}
