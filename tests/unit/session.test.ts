import type { ManagerRef } from "../../schema/connection";
import { othersOf } from "../../swarm/known-managers";
import { Session, slot } from "../../foundation/session";
import { presentBudget } from "../../swarm/rollout/disruption";
import type { AnyHandler } from "../../provider/rpc/operations";
import { Operations } from "../../provider/rpc/operations";
import { isFromBefore } from "../../docker/ownership";
import { budgeted, ofSwarm, owned } from "../../provider/traits";
import { UNKNOWN, type Properties } from "../../provider/values";
import type { Shape } from "../../schema/package-schema";

test("what a slot makes is made once in a session, and another session knows nothing of it", () => {
  const make = jest.fn(() => new Set<string>());
  const names = slot(make);
  const [one, other] = [new Session(), new Session()];
  one.get(names).add("a");
  expect([...one.get(names)]).toEqual(["a"]);
  expect([...other.get(names)]).toEqual([]);
  expect(make).toHaveBeenCalledTimes(2);
});

describe("the traits of a resource", () => {
  const OWNER = { project: "p", stack: "s", cluster: "c" };
  const manager = (name: string): ManagerRef => ({ name, connection: { container: name } });
  const decoded = (values: Properties) => ({ values, secrets: new Set<string>() });
  const context = {
    signal: new AbortController().signal,
    session: new Session(),
    progress: () => undefined,
    info: () => undefined,
    warn: () => undefined,
  };

  const any = { description: "", $ref: "pulumi.json#/Any" };
  const SHAPE = {
    inputs: { owner: any, clusterId: any, managers: any, disruption: any },
    required: [],
    changes: { owner: "owner", clusterId: "replace", managers: "connection", disruption: "connection" },
    outputs: [],
    secrets: [],
  } as unknown as Shape;

  function resource(changes: Partial<AnyHandler>, within = { session: new Session() }) {
    const handler = {
      read: async () => undefined,
      delete: async () => undefined,
      ...changes,
    } as unknown as AnyHandler;
    return { within, operations: new Operations(handler, SHAPE, within) };
  }

  test("in a swarm: old and new managers are known, of its swarm and in its session alone", () => {
    const { within, operations } = resource({ traits: [ofSwarm] });
    operations.diff(
      decoded({ clusterId: "c1", managers: [manager("old")] }),
      decoded({ clusterId: "c1", managers: [manager("new")] }),
    );
    expect(othersOf([manager("new")], within)).toEqual([manager("old")]);
    expect(othersOf([manager("new")], { session: new Session() })).toEqual([]);
  });

  test("in a swarm: an update of the swarm itself, which has its ID from the state, tells its new managers", async () => {
    const { within, operations } = resource({ traits: [ofSwarm], update: async () => ({}) });
    const state = decoded({ clusterId: "c1", managers: [manager("old")] });
    await operations.update("c1", state, decoded({ managers: [manager("new")] }), context);
    expect(othersOf([manager("old")], within)).toEqual([manager("new")]);
  });

  test("owned: a state without an identity is from before there were any", async () => {
    const { within, operations } = resource({ traits: [owned] });
    expect(isFromBefore(OWNER, within)).toBe(false);
    await operations.read("id", decoded({ owner: OWNER }), context);
    expect(isFromBefore(OWNER, within)).toBe(true);
  });

  test("owned: an identity that the update makes is no reason to show nothing", async () => {
    const previewed = jest.fn(() => Promise.resolve());
    const inputs = decoded({ owner: { ...OWNER, id: UNKNOWN } });
    await resource({ traits: [owned], previewed }).operations.previewCreate(inputs, context);
    expect(previewed).toHaveBeenCalledWith({ owner: { ...OWNER, id: "" } }, context);
    previewed.mockClear();
    await resource({ previewed }).operations.previewCreate(inputs, context);
    expect(previewed).not.toHaveBeenCalled();
  });

  test("budgeted: the program's budget counts for nodes that leave, a missing one as well", () => {
    const { within, operations } = resource({ traits: [budgeted] });
    const last = { maxUnavailable: 3 };
    expect(presentBudget("c1", last, within)).toBe(last);
    operations.diff(decoded({ clusterId: "c1", disruption: last }), decoded({ clusterId: "c1" }));
    expect(presentBudget("c1", last, within)).toBeUndefined();
  });
});
