import { outputsIn, recorded } from "../../provider/rpc/recorded";
import type { Decoded } from "../../provider/rpc/wire";
import type { Properties } from "../../provider/values";
import type { Shape } from "../../schema/package-schema";

const SHAPE: Shape = {
  inputs: {},
  required: [],
  changes: { name: "replace", size: "update", managers: "connection" },
  outputs: ["objectId", "token"],
  secrets: ["token"],
};

function decoded(values: Properties, ...secrets: string[]): Decoded {
  return { values, secrets: new Set(secrets) };
}

const STATE = decoded({ name: "a", size: 1, managers: ["m1"], objectId: "id-1", token: "t" }, "token");

describe("how a resource is reached", () => {
  const inputs = decoded({ name: "b", managers: ["m2"] }, "name", "managers");

  test("is in its inputs and not in its outputs again", () => {
    expect(outputsIn(SHAPE, STATE.values)).toEqual({ name: "a", size: 1, objectId: "id-1", token: "t" });
  });

  test("is what its inputs say, with their secrets; of the rest the state counts", () => {
    const { managers: _reached, ...outputs } = STATE.values;
    expect(recorded(SHAPE, decoded(outputs, "token"), inputs)).toEqual(
      decoded({ ...outputs, managers: ["m2"] }, "token", "managers"),
    );
  });

  test("is what the state says where an earlier release has written it there", () => {
    expect(recorded(SHAPE, STATE, inputs).values).toEqual(STATE.values);
  });

  test("makes no state of an import's", () => {
    expect(recorded(SHAPE, decoded({}), inputs).values).toEqual({});
  });
});
