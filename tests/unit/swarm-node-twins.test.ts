import { successionsOf } from "../../swarm/membership/handover";
import { twinsOf } from "../../swarm/membership/twins";
import { FakeSwarm } from "./fixtures/fake-swarm";

type Members = ConstructorParameters<typeof FakeSwarm>[0];

const TWO: Members = {
  m1: { name: "m1", vote: "leader" },
  m2: { name: "m2", vote: "reachable" },
};

test.each<[string, Members, string[]]>([
  ["nobody else has its name", { ...TWO, a: { name: "app-1" } }, []],
  ["it was made in the place of another one", { old: { name: "app-1" }, a: { name: "app-1" } }, ["old"]],
  ["it has no label in this list yet", { old: { name: "app-1" }, a: { name: null } }, ["old"]],
  ["a stranger calls itself as it", { "app-1": { name: null }, a: { name: "app-1" } }, []],
  [
    "a machine of its name was lost before it was given one",
    { "app-1": { name: null, state: "down" }, a: { name: "app-1" } },
    ["app-1"],
  ],
  [
    "the other one has a vote, and it has none",
    { old: { name: "app-1", vote: "reachable" }, a: { name: "app-1" } },
    [],
  ],
  [
    "both have a vote",
    { old: { name: "app-1", vote: "reachable" }, a: { name: "app-1", vote: "reachable" } },
    ["old"],
  ],
])("a node stands in for whom it shall, where %s", (_where, members, expected) => {
  expect(twinsOf("app-1", "a", new FakeSwarm(members).nodes).map(({ ID }) => ID)).toEqual(expected);
});

test.each<[string, Members, string[]]>([
  ["nobody was replaced", TWO, []],
  ["it was replaced", { ...TWO, new2: { name: "m2", vote: "reachable", made: 2 } }, ["m2 by new2"]],
  ["its successor has no vote", { ...TWO, new2: { name: "m2", made: 2 } }, []],
  ["its successor is down", { ...TWO, new2: { name: "m2", vote: "reachable", state: "down", made: 2 } }, []],
  ["a stranger has a vote as well", { ...TWO, m2x: { name: null, vote: "reachable", made: 2 } }, []],
])("a manager is succeeded by whom it shall, where %s", (_where, members, expected) => {
  const successions = successionsOf("m2", new FakeSwarm(members).nodes);
  expect(successions.map(({ predecessor, successor }) => `${predecessor.ID} by ${successor.ID}`)).toEqual(
    expected,
  );
});
