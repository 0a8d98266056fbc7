import * as pulumi from "@pulumi/pulumi";
import { LocalPlatform, SshPlatform, SwarmCluster } from "../../library";
import { OWN_AGENT } from "../../schema/connection";

// The engine that would run the nodes is not asked: these tests need none.
jest.mock("../../platforms/local/outer-engine-check", () => ({
  checkOuterEngine: () => Promise.resolve([]),
}));

type Inputs = Record<string, unknown>;
let commands: Map<string, { type: string; inputs: Inputs }>;
/** "SwarmNode dev-app-1", in the order of their registration: each after those that it depends on. */
let order: string[];

beforeEach(() => {
  commands = new Map();
  order = [];
  void pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Inputs,
      newResource({ type, name, inputs }) {
        order.push(`${type.split(":").at(-1)} ${name}`);
        if (type.startsWith("command:")) commands.set(name, { type, inputs: inputs as Inputs });
        const outputs = {
          machine: `machine-of-${name}`,
          containerId: `container-of-${name}`,
          container: name,
          address: "172.30.0.2",
          clusterId: "c",
          nodeId: `node-of-${name}`,
        };
        return { id: name, state: { ...(inputs as Inputs), ...outputs } };
      },
    },
    "project",
    "test",
  );
});
afterEach(() => pulumi.runtime.disconnect());

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF2tJVpZbn5mahRLI8fcPLlrrA/P2awf72M1wZtej2Yv";
const mount = {
  name: "mount",
  create: "mount /dev/sdb1 /srv && echo 'it is there'",
  delete: "umount /srv",
  triggers: ["v2"],
};

/** Resolves when everything that a cluster registers has been registered. */
async function registered(cluster: SwarmCluster): Promise<void> {
  await new Promise((resolve) => pulumi.all([cluster.managers, cluster.workers]).apply(resolve));
  await pulumi.runtime.disconnect();
}

function inputsOf(name: string): Inputs {
  const found = commands.get(name);
  if (!found) throw new Error(`There is no command ${name}, but ${[...commands.keys()].join(", ")}.`);
  return found.inputs;
}

describe("commands after the join", () => {
  test("run inside of a node of the local platform, again when its machine is another one", async () => {
    const workers = [{ name: "app", count: 2, afterJoin: [mount] }];
    await registered(
      new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 }, workers }),
    );
    expect([...commands.keys()].sort()).toEqual(["dev-app-1-mount", "dev-app-2-mount"]);
    expect(commands.get("dev-app-1-mount")?.type).toBe("command:local:Command");
    expect(inputsOf("dev-app-1-mount")).toMatchObject({
      create: mount.create,
      delete: "umount /srv",
      interpreter: ["docker", "exec", "dev-app-1", "sh", "-c"],
      triggers: ["container-of-dev-app-1", "v2"],
    });
  });

  test.each([
    [undefined, {}],
    ["tcp://10.1.2.3:2376", { DOCKER_HOST: "tcp://10.1.2.3:2376" }],
    ["unix:///run/own.sock", { DOCKER_HOST: "unix:///run/own.sock", DOCKER_TLS: "", DOCKER_TLS_VERIFY: "" }],
  ])("reach the engine of the platform: %s", async (dockerHost, expected) => {
    const platform = new LocalPlatform({ dockerHost });
    await registered(new SwarmCluster("dev", { platform, managers: { count: 1, afterJoin: [mount] } }));
    expect(inputsOf("dev-manager-1-mount").environment).toEqual(expected);
  });

  test("of a single node follow those of its pool", async () => {
    const after = { name: "log", create: "true" };
    const workers = [{ name: "app", count: 2, afterJoin: [mount], nodeAfterJoin: { "app-2": [after] } }];
    await registered(
      new SwarmCluster("dev", { platform: new LocalPlatform(), managers: { count: 1 }, workers }),
    );
    expect([...commands.keys()].sort()).toEqual(["dev-app-1-mount", "dev-app-2-log", "dev-app-2-mount"]);
  });

  test("come between the join of their node and all that relies on them", async () => {
    const managers = { count: 3, afterJoin: [mount] };
    const workers = [{ name: "app", count: 1, afterJoin: [mount] }];
    await registered(new SwarmCluster("dev", { platform: new LocalPlatform(), managers, workers }));
    expect(order.filter((resource) => /^(SwarmNode|Command|NodeSpecs) /.test(resource))).toEqual([
      ...["SwarmNode dev-manager-1", "Command dev-manager-1-mount"],
      ...["SwarmNode dev-manager-2", "Command dev-manager-2-mount"],
      ...["SwarmNode dev-manager-3", "Command dev-manager-3-mount"],
      ...["SwarmNode dev-app-1", "Command dev-app-1-mount"],
      "NodeSpecs dev",
    ]);
  });

  function onHost(host: object): SwarmCluster {
    const platform = new SshPlatform({
      hosts: [{ name: "alpha", address: "192.0.2.11", hostKey: HOST_KEY, ...host }],
    });
    return new SwarmCluster("shelf", { platform, managers: { names: ["alpha"], afterJoin: [mount] } });
  }

  test("go over the node's own connection, whose key is a secret, with sudo where the node needs it", async () => {
    await registered(onHost({ user: "admin", sudo: true, privateKey: "KEY" }));
    const { connection, create, triggers } = inputsOf("shelf-alpha-mount");
    expect(commands.get("shelf-alpha-mount")?.type).toBe("command:remote:Command");
    expect(JSON.stringify(connection)).toContain("1b47061264138c4ac30d75fd1eb44270");
    expect(plain(connection)).not.toHaveProperty("sudo");
    expect(plain(connection)).toMatchObject({
      host: "192.0.2.11",
      user: "admin",
      hostKey: HOST_KEY,
      privateKey: "KEY",
    });
    expect(plain(create)).toBe(`sudo -n -- sh -c 'mount /dev/sdb1 /srv && echo '\\''it is there'\\'''`);
    expect(triggers).toEqual(["machine-of-shelf-alpha", "v2"]);
  });

  test("leave the session's agent to the provider of commands, and keep another one", async () => {
    await registered(onHost({ agent: "/run/agent" }));
    expect(plain(inputsOf("shelf-alpha-mount").connection)).toMatchObject({ agentSocketPath: "/run/agent" });

    process.env.SSH_AUTH_SOCK ??= "/run/some-agent";
    await registered(onHost({ agent: true }));
    expect(JSON.stringify(inputsOf("shelf-alpha-mount").connection)).not.toContain(OWN_AGENT);
  });
});

function plain(input: unknown): unknown {
  return (input as { value?: unknown }).value ?? input;
}
