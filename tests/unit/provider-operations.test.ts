import type { ManagerRef } from "../../schema/connection";
import type { Shape } from "../../schema/package-schema";
import { othersOf } from "../../swarm/known-managers";
import { PartialFailure } from "../../provider/handler";
import type { Context } from "../../foundation/context";
import { Operations, type AnyHandler } from "../../provider/rpc/operations";
import { ofSwarm } from "../../provider/traits";
import { type Decoded } from "../../provider/rpc/wire";
import { UNKNOWN, type Properties } from "../../provider/values";
import { TransportError } from "../../transport/transport";
import { Session } from "../../foundation/session";

const CONTEXT: Context = {
  signal: new AbortController().signal,
  session: new Session(),
  progress: () => {},
  info: () => {},
  warn: () => {},
};

function decoded(values: Properties, ...secrets: string[]): Decoded {
  return { values, secrets: new Set(secrets) };
}

const any = { $ref: "pulumi.json#/Any", description: "" };
const SHAPE: Shape = {
  inputs: {
    name: { type: "string", description: "Name of the thing." },
    size: { type: "integer", description: "Its size, in bytes." },
    managers: { type: "array", items: any, description: "" },
    clusterId: { type: "string", description: "" },
  },
  required: ["name"],
  changes: { name: "replace", size: "update", managers: "connection", clusterId: "replace" },
  outputs: ["objectId", "token"],
  secrets: ["token"],
};

function operations(changes: Partial<AnyHandler> = {}) {
  const handler: AnyHandler = {
    create: jest.fn(() => Promise.resolve({ id: "id-1", outputs: { objectId: "id-1", token: "t" } })),
    read: jest.fn(() =>
      Promise.resolve({ inputs: { name: "a", size: 1 }, outputs: { objectId: "id-1", token: "t" } }),
    ),
    update: jest.fn(() => Promise.resolve({ objectId: "id-1", token: "t2" })),
    delete: jest.fn(() => Promise.resolve()),
    ...changes,
  };
  return { handler, resource: new Operations(handler, SHAPE, CONTEXT) };
}

const STATE = decoded({ name: "a", size: 1, managers: ["m1"], objectId: "id-1", token: "t" }, "token");

describe("what others come to", () => {
  const summary = { field: "size", of: ["managers"] } as const;
  const diffOf = (old: Properties, now: Properties) => {
    const { resource } = operations({ summary });
    const [state, inputs] = [decoded({ name: "a", ...old }), decoded({ name: "a", ...now })];
    const difference = resource.diff(state, inputs);
    return { changed: difference.changed, details: resource.details(difference, state, inputs) };
  };

  test("is compared in their place, and shown", () => {
    expect(diffOf({ size: 1, managers: ["x"] }, { size: 2, managers: ["y"] })).toEqual({
      changed: ["size"],
      details: [{ path: "size", kind: "update" }],
    });
    expect(diffOf({ size: 1, managers: ["x"] }, { size: 1, managers: ["y"] }).changed).toEqual([]);
  });

  test("is nothing where one side lacks it: then they are compared", () => {
    expect(diffOf({ managers: ["x"] }, { size: 2, managers: ["y"] })).toEqual({
      changed: ["managers"],
      details: [{ path: "managers", kind: "update" }],
    });
    expect(diffOf({ size: 1, managers: ["x"] }, { managers: ["x"] }).changed).toEqual([]);
  });

  test("is kept by an update for which no Check had to make it", async () => {
    const { resource } = operations({ summary });
    const answer = await resource.update(
      "id-1",
      decoded({ name: "a", size: 1, managers: ["m1"] }),
      decoded({ name: "a", managers: ["m2"] }),
      CONTEXT,
    );
    expect(answer.values).toMatchObject({ size: 1, managers: ["m2"] });
  });

  test("is asked for once there is a state, with what the program calls secret", async () => {
    const derived = jest.fn(() => Promise.resolve({ size: 3 }));
    const { resource } = operations({ derived });
    const inputs = { ...decoded({ name: "a" }), secretTexts: new Set(["s"]) };
    expect(await resource.derived(inputs, decoded({}), CONTEXT)).toEqual({});
    expect(await resource.derived(inputs, STATE, CONTEXT)).toEqual({ size: 3 });
    expect(derived).toHaveBeenCalledWith(
      inputs.values,
      STATE.values,
      expect.objectContaining({ secretTexts: new Set(["s"]) }),
    );
  });
});

