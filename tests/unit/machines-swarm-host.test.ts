import type { SwarmHostInputs, SwarmHostOutputs } from "../../schema/ssh";
import type { WantedHost } from "../../hosts/wanted";
import { shapeOf } from "../../schema/package-schema";
import { difference } from "../../provider/difference";
import type { Context } from "../../foundation/context";
import { swarmHost } from "../../provider/handlers/swarm-host";
import { UNKNOWN, type Properties } from "../../provider/values";
import { Session } from "../../foundation/session";

/** What was done on which machine, by the address of its SSH server; and the machine that is there. */
let done: { at: string; what: string; nodes: readonly string[] }[] = [];
let machineAt: Record<string, string> = {};
let silent: string[] = [];

interface Transport {
  at: string;
}

jest.mock("../../docker/connect", () => ({
  connect: ({ host }: { host: string }) => ({ transport: { at: host } }),
  disconnect: () => undefined,
}));
jest.mock("../../hosts/host-setup", () => {
  const note = (what: string) => async (transport: Transport, wanted: WantedHost) => {
    if (silent.includes(transport.at)) throw new Error(`${transport.at} does not answer`);
    done.push({ at: transport.at, what, nodes: [...wanted.nodes].sort() });
    return { machine: machineAt[transport.at], system: "Debian", engine: "26.1" };
  };
  return {
    setUpHost: note("set up"),
    applyFirewall: note("let in"),
    cleanUp: ({ at }: Transport, machine: string, wanted: WantedHost) =>
      note(`clean ${machine}`)({ at }, wanted),
  };
});

let warnings: string[] = [];
const context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => undefined,
  warn: (text: string) => warnings.push(text),
} as unknown as Context;
let number = 0;

beforeEach(() => {
  number++;
  [done, warnings, silent] = [[], [], []];
  machineAt = { one: `first-${number}`, two: `second-${number}`, other: `other-${number}` };
});

type State = SwarmHostInputs & SwarmHostOutputs;

/** A host of a cluster of its own for each test. */
function host(name: string, address: string, nodes: string[]): SwarmHostInputs {
  return {
    owner: { project: "p", stack: "s", cluster: `c${number}`, id: "1f2e" },
    ...{ name, address, nodeAddress: address, nodes, setup: 2, known: true },
    connection: { host: address, hostKey: "SHA256:x" },
  };
}
const stateOf = (inputs: SwarmHostInputs): State => ({
  ...inputs,
  ...{ machine: machineAt[inputs.address ?? ""], system: "Debian", engineVersion: "26.1" },
});
const replaces = (old: object, inputs: object) =>
  difference(shapeOf("swarm:index:SwarmHost").changes, old as Properties, inputs as Properties).replaces;

describe("another address", () => {
  const old = host("app", "one", ["one", "other"]);

  test("is another machine; so is one that is not known yet", () => {
    expect(replaces(old, { ...old, address: "two" })).toEqual(["address"]);
    expect(replaces(old, { ...old, address: UNKNOWN, connection: UNKNOWN })).toEqual(["address"]);
  });

  test("is recorded in a state from before it was an input", () => {
    const { address: _address, ...older } = old;
    expect(replaces(older, old)).toEqual([]);
  });

  test("of a bastion replaces nobody", () => {
    expect(replaces(old, { ...old, connection: UNKNOWN })).toEqual([]);
  });

  test("that is none is refused before anything is done", async () => {
    expect(await swarmHost.check?.({ connection: { host: "a b", hostKey: "SHA256:x" } }, context)).toEqual([
      expect.objectContaining({ where: "connection.host" }),
      expect.objectContaining({ where: "connection.hostKey" }),
    ]);
    expect(await swarmHost.check?.({ nodes: ["192.0.2.1", "192.0.2.1", "x"] }, context)).toEqual([
      expect.objectContaining({ where: "nodes[2]" }),
      expect.objectContaining({ where: "nodes", text: expect.stringContaining("192.0.2.1") }),
    ]);
  });
});

describe("a machine in the place of another one", () => {
  const nodes = { before: ["one", "other"], after: ["other", "two"], both: ["one", "other", "two"] };

  test("lets the former one in until it has left, and is let in by it; then it is cleaned, and everybody closes", async () => {
    const [before, inputs] = [stateOf(host("app", "one", nodes.before)), host("app", "two", nodes.after)];
    const [otherBefore, other] = [
      stateOf(host("boss", "other", nodes.before)),
      host("boss", "other", nodes.after),
    ];
    swarmHost.noted?.(inputs, before, context);
    swarmHost.noted?.(other, otherBefore, context);
    await swarmHost.update("", otherBefore, other, context);
    const { outputs } = await swarmHost.create(inputs, context);
    expect(outputs.machine).toBe(machineAt.two);
    expect(done).toEqual([
      { at: "other", what: "set up", nodes: nodes.both },
      { at: "two", what: "set up", nodes: nodes.both },
      { at: "one", what: "let in", nodes: nodes.both },
    ]);
    done = [];
    await swarmHost.delete("", before, context);
    expect(done).toEqual([
      { at: "two", what: "let in", nodes: nodes.after },
      { at: "other", what: "let in", nodes: nodes.after },
      { at: "one", what: `clean ${machineAt.one}`, nodes: nodes.before },
    ]);
  });

  test("joins as well where the former one is dead", async () => {
    const inputs = host("app", "two", nodes.after);
    swarmHost.noted?.(inputs, stateOf(host("app", "one", nodes.before)), context);
    silent = ["one"];
    await swarmHost.create(inputs, context);
    expect(warnings).toEqual([expect.stringMatching(/one does not answer/)]);
  });

  test("that is the same one at another address stays as it is", async () => {
    machineAt.two = machineAt.one;
    const [before, inputs] = [stateOf(host("app", "one", nodes.before)), host("app", "two", nodes.after)];
    swarmHost.noted?.(inputs, before, context);
    await swarmHost.create(inputs, context);
    await swarmHost.delete("", before, context);
    expect(done.map(({ at, what }) => `${what} ${at}`)).toEqual(["set up two", "let in two"]);
  });

  test("whose former one had to go first is not waited for by closed ports", async () => {
    const [before, inputs] = [stateOf(host("app", "one", nodes.before)), host("app", "two", nodes.after)];
    const [otherBefore, other] = [
      stateOf(host("boss", "other", nodes.before)),
      host("boss", "other", nodes.after),
    ];
    // Pulumi asks with what is not known yet.
    swarmHost.noted?.({ ...inputs, address: UNKNOWN, connection: UNKNOWN } as never, before, context);
    await swarmHost.delete("", before, context);
    expect(done.map(({ what }) => what)).toEqual([`clean ${machineAt.one}`]);
    done = [];
    swarmHost.noted?.(other, otherBefore, context);
    await swarmHost.update("", otherBefore, other, context);
    await swarmHost.create(inputs, context);
    expect(done).toEqual([
      { at: "other", what: "set up", nodes: nodes.after },
      { at: "two", what: "set up", nodes: nodes.after },
    ]);
  });
});
