import { takeOver } from "../../swarm/take-over";
import { ownerLabels, type Owner } from "../../schema/owner";
import { isOwnedIn } from "../../swarm/swarm-ownership";
import type { SwarmSpec } from "../../docker/api/swarm";
import { Session } from "../../foundation/session";

const FORMER: Owner = { project: "p", stack: "old", cluster: "old", id: "0a1b" };
const OLDER: Owner = { project: "p", stack: "old", cluster: "old" };
const OWNER: Owner = { project: "p", stack: "new", cluster: "new", id: "2c3d" };
const MANAGER = { name: "manager-1", connection: { container: "manager-1" } };
const waiting = { signal: new AbortController().signal, session: new Session(), progress: () => undefined };

interface Made {
  ID: string;
  Version: { Index: number };
  Spec: { Name: string; Labels: Record<string, string> };
}

let objects: Record<string, Made[]>;
let networks: { Id: string; Labels: Record<string, string> }[];
let swarm: { Labels: Record<string, string> };

jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, operation: (engine: unknown) => unknown) =>
    Promise.resolve(operation(engine)),
}));
jest.mock("../../swarm/change-swarm", () => ({
  changeSwarm: (_managers: unknown, _waiting: unknown, change: (spec: SwarmSpec) => SwarmSpec) => {
    swarm = change(swarm as SwarmSpec);
    return Promise.resolve();
  },
}));

const engine = {
  get(_action: string, path: string, { query = {} }: { query?: { filters?: string } }) {
    const [, kind, id] = path.split("/");
    if (kind === "networks") {
      expect(query.filters).toBe('{"scope":["swarm"]}');
      return Promise.resolve(networks);
    }
    return Promise.resolve(id ? objects[kind].find(({ ID }) => ID === id) : objects[kind]);
  },
  post(_action: string, path: string, { body }: { body: Made["Spec"] }) {
    const [, kind, id] = path.split("/");
    const found = objects[kind].find(({ ID }) => ID === id);
    if (found) found.Spec = body;
    return Promise.resolve();
  },
};

function made(name: string, labels: Record<string, string>): Made {
  return { ID: name, Version: { Index: 1 }, Spec: { Name: name, Labels: labels } };
}

/** What the program of an owner made in its swarm, beside what others did. */
function given(owner: Owner): void {
  swarm = { Labels: { ...ownerLabels(owner), team: "a" } };
  const all = (): [string, Record<string, string>][] => [
    ["theirs", ownerLabels(owner, { other: "stays" })],
    ["by-hand", {}],
    ["of-a-third", ownerLabels({ ...owner, cluster: "third", id: owner.id && "4e5f" })],
  ];
  objects = Object.fromEntries(
    ["services", "secrets", "configs"].map((kind) => [kind, all().map((one) => made(...one))]),
  );
  networks = all().map(([Id, Labels]) => ({ Id, Labels }));
}

const labelsOf = (kind: string) => objects[kind].map(({ Spec }) => Spec.Labels);

test.each([
  ["an identity", FORMER],
  ["names alone", OLDER],
])(
  "what the program of an owner with %s made gets the new owner's labels, and nothing else does",
  async (_what, former) => {
    given(former);
    const third = labelsOf("services")[2];
    await takeOver([MANAGER], swarm.Labels, OWNER, waiting);
    expect(swarm.Labels).toMatchObject({ ...ownerLabels(OWNER), team: "a" });
    for (const kind of ["services", "secrets", "configs"])
      expect(labelsOf(kind)).toEqual([ownerLabels(OWNER, { other: "stays" }), {}, third]);
  },
);

test("networks keep their labels: the swarm lists their identity, or themselves where they have none", async () => {
  const [former, older] = [FORMER, OLDER].map((owner) => ownerLabels(owner));
  given(FORMER);
  await takeOver([MANAGER], swarm.Labels, OWNER, waiting);
  expect(isOwnedIn(swarm.Labels, OWNER, { id: "theirs", labels: former })).toBe(true);
  expect(isOwnedIn(swarm.Labels, OWNER, { id: "theirs", labels: older })).toBe(false);

  given(OLDER);
  await takeOver([MANAGER], swarm.Labels, OWNER, waiting);
  expect(isOwnedIn(swarm.Labels, OWNER, { id: "theirs", labels: older })).toBe(true);
  expect(isOwnedIn(swarm.Labels, OWNER, { id: "another", labels: older })).toBe(false);
  expect(isOwnedIn(swarm.Labels, OWNER, { id: "theirs", labels: former })).toBe(false);
});

test("a swarm that is taken over again remembers all that it was", async () => {
  given(FORMER);
  await takeOver([MANAGER], swarm.Labels, OWNER, waiting);
  const last: Owner = { ...OWNER, id: "6a7b" };
  await takeOver([MANAGER], swarm.Labels, last, waiting);
  for (const owner of [FORMER, OWNER, last])
    expect(isOwnedIn(swarm.Labels, last, { id: "n", labels: ownerLabels(owner) })).toBe(true);
  expect(swarm.Labels["pulumi-swarm.former"]).toBe("0a1b 2c3d");
});

test("of a swarm that was nobody's only the swarm itself is taken over", async () => {
  given(FORMER);
  const before = structuredClone(objects);
  await takeOver([MANAGER], { team: "a" }, OWNER, waiting);
  expect(swarm.Labels).toMatchObject(ownerLabels(OWNER));
  expect(objects).toEqual(before);
});