describe("check", () => {
  test("a property that the resource does not have is named together with those it has", async () => {
    const { resource } = operations();
    expect(await resource.check(decoded({ name: "a", sise: 1 }), CONTEXT)).toEqual([
      { where: "sise", text: 'is not known here. Did you mean "size"?' },
    ]);
  });

  test("the handler sees what is known, at once with its problems and the unknown properties", async () => {
    const check = jest.fn(() => [{ where: "size", text: "is wrong." }]);
    const { resource } = operations({ check });
    const problems = await resource.check(
      decoded({ name: UNKNOWN, size: 9, managers: [{ host: UNKNOWN }], x: 1 }),
      CONTEXT,
    );
    expect(check).toHaveBeenCalledWith({ size: 9 }, CONTEXT);
    expect(problems.map(({ where }) => where)).toEqual(["x", "size"]);
  });

  test("a value of another type is one problem: the rules are not asked about it", async () => {
    const check = jest.fn(() => []);
    const { resource } = operations({ check });
    expect(await resource.check(decoded({ name: "a", size: "9" }), CONTEXT)).toEqual([
      { where: "size", text: '"9" is not a whole number. Write it without quotes.' },
    ]);
    expect(check).toHaveBeenCalledWith({ name: "a" }, CONTEXT);
  });

  test("a message shows no value that the program called secret", async () => {
    const { resource } = operations();
    const [problem] = await resource.check(decoded({ name: 123456 }, "name"), CONTEXT);
    expect(problem.text).toBe('a number is not a text. Write it in quotes, such as "1".');
  });
});

describe("what is missing", () => {
  const nothing = decoded({ size: 1 });
  const told =
    /nothing was changed:\n {2}- name: is missing, and has no default. What it is: Name of the thing\./;

  test("is told by a create and an update, in a preview already", async () => {
    const { resource, handler } = operations();
    await expect(resource.previewCreate(nothing, CONTEXT)).rejects.toThrow(told);
    await expect(resource.create(nothing, CONTEXT)).rejects.toThrow(told);
    await expect(resource.previewUpdate("id-1", STATE, nothing, CONTEXT)).rejects.toThrow(told);
    await expect(resource.update("id-1", STATE, nothing, CONTEXT)).rejects.toThrow(told);
    expect(handler.create).not.toHaveBeenCalled();
    expect(handler.update).not.toHaveBeenCalled();
  });

  test("is none of the check's business, which also sees what depends on a resource that failed", async () => {
    const { resource } = operations();
    expect(await resource.check(nothing, CONTEXT)).toEqual([]);
  });

  test("is not missing where it is only not known yet", async () => {
    const { resource } = operations();
    const { values } = await resource.previewCreate(decoded({ name: UNKNOWN }), CONTEXT);
    expect(values.name).toBe(UNKNOWN);
  });
});

describe("create", () => {
  test("the state is inputs and outputs together, and what is secret stays secret", async () => {
    const { resource } = operations();
    const answer = await resource.create(decoded({ name: "a", size: 1 }, "size"), CONTEXT);
    expect(answer).toEqual({
      id: "id-1",
      values: { name: "a", size: 1, objectId: "id-1", token: "t" },
      secrets: new Set(["token", "size"]),
    });
  });

  test("values that were unknown at the check are checked again; nothing is made of bad ones", async () => {
    const { resource, handler } = operations({
      check: () => [{ where: "size", text: "is too large. Use 1." }],
    });
    await expect(resource.create(decoded({ name: "a", size: 9 }), CONTEXT)).rejects.toThrow(
      "nothing was changed:\n  - size: is too large. Use 1.",
    );
    expect(handler.create).not.toHaveBeenCalled();
  });

  test("a failure half-way keeps the ID, the inputs and what there is of outputs", async () => {
    const cause = new Error("the engine died");
    const { resource } = operations({
      create: () => Promise.reject(new PartialFailure("id-1", { objectId: "id-1" }, cause)),
    });
    const failure = await resource.create(decoded({ name: "a" }), CONTEXT).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({
      id: "id-1",
      message: "the engine died",
      outputs: { name: "a", objectId: "id-1" },
    });
  });

  test("any other failure is passed on as it is", async () => {
    const error = new Error("no");
    const { resource } = operations({ create: () => Promise.reject(error) });
    await expect(resource.create(decoded({ name: "a" }), CONTEXT)).rejects.toBe(error);
  });
});

