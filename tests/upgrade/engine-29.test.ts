import { diagnostics } from "../e2e/fixtures/reading";
import { whileAsked, type Seen } from "../e2e/harness/client";
import { eventsIn } from "../e2e/harness/events";
import { Witness, type ClusterInfo } from "../e2e/harness/witness";
import { Workspace } from "../e2e/harness/workspace";
import { ENGINE_29_IMAGE } from "../../tools/engine-29/engine-image";
import { describeGap } from "./gaps";
import { whileWatched, type Member, type Moment } from "./roll";

jest.setTimeout(600_000);

const NAMES = ["app-1", "app-2", "manager-1", "manager-2", "manager-3"];
const OLD = /^26\.1\./;
const NEW = /^29\b/;

let workspace: Workspace;
let before: ClusterInfo;
let moments: Moment[];
let seen: Seen;

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 3, workers: [{ name: "app", count: 2 }], demo: true });
  await workspace.up();
  before = await new Witness(workspace.cluster).swarm();
  workspace.configure({ nodeImage: ENGINE_29_IMAGE });
  const start = Date.now();
  const roll = await whileWatched(workspace.cluster, () =>
    whileAsked(workspace.cluster, () => workspace.tryUp()),
  );
  const seconds = Math.round((Date.now() - start) / 1000);
  moments = roll.moments;
  const up = roll.result.result;
  seen = roll.result.seen;
  if (up.code !== 0) throw new Error(diagnostics(up));
  process.stdout.write(
    `3+2 nodes upgraded in ${seconds} s: ${seen.requests} requests, ${seen.failures.length} failed, ` +
      `longest gap ${seen.longestGapMs} ms, ${moments.length} looks at the members\n`,
  );
  const events = eventsIn(up.eventLog);
  for (const gap of seen.gaps) process.stdout.write(`${describeGap(gap, events, workspace.cluster)}\n`);
});
afterAll(() => workspace?.remove());

test("every node is Ready on the new engine, in the same swarm, with its service whole", async () => {
  const first = moments[0];
  expect(names(first)).toEqual(NAMES);
  for (const { engine } of first) expect(engine).toMatch(OLD);

  const witness = await Witness.of(workspace);
  const last = moments.at(-1) ?? [];
  expect(names(last)).toEqual(NAMES);
  for (const { engine } of last) expect(engine).toMatch(NEW);
  expect(last.every(({ inService }) => inService)).toBe(true);
  for (const name of NAMES) {
    expect(await witness.dockerOn(name, "version", "--format", "{{.Server.Version}}")).toMatch(NEW);
  }
  expect((await witness.swarm()).ID).toBe(before.ID);
  const services = await witness.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}");
  expect(services.split("\n").sort()).toEqual(["demo_gateway 5/5", "demo_web 4/4"]);
  expect(await workspace.preview()).toEqual({});
});

test("the clients of its service did not notice", () => {
  expect(seen.failures).toEqual([]);
});

test("no worker was in service on the new engine while a manager of the old one had a vote", () => {
  const early = moments.filter(
    (moment) =>
      moment.some(({ role, engine, inService }) => role === "worker" && inService && NEW.test(engine)) &&
      moment.some(({ vote, engine }) => vote && OLD.test(engine)),
  );
  // A demoted manager is a worker by name until it leaves, and is out of service.
  expect(early).toEqual([]);
});

test("quorum was never in danger, and the leader changed once", () => {
  for (const moment of moments) {
    const votes = moment.flatMap(({ vote }) => (vote ? [vote] : []));
    expect(votes.filter(({ reachable }) => reachable).length).toBeGreaterThan(votes.length / 2);
  }
  const leaders = moments.map((moment) => moment.find(({ vote }) => vote?.leader)?.id).filter(Boolean);
  const terms = leaders.filter((id, index) => id !== leaders[index - 1]);
  expect(terms).toHaveLength(2);
});

test("as many nodes as before took tasks at every moment", () => {
  const told = moments.filter((moment) => moment.every(({ known }) => known));
  expect(told.length).toBeGreaterThan(moments.length / 2);
  const fewer = told.filter((moment) => moment.filter(({ inService }) => inService).length < NAMES.length);
  expect(fewer).toEqual([]);
});

function names(members: Member[]): string[] {
  return members.map(({ name }) => name).sort();
}
