import { quorumOf, refuseLossOfQuorum } from "../../swarm/nodes/quorum";
import type { SwarmNodeInspect } from "../../docker/api/node";

/** One letter per node: `m` a reachable manager, `x` an unreachable one, `?` one not known yet, `w` a worker. */
function swarm(letters: string): SwarmNodeInspect[] {
  const reachability = { m: "reachable", x: "unreachable", "?": "unknown" } as Record<string, string>;
  return [...letters].map(
    (letter, index) =>
      ({
        ID: `id-${index}`,
        Spec: {},
        Description: { Hostname: `node-${index}` },
        ManagerStatus: letter === "w" ? undefined : { Reachability: reachability[letter], Addr: "" },
      }) as SwarmNodeInspect,
  );
}

test.each([
  // nodes, managers, reachable, needed, margin
  ["m", 1, 1, 1, 0],
  ["mm", 2, 2, 2, 0],
  ["mmm", 3, 3, 2, 1],
  ["mmmm", 4, 4, 3, 1],
  ["mmmmm", 5, 5, 3, 2],
  ["mmmmmm", 6, 6, 4, 2],
  ["mmmmmmm", 7, 7, 4, 3],
  ["mmmww", 3, 3, 2, 1],
  ["mmx", 3, 2, 2, 0],
  ["mxx", 3, 1, 2, -1],
  ["mm?", 3, 2, 2, 0],
])(
  "%s: %i managers, %i reachable, %i needed, %i may fail",
  (letters, managers, reachable, needed, margin) => {
    expect(quorumOf(swarm(letters))).toEqual({ managers, reachable, needed, margin });
  },
);

test.each([
  // nodes, index of the one that leaves
  ["mmm", 0],
  ["mm", 0],
  ["mmx", 2], // the dead one
  ["mmmxx", 4], // one of two dead ones
  ["mmmmm", 1],
])("%s: node %i may go", (letters, leaving) => {
  const nodes = swarm(letters);
  expect(() => refuseLossOfQuorum(nodes, nodes[leaving])).not.toThrow();
});

test.each([
  ["mmx", 0],
  ["mm?", 0],
  ["mmmxx", 0],
  ["mx", 0],
  ["m", 0],
  ["mww", 0],
])("%s: node %i may not go", (letters, leaving) => {
  const nodes = swarm(letters);
  expect(() => refuseLossOfQuorum(nodes, nodes[leaving])).toThrow(/^node-0 was not removed/);
});

test("a refusal gives the numbers, who is away and the way out", () => {
  const nodes = swarm("mmxw");
  expect(() => refuseLossOfQuorum(nodes, nodes[0])).toThrow(
    "node-0 was not removed: of 3 managers 2 are reachable (away: node-2), and without it 1 of 2 would be, " +
      "where 2 are needed for quorum. Bring the others back first, or destroy the whole cluster.",
  );
});
