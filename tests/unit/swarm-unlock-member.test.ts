import { memberUnlocked } from "../../swarm/engines/unlock-member";
import { Session } from "../../foundation/session";

const KEY = "SWMKEY-1-right";
/** What was done to the manager, in order. */
let calls: string[];
let overlays: object[];

jest.mock("../../docker/connect", () => ({
  connect: () => ({
    get: (_action: string, path: string, { query }: { query: object }) => {
      calls.push(`get ${path} ${JSON.stringify(query)}`);
      return Promise.resolve(overlays);
    },
  }),
}));
jest.mock("../../swarm/engines/unlock-engine", () => ({
  unlocked: (_engine: object, [key]: string[]) => {
    calls.push(`unlock with ${key}`);
    return Promise.resolve(key === KEY);
  },
}));
jest.mock("../../swarm/engines/engine-stop", () => ({
  whileStopped: (_manager: unknown, key: string) => Promise.resolve(void calls.push(`restart with ${key}`)),
}));

const manager = { name: "manager-1", connection: { container: "m1" } };
const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };
const LOOK = 'get /networks {"filters":"{\\"driver\\":[\\"overlay\\"]}"}';

beforeEach(() => {
  calls = [];
});

test("an engine that was just started is only unlocked", async () => {
  overlays = [];
  expect(await memberUnlocked(manager, ["SWMKEY-1-old", KEY], waiting)).toBe(true);
  expect(calls).toEqual([LOOK, "unlock with SWMKEY-1-old", `unlock with ${KEY}`]);
});

test("one that was locked while it ran is restarted, with the key that fitted", async () => {
  overlays = [{ Name: "ingress" }];
  expect(await memberUnlocked(manager, ["SWMKEY-1-old", KEY], waiting)).toBe(true);
  expect(calls).toEqual([LOOK, "unlock with SWMKEY-1-old", `unlock with ${KEY}`, `restart with ${KEY}`]);
});

test("where no key fits nothing is done to it", async () => {
  overlays = [{ Name: "ingress" }];
  expect(await memberUnlocked(manager, ["SWMKEY-1-old"], waiting)).toBe(false);
  expect(calls).toEqual([LOOK, "unlock with SWMKEY-1-old"]);
});
