import type { ManagerRef } from "../../schema/connection";
import { managersAgain } from "../../swarm/membership/member-again";
import { Session } from "../../foundation/session";

/** What was waited for, in order. */
let calls: string[];
jest.mock("../../docker/connect", () => ({
  connect: () => ({ swarmState: () => Promise.resolve("active/manager") }),
}));
jest.mock("../../docker/nodes", () => ({ info: () => Promise.resolve({ Swarm: { NodeID: "id" } }) }));
jest.mock("../../swarm/membership/node-ready", () => ({
  nodeReady: ({ name }: ManagerRef) => Promise.resolve(void calls.push(`${name} is Ready`)),
}));
jest.mock("../../swarm/engines/unlocked-gossip", () => ({
  gossipAgain: ({ name }: ManagerRef) => Promise.resolve(void calls.push(`${name} gossips`)),
}));

test("all managers that were unlocked are back before the gossip of the first is looked at", async () => {
  calls = [];
  const managers = ["m1", "m2"].map((name) => ({ name, connection: { container: name } }));
  const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
  await managersAgain(managers, managers, waiting);
  expect(calls).toEqual(["m1 is Ready", "m2 is Ready", "m1 gossips", "m2 gossips"]);
});
