import { checkLocalPlatform } from "../../platforms/local/validate";
import { checkSshMachines } from "../../platforms/ssh/validate-machine";
import { poolMachines, wantedNodes } from "../../components/cluster-args";
import { LocalPlatform, SshPlatform, type Platform, type SwarmClusterArgs } from "../../library";
import { parseBytes } from "../../validation/bytes";
import type { Problem } from "../../validation/problem";
import { checkOuterEngine } from "../../platforms/local/outer-engine-check";

/** What the engine says of itself; nothing where it is silent. */
let engine: { NCPU: number } | undefined;
jest.mock("../../transport/docker-looks", () => ({
  engineVersion: async () => ({ Version: "26.1", ApiVersion: "1.45" }),
  processorsOf: async () => {
    if (!engine) throw new Error("no answer within 120 s");
    return engine.NCPU;
  },
  seenContainers: async () => [],
  seenNetworks: async () => [],
  hasImage: async () => false,
}));

const lines = (problems: Problem[]) => problems.map(({ where, text }) => `${where}: ${text}`);

function asked(args: Omit<SwarmClusterArgs, "platform">) {
  const all = { platform: {} as Platform, ...args };
  return {
    machines: poolMachines(all),
    nodes: wantedNodes(all),
    owner: { project: "p", stack: "s", cluster: "c", id: "" },
  };
}

test("each pool's settings go to its own nodes, and to the rules with their place in the program", () => {
  const fast = { memory: "2g" };
  const { machines, nodes } = asked({
    managers: { count: 1 },
    workers: [{ name: "a" }, { name: "b", count: 2, machine: fast }],
  });
  expect(machines).toEqual([{ where: "workers[1].machine", machine: fast, count: 2 }]);
  expect(nodes.map(({ machine }) => machine)).toEqual([undefined, undefined, fast, fast]);
});

test("the types know what each platform takes", () => {
  const local: SwarmClusterArgs<LocalPlatform> = {
    platform: new LocalPlatform(),
    managers: { machine: { memory: "1g", cpus: 1.5 } },
    // @ts-expect-error -- a local machine has no such setting
    workers: [{ name: "app", machine: { hosts: ["alpha"] } }],
  };
  const ssh: SwarmClusterArgs<SshPlatform> = {
    platform: new SshPlatform({ hosts: [] }),
    workers: [{ name: "app", machine: { hosts: ["alpha"] } }],
  };
  expect([local, ssh]).toHaveLength(2);
});

test.each<[unknown, RegExp[]]>([
  [{ memory: "512m", cpus: 0.5, pids: 4096, baseImage: "debian:bookworm-slim" }, []],
  [{ memroy: "1g" }, [/^managers\.machine\.memroy: is not known here\. Did you mean "memory"\?$/]],
  [
    { memory: 512 },
    [/^managers\.machine\.memory: 512 is no size of 128 MiB or more\. Write it like "512m" or "2g"\.$/],
  ],
  [{ memory: "64m" }, [/memory: "64m" is no size/]],
  [{ cpus: "2" }, [/cpus: "2" is not a number of processors/]],
  [{ cpus: 0 }, [/cpus: 0 is not/]],
  [{ pids: 10 }, [/pids: 10 is not a whole number of processes from 200/]],
  [{ baseImage: "De bian" }, [/baseImage: "De bian" is not the name of an image/]],
  ["large", [/^managers\.machine: "large" is no mapping of settings\. Write it like/]],
  [null, [/^managers\.machine: null is no mapping/]],
])("a local machine %j", (machine, expected) => {
  const found = lines(checkLocalPlatform({}, asked({ managers: { count: 1, machine } }) as never, []));
  expect(found).toEqual(expected.map((text) => expect.stringMatching(text) as string));
});

test.each<[unknown, unknown, RegExp[]]>([
  [{ hosts: ["a"] }, { hosts: ["b", "c"] }, []],
  [{ hosts: ["x"] }, {}, [/^managers\.machine\.hosts\[0\]: "x" is no host\. Name one of `hosts`\.$/]],
  [
    { hosts: ["a"] },
    { hosts: ["a", "b"] },
    [/^workers\[0\]\.machine\.hosts\[0\]: "a" is in managers\.machine\.hosts already/],
  ],
  [
    {},
    { hosts: ["a"] },
    [/^workers\[0\]\.machine\.hosts: the pool has 2 nodes, and 1 hosts are named\. Name 1 more\.$/],
  ],
  [{ host: "a" }, {}, [/^managers\.machine\.host: is not known here\. Did you mean "hosts"\?$/]],
  [{ hosts: "a" }, {}, [/^managers\.machine\.hosts: "a" is no list of hosts/]],
  [5, {}, [/^managers\.machine: 5 is no mapping/]],
])("hosts of pools: %j, %j", (managers, workers, expected) => {
  const hosts = ["a", "b", "c"].map((name) => ({ name, address: name }));
  const { machines } = asked({
    managers: { count: 1, machine: managers },
    workers: [{ name: "app", count: 2, machine: workers }],
  });
  const found = lines(checkSshMachines(machines as never, hosts));
  expect(found).toEqual(expected.map((text) => expect.stringMatching(text) as string));
});

test.each<[{ NCPU: number } | undefined, number, RegExp[]]>([
  [{ NCPU: 2 }, 2, []],
  [{ NCPU: 2 }, 2.5, [/^managers\.machine\.cpus: 2\.5 processors are more than the 2 of the Docker Engine/]],
  [undefined, 64, []],
])("an engine of %j, and %s processors for a node", async (says, cpus, expected) => {
  engine = says;
  const request = asked({ managers: { count: 1, machine: { cpus } } });
  const found = lines(
    await checkOuterEngine({ dockerHost: "unix:///var/run/docker.sock" }, request as never),
  );
  expect(found).toEqual(expected.map((text) => expect.stringMatching(text) as string));
});

test.each([
  ["1b", 1],
  ["2k", 2048],
  ["1.5g", 1.5 * 2 ** 30],
  ["512MB", 512 * 2 ** 20],
  ["512", undefined],
  ["g", undefined],
  [512, undefined],
])("a size: %j", (text, bytes) => expect(parseBytes(text)).toBe(bytes));
