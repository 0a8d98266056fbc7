import type { EngineClient } from "../../docker/engine-client";
import { engineError } from "../../docker/errors";
import { tasksOn } from "../../docker/nodes";

const task = (NodeID: string, State: string) => ({ NodeID, Status: { State } });
const TASKS = [
  task("gone", "running"),
  task("there", "running"),
  task("there", "shutdown"),
  task("other", "running"),
];

/** An engine that knows all nodes but one, and refuses a filter that names that one. */
const engine = {
  get: (_action: string, _path: string, { query }: { query: { filters: string } }) => {
    const { node } = JSON.parse(query.filters) as { node?: string[] };
    if (node?.includes("removed"))
      return Promise.reject(engineError("m1", "list tasks", 404, "node removed not found"));
    return Promise.resolve(TASKS.filter(({ NodeID }) => !node || node.includes(NodeID)));
  },
} as unknown as EngineClient;

test("a node that was removed since it was listed has no tasks", async () => {
  expect(await tasksOn(engine, "removed")).toEqual([]);
});

test("those of the other nodes that were asked for are there still", async () => {
  expect(await tasksOn(engine, ["removed", "there"])).toEqual([task("there", "running")]);
});
