import { takeOver } from "../../cli/take-over";
import { ownerLabels, type Owner } from "../../contract/owner";
import type { SwarmSpec } from "../../engine/swarm-types";

const FORMER: Owner = { project: "p", stack: "old", cluster: "old" };
const OWNER: Owner = { project: "p", stack: "new", cluster: "new" };
const MANAGER = { name: "manager-1", connection: { container: "manager-1" } };
const waiting = { signal: new AbortController().signal, progress: () => undefined };

interface Made {
  ID: string;
  Version: { Index: number };
  Spec: { Name: string; Labels: Record<string, string> };
}

let objects: Record<string, Made[]>;
let swarm: { Labels: Record<string, string> };

jest.mock("../../engine/connect", () => ({ connect: () => engine }));
jest.mock("../../engine/swarm", () => ({
  changeSwarm: (_managers: unknown, _waiting: unknown, change: (spec: SwarmSpec) => SwarmSpec) => {
    swarm = change(swarm as SwarmSpec);
    return Promise.resolve();
  },
}));

const engine = {
  get(_action: string, path: string, { query = {} }: { query?: { filters?: string } }) {
    const [, kind, id] = path.split("/");
    if (id) return Promise.resolve(objects[kind].find(({ ID }) => ID === id));
    const { label = [] } = JSON.parse(query.filters ?? "{}") as { label?: string[] };
    const fits = ({ Spec }: Made) =>
      label.every((row) => Spec.Labels[row.split("=")[0]] === row.split("=")[1]);
    return Promise.resolve(objects[kind].filter(fits));
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

beforeEach(() => {
  swarm = { Labels: { ...ownerLabels(FORMER), team: "a" } };
  objects = Object.fromEntries(
    ["services", "secrets", "configs"].map((kind) => [
      kind,
      [
        made("theirs", ownerLabels(FORMER, { other: "stays" })),
        made("by-hand", {}),
        made("of-a-third", ownerLabels({ ...FORMER, cluster: "third" })),
      ],
    ]),
  );
});

test("the swarm and what its former owner's program made get the owner's labels, and nothing else does", async () => {
  await takeOver(MANAGER, swarm.Labels, OWNER, waiting);
  expect(swarm.Labels).toEqual({ ...ownerLabels(OWNER), team: "a" });
  for (const kind of ["services", "secrets", "configs"]) {
    expect(objects[kind].map(({ Spec }) => Spec.Labels)).toEqual([
      ownerLabels(OWNER, { other: "stays" }),
      {},
      ownerLabels({ ...FORMER, cluster: "third" }),
    ]);
  }
});

test("of a swarm that was nobody's only the swarm itself is taken over", async () => {
  const before = structuredClone(objects);
  await takeOver(MANAGER, { team: "a" }, OWNER, waiting);
  expect(swarm.Labels).toMatchObject(ownerLabels(OWNER));
  expect(objects).toEqual(before);
});