test("an import, which knows an ID alone, is told what takes its place", async () => {
  const { resource, handler } = operations();
  await expect(resource.read("abc", decoded({}), CONTEXT)).rejects.toThrow(
    /"abc" cannot be imported, and nothing was changed: .* run `pulumi up`: .*taken over/,
  );
  expect(handler.read).not.toHaveBeenCalled();
});

describe("preview", () => {
  const UPDATE = decoded({ name: "a", size: 2, managers: ["m1"] });

  test("an object that does not exist yet has inputs and unknown outputs", async () => {
    const { resource } = operations();
    const { values, secrets } = await resource.previewCreate(decoded({ name: "a" }), CONTEXT);
    expect(values).toEqual({ name: "a", objectId: UNKNOWN, token: UNKNOWN });
    expect([...secrets]).toEqual(["token"]);
  });

  test("an update keeps the outputs, so that what depends on them does not look changed", async () => {
    const { resource } = operations();
    const { values } = await resource.previewUpdate("id-1", STATE, UPDATE, CONTEXT);
    expect(values).toEqual({ name: "a", size: 2, managers: ["m1"], objectId: "id-1", token: "t" });
  });

  test("an update shows as unknown exactly what it renews", async () => {
    const { resource } = operations({ renewed: (changed) => (changed.includes("size") ? ["token"] : []) });
    const { values } = await resource.previewUpdate("id-1", STATE, UPDATE, CONTEXT);
    expect(values).toMatchObject({ objectId: "id-1", token: UNKNOWN });
  });

  test("what is there already tells its outputs, and needs no inputs but those that it says", async () => {
    const present = jest.fn(() => Promise.resolve({ objectId: "id-9" }));
    const { resource } = operations({ present, presentWithout: ["size"] });
    const { values } = await resource.previewCreate(decoded({ name: "a", size: UNKNOWN }), CONTEXT);
    expect(values).toEqual({ name: "a", size: UNKNOWN, objectId: "id-9", token: UNKNOWN });
    expect(present).toHaveBeenLastCalledWith({ name: "a" }, expect.anything());
    present.mockClear();
    await resource.previewCreate(decoded({ name: UNKNOWN }), CONTEXT);
    await resource.previewUpdate("id-1", STATE, UPDATE, CONTEXT);
    expect(present).not.toHaveBeenCalled();
  });

  test("a refusal is one in a preview as well; a swarm that gives no answer tells nothing", async () => {
    const failing = (error: Error) => operations({ present: () => Promise.reject(error) }).resource;
    const preview = (error: Error) => failing(error).previewCreate(decoded({ name: "a" }), CONTEXT);
    await expect(preview(new Error("it belongs to somebody else"))).rejects.toThrow("somebody else");
    const { values } = await preview(new TransportError("m1", "unreachable", "no answer", "Start it."));
    expect(values).toMatchObject({ objectId: UNKNOWN, token: UNKNOWN });
  });

  test("the handler may tell what it would do, once all inputs are known", async () => {
    const previewed = jest.fn(() => Promise.resolve());
    const { resource } = operations({ previewed });
    await resource.previewCreate(decoded({ name: "a" }), CONTEXT);
    expect(previewed).toHaveBeenLastCalledWith({ name: "a" }, CONTEXT);
    await resource.previewUpdate("id-1", STATE, UPDATE, CONTEXT);
    expect(previewed).toHaveBeenLastCalledWith(UPDATE.values, CONTEXT);
    previewed.mockClear();
    await resource.previewCreate(decoded({ name: UNKNOWN }), CONTEXT);
    await resource.previewUpdate(
      "id-1",
      STATE,
      decoded({ name: "a", size: 1, managers: [{ host: UNKNOWN }] }),
      CONTEXT,
    );
    expect(previewed).not.toHaveBeenCalled();
  });

  test("the handler may judge an update by what was before, with what is not known yet", async () => {
    const previewedUpdate = jest.fn(() => Promise.resolve());
    const { resource } = operations({ previewedUpdate });
    const soon = decoded({ name: "a", size: UNKNOWN });
    await resource.previewUpdate("id-1", STATE, soon, CONTEXT);
    expect(previewedUpdate).toHaveBeenLastCalledWith(STATE.values, soon.values, expect.anything());
    const refusing = operations({ previewedUpdate: () => Promise.reject(new Error("it would be lost")) });
    await expect(refusing.resource.previewUpdate("id-1", STATE, soon, CONTEXT)).rejects.toThrow("be lost");
  });

  test("where only the way to the object changes there is nothing to tell", async () => {
    const previewed = jest.fn(() => Promise.resolve());
    const { resource } = operations({ previewed });
    await resource.previewUpdate("id-1", STATE, decoded({ name: "a", size: 1, managers: ["m2"] }), CONTEXT);
    expect(previewed).not.toHaveBeenCalled();
  });
});

