import { resourcesIn } from "../../cli/stack-state";
import { keysInState } from "../../cli/unlock-keys";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

function exported(outputs: Record<string, unknown>): unknown {
  const other = {
    type: "swarm:index:Swarm",
    outputs: { clusterId: "other", unlockKey: secret("of another") },
  };
  const stack = { type: "pulumi:pulumi:Stack", outputs: { clusterId: "c1" } };
  const ours = { type: "swarm:index:Swarm", outputs: { clusterId: "c1", ...outputs } };
  return { version: 3, deployment: { resources: [stack, other, ours] } };
}

test.each<[string, Record<string, unknown>, string[]]>([
  ["the key", { unlockKey: secret("new") }, ["new"]],
  [
    "the keys before a rotation, after the last one",
    { unlockKey: secret("new"), previousUnlockKeys: secret(["older", "oldest"]) },
    ["new", "older", "oldest"],
  ],
  [
    "keys that are secret one by one",
    { unlockKey: secret("new"), previousUnlockKeys: [secret("older")] },
    ["new", "older"],
  ],
  ["no autolock", { unlockKey: secret("") }, []],
  ["an older state", {}, []],
])("%s", (_name, outputs, expected) => {
  expect(keysInState(resourcesIn(exported(outputs)), "c1")).toEqual(expected);
});

test("a state without this swarm has no key of it", () => {
  expect(keysInState(resourcesIn(exported({})), "gone")).toEqual([]);
  expect(keysInState(resourcesIn({ version: 3, deployment: null }), "c1")).toEqual([]);
});
