import { forceNewCluster } from "../../swarm/recovery/force-new-cluster";
import { Session } from "../../foundation/session";

/** What was asked of the manager's engine, in order. */
const calls: string[] = [];
jest.mock("../../docker/connect", () => ({
  connect: () => ({
    post: (_action: string, path: string) => Promise.resolve(void calls.push(`post ${path}`)),
    get: (_action: string, path: string) => Promise.resolve(answer(path)),
  }),
}));
jest.mock("../../swarm/engines/engine-stop", () => ({
  whileStopped: (_manager: unknown, key: string) => Promise.resolve(void calls.push(`restart with "${key}"`)),
}));
jest.mock("../../swarm/engines/unlocked-gossip", () => ({
  gossipAgain: () => Promise.resolve(void calls.push("look at its gossip")),
}));

function answer(path: string): unknown {
  if (path === "/swarm/unlockkey") return { UnlockKey: "SWMKEY-1-x" };
  if (path === "/info") return { Swarm: { NodeID: "m1" } };
  calls.push("look");
  return [{ ID: "m1", Status: { State: "ready" }, ManagerStatus: { Leader: true } }];
}

test.each([
  [true, "SWMKEY-1-x", ["look at its gossip"]],
  [false, "", []],
])("the engine forgets that it forced a new cluster (autolock: %s)", async (autolock, key, after) => {
  calls.length = 0;
  const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
  const manager = { name: "manager-1", connection: { container: "m1" } };
  expect(await forceNewCluster(manager, { advertiseAddr: "10.0.0.1" }, autolock, waiting)).toBe("m1");
  expect(calls).toEqual(["post /swarm/init", "look", `restart with "${key}"`, "look", ...after]);
});