describe("read", () => {
  test("what is gone is gone", async () => {
    const { resource } = operations({ read: () => Promise.resolve(undefined) });
    expect(await resource.read("id-1", STATE, CONTEXT)).toBeUndefined();
  });

  test("what is there comes as it is now, its secrets still secret", async () => {
    const { resource } = operations();
    const answer = await resource.read("id-1", STATE, CONTEXT);
    expect(answer).toEqual({
      id: "id-1",
      values: { name: "a", size: 1, objectId: "id-1", token: "t" },
      secrets: new Set(["token"]),
    });
  });
});

describe("update", () => {
  test("a changed field is updated; the handler gets the old state and the new inputs", async () => {
    const { resource, handler } = operations();
    const inputs = decoded({ name: "a", size: 2, managers: ["m1"] });
    const { values } = await resource.update("id-1", STATE, inputs, CONTEXT);
    expect(handler.update).toHaveBeenCalledWith("id-1", STATE.values, inputs.values, CONTEXT);
    expect(values).toEqual({ ...inputs.values, objectId: "id-1", token: "t2" });
  });

  test("where only the way to the object changed, it is recorded and the object left alone", async () => {
    const { resource, handler } = operations();
    const { values } = await resource.update(
      "id-1",
      STATE,
      decoded({ name: "a", size: 1, managers: ["m2"] }),
      CONTEXT,
    );
    expect(handler.update).not.toHaveBeenCalled();
    expect(values).toEqual({ name: "a", size: 1, managers: ["m2"], objectId: "id-1", token: "t" });
  });

  test("the way and a field together are an update", async () => {
    const { resource, handler } = operations();
    await resource.update("id-1", STATE, decoded({ name: "a", size: 2, managers: ["m2"] }), CONTEXT);
    expect(handler.update).toHaveBeenCalledTimes(1);
  });

  test("an update without a change finishes what an earlier run left half done", async () => {
    const { resource, handler } = operations();
    await resource.update("id-1", STATE, decoded({ name: "a", size: 1, managers: ["m1"] }), CONTEXT);
    expect(handler.update).toHaveBeenCalledTimes(1);
  });

  test("what was secret in the old state or is in the new inputs leaves as secret", async () => {
    const { resource } = operations();
    const { secrets } = await resource.update(
      "id-1",
      decoded(STATE.values, "name"),
      decoded({ name: "a", size: 2 }, "size"),
      CONTEXT,
    );
    expect(secrets).toEqual(new Set(["token", "name", "size"]));
  });
});

describe("delete", () => {
  const manager = (name: string): ManagerRef => ({ name, connection: { container: name } });
  const [former, present] = [manager("former"), manager("present")];

  test("an object that was told managers which are none any more reaches the present ones of its swarm", async () => {
    const remove = jest.fn(() => {
      expect(othersOf([former], CONTEXT)).toEqual([present]);
      return Promise.resolve();
    });
    const { resource } = operations({ delete: remove, traits: [ofSwarm] });
    resource.diff(
      decoded({ clusterId: "c1", managers: [present] }),
      decoded({ clusterId: "c1", managers: [present] }),
    );
    await resource.delete("id-1", decoded({ clusterId: "c1", managers: [former] }), CONTEXT);
    expect(remove).toHaveBeenCalledTimes(1);
  });
});
