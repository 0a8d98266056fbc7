import { NODE_LABEL } from "../../contract/owner";
import type { SwarmNodeInspect } from "../../engine/swarm-types";
import { supersededBy } from "../../provider/swarm-node-twins";

interface Member {
  /** What its host name says, and its label where that is not left out. */
  name: string;
  label?: string | null;
  /** Its place in the order in which members were made. */
  made: number;
  vote?: boolean;
  state?: "ready" | "down";
}

function labels(name: string | null): Record<string, string> {
  return name === null ? {} : { [NODE_LABEL]: name };
}

function listed(members: Record<string, Member>): SwarmNodeInspect[] {
  return Object.entries(members).map(([ID, { name, label = name, made, vote, state = "ready" }]) => ({
    ID,
    Version: { Index: 1 },
    CreatedAt: `2026-11-20T12:00:0${made}Z`,
    Spec: { Labels: labels(label), Role: "worker", Availability: "active" },
    Description: { Hostname: name, Engine: { EngineVersion: "26.1.5" } },
    Status: { State: state, Addr: "" },
    ...(vote ? { ManagerStatus: { Reachability: "reachable", Addr: "" } } : {}),
  }));
}

const worker = { name: "app-1", role: "worker" } as const;
const manager = { name: "manager-1", role: "manager" } as const;
const TWO = {
  m1: { name: "manager-1", made: 1, vote: true },
  m2: { name: "manager-2", made: 1, vote: true },
};

test.each<[string, typeof worker | typeof manager, string, Record<string, Member>, string[]]>([
  ["nobody else has its name", worker, "a", { ...TWO, a: { name: "app-1", made: 2 } }, []],
  [
    "it was made in the place of another one",
    worker,
    "a",
    { old: { name: "app-1", made: 1 }, a: { name: "app-1", made: 2 } },
    ["old"],
  ],
  [
    "it has no label in this list yet",
    worker,
    "a",
    { old: { name: "app-1", made: 1 }, a: { name: "app-1", label: null, made: 2 } },
    ["old"],
  ],
  [
    "names are the program's, whatever the machines are called",
    worker,
    "a",
    { old: { name: "host-7", label: "app-1", made: 1 }, a: { name: "host-8", label: "app-1", made: 2 } },
    ["old"],
  ],
  [
    "a leader was left for later",
    manager,
    "m1",
    { ...TWO, new2: { name: "manager-2", made: 2, vote: true } },
    ["m2"],
  ],
  [
    "a stranger calls itself as another manager",
    manager,
    "m1",
    { ...TWO, x: { name: "manager-2", label: null, made: 2 } },
    [],
  ],
  [
    "a stranger has a vote as well",
    manager,
    "m1",
    { ...TWO, x: { name: "manager-2", label: null, made: 2, vote: true } },
    [],
  ],
  [
    "the successor of another manager has no vote",
    manager,
    "m1",
    { ...TWO, new2: { name: "manager-2", made: 2 } },
    [],
  ],
  ["a stranger calls itself as it", worker, "a", { x: { name: "app-1", label: null, made: 1 } }, []],
  [
    "a machine of its name was lost before it was given one",
    worker,
    "a",
    { x: { name: "app-1", label: null, made: 1, state: "down" }, a: { name: "app-1", made: 2 } },
    ["x"],
  ],
  [
    "a dead stranger stands in for nobody",
    manager,
    "m1",
    { ...TWO, x: { name: "manager-2", label: null, made: 2, vote: true, state: "down" } },
    [],
  ],
])("supersedes whom it shall, where %s", (_where, node, nodeId, members, expected) => {
  expect(supersededBy(node, nodeId, listed(members)).map(({ ID }) => ID)).toEqual(expected);
});
