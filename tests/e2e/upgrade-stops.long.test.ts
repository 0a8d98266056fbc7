import { NOISE, diagnostics } from "./fixtures/reading";
import { whileAsked } from "./harness/client";
import { dockerLines } from "./harness/docker";
import { nodeImageThat, otherNodeImage } from "./harness/node-image";
import { Witness, type Node } from "./harness/witness";
import { Workspace, type Update } from "./harness/workspace";

jest.setTimeout(300_000);

const NAMES = ["app-1", "manager-1", "manager-2", "manager-3"];

/** Ends with a code of its own, so that the message can be seen to show it. */
const DIES = '[ "$(hostname)" = app-1 ] && { echo "this engine is broken" >&2; exit 7; }';
/** A manager cannot join where another process has its port. */
const CANNOT_JOIN = `[ "$(hostname)" = manager-2 ] && perl -MIO::Socket::INET -e '
  my $taken = IO::Socket::INET->new(LocalPort => 2377, Listen => 1) or die $!; sleep' &`;

let workspace: Workspace;
let images: Record<"dies" | "cannotJoin" | "good", string>;
let before: Node[];

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 3, workers: [{ name: "app", count: 1 }], demo: true });
  await workspace.up();
  const { cluster } = workspace;
  // All of them from the image that works: each `up` builds the cluster's own anew.
  images = {
    dies: await nodeImageThat("dies", cluster, DIES),
    cannotJoin: await nodeImageThat("cannot-join", cluster, CANNOT_JOIN),
    good: await otherNodeImage(cluster),
  };
  before = await new Witness(cluster).nodes();
});
afterAll(() => workspace?.remove());

test("where a new machine's engine dies, its end is told at once and no member is touched", async () => {
  const { up, failures } = await upgradeTo(images.dies);
  expect(up.code).not.toBe(0);
  const said = diagnostics(up);
  expect(said).toMatch(/app-1\.2: its Docker Engine ended with exit code 7/);
  expect(said).toContain("this engine is broken");
  expect(said).not.toMatch(NOISE);
  expect(failures).toEqual([]);
  expect(await new Witness(workspace.cluster).nodes()).toEqual(before.map((node) => sameMember(node)));
});

test("where a new manager cannot join, the roll stops at it and the others are as they were", async () => {
  const { up, failures } = await upgradeTo(images.cannotJoin);
  expect(up.code).not.toBe(0);
  expect(diagnostics(up)).toMatch(/manager-2\.2: join the swarm: .*2377.*address already in use/);
  expect(diagnostics(up)).not.toMatch(NOISE);
  expect(failures).toEqual([]);
  const nodes = await new Witness(workspace.cluster, "manager-3").nodes();
  // The new manager-1 is there beside the old one, which is the leader and therefore the last to go.
  for (const node of before) expect(nodes).toContainEqual(sameMember(node));
  // The command line still finds the cluster.
  expect((await workspace.swarm("docker", "node", "ls")).stdout).toContain("manager-1");
  const votes = nodes.flatMap(({ ManagerStatus }) => ManagerStatus ?? []);
  expect(votes.map(({ Reachability }) => Reachability)).toEqual(votes.map(() => "reachable"));
});

test("with a good image the next up finishes and leaves nothing of the failed ones", async () => {
  const { up, failures } = await upgradeTo(images.good);
  expect(up.code === 0 ? "" : diagnostics(up)).toBe("");
  expect(failures).toEqual([]);
  const nodes = await (await Witness.of(workspace)).nodes();
  expect(nodes.map(({ Description }) => Description.Hostname)).toEqual(NAMES);
  expect(nodes.every(({ Status }) => Status.State === "ready")).toBe(true);
  expect(await workspace.preview()).toEqual({});
  expect((await workspace.leftovers()).containers).toHaveLength(NAMES.length);
  expect((await workspace.leftovers()).volumes).toHaveLength(NAMES.length);
  const anonymous = await dockerLines("volume", "ls", "--quiet", "--filter", "dangling=true");
  expect(anonymous.filter((name) => name.includes(workspace.cluster))).toEqual([]);
});

async function upgradeTo(image: string): Promise<{ up: Update; failures: string[] }> {
  workspace.configure({ nodeImage: image });
  const { result: up, seen } = await whileAsked(workspace.cluster, () => workspace.tryUp());
  return { up, failures: seen.failures };
}

/** A node that was not touched: the same member with the same role and availability, and it is Ready. */
function sameMember({ ID, Description, Spec }: Node): Node {
  return expect.objectContaining({
    ID,
    Description: expect.objectContaining({ Hostname: Description.Hostname }),
    Spec: expect.objectContaining({ Role: Spec.Role, Availability: Spec.Availability }),
    Status: expect.objectContaining({ State: "ready" }),
  }) as Node;
}
