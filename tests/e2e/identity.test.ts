import { identityOf } from "../../schema/owner";
import { testInAll } from "./harness/cases";
import { docker } from "./harness/docker";
import { NOTHING } from "./harness/leftovers";
import { olderCluster } from "./harness/older-cluster";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

/** One cluster from before there were identities, and another checkout with the same names; the tests run in this order. */
let first: Workspace;
let second: Workspace;
let witness: Witness;

beforeAll(async () => {
  first = await Workspace.create({ managers: 1, demo: true, demoReplicas: 1 });
  witness = new Witness(first.cluster);
  await olderCluster(first);
  second = await Workspace.twinOf(first);
});
afterAll(async () => {
  await second?.remove();
  await first?.remove();
});

const tasks = () => witness.docker("stack", "ps", "demo", "--quiet", "--no-trunc");

async function labelsOf(kind: string, ...names: string[]): Promise<Record<string, string>[]> {
  const rows = await witness.docker(kind, "inspect", "--format", "{{json .Spec.Labels}}", ...names);
  return rows.split("\n").map((row) => JSON.parse(row) as Record<string, string>);
}

/** All that the outer engine and the swarm have of the cluster, by their IDs. */
async function everything(): Promise<string[]> {
  const label = `label=pulumi-swarm.cluster=${first.cluster}`;
  const outside = ["container", "volume", "network", "image"].map((kind) =>
    docker(kind, "ls", "--quiet", "--filter", label),
  );
  const listed = await Promise.all([...outside, tasks(), witness.joinToken("manager")]);
  // Images that were made in the same second are listed in any order.
  return listed.map((lines) => lines.split("\n").sort().join("\n"));
}

/** What a checkout that is refused prints, in a preview and in an update; the cluster stays as it was. */
async function refusals(): Promise<string[]> {
  const before = await everything();
  const preview = await second.tryPreview();
  const up = await second.tryUp();
  await second.destroy();
  expect([preview.code, up.code]).not.toContain(0);
  expect(await everything()).toEqual(before);
  return [preview.stdout, up.text];
}

test("another checkout is refused by what has names alone", async () => {
  for (const text of await refusals())
    expect(text).toMatch(
      new RegExp(`The network "${first.cluster}" exists and belongs to .*It was left as it is`),
    );
});

test("a cluster from before gets an identity: nothing is replaced, no task is new, and the next up finds it", async () => {
  const before = await everything();
  const { changes } = await first.up();
  const made = Object.keys(changes).filter((name) => changes[name] !== "update");
  expect(made.map((name) => `${changes[name]} ${name.split(" ")[0]}`)).toEqual(["create ClusterIdentity"]);
  expect(changes["SwarmStack demo"]).toBe("update");
  expect(await everything()).toEqual(before);

  const identity = identityOf((await witness.swarm()).Spec.Labels as Record<string, string>);
  expect(identity).toMatch(/^[0-9a-f]{32}$/);
  for (const kind of ["service", "secret", "config"]) {
    const names = (await witness.docker(kind, "ls", "--quiet")).split("\n");
    const found = await labelsOf(kind, ...names);
    expect(found.map(identityOf)).toEqual(names.map(() => identity));
  }
  expect(await first.preview("--refresh")).toEqual({});
});

test("another checkout is refused with both identities and the way out, and its destroy takes nothing", async () => {
  const [, text] = await refusals();
  const names = `project pulumi-swarm, stack ${first.stack}, cluster ${first.cluster}`;
  expect(text).toMatch(
    new RegExp(
      `The network "${first.cluster}" exists and belongs to ${names}, and this is ${names} \\(identity [0-9a-f]{8}\\)\\. ` +
        "It was left as it is\\. Choose another name for this cluster \\(`pulumi config set cluster NAME`, or in the program\\), " +
        "end that one where it was made",
    ),
  );
  expect(await first.preview("--refresh")).toEqual({});
});

testInAll("a machine that is replaced gets the place of one from before, and the identity", async () => {
  const urn = `urn:pulumi:${first.stack}::pulumi-swarm::swarm:index:SwarmCluster$swarm:index:LocalNode`;
  await first.up("--replace", `${urn}::${first.cluster}-manager-1`);
  const label = '{{.Label "pulumi-swarm.identity"}}';
  const filter = `label=pulumi-swarm.cluster=${first.cluster}`;
  expect(await docker("ps", "--all", "--format", label, "--filter", filter)).toMatch(/^[0-9a-f]{32}$/);
  witness = await Witness.of(first);
});

testInAll(
  "a stack of the same name that somebody else deployed stays, with a warning, and ours goes",
  async () => {
    const label = "com.docker.stack.namespace=demo";
    const [image] = (await witness.docker("service", "ls", "--format", "{{.Image}}")).split("\n");
    await witness.docker("service", "create", "--detach", "--name", "demo_theirs", "--label", label, image);
    first.configure({ demo: undefined, demoReplicas: undefined });
    const { text } = await first.up();
    expect(text).toMatch(
      /somebody else has deployed a stack demo, and it stays: service demo_theirs.*npm run swarm -- docker stack rm demo/,
    );
    expect(await witness.docker("service", "ls", "--format", "{{.Name}}")).toBe("demo_theirs");
  },
);

test("a destroy leaves nothing", async () => {
  await first.destroy();
  expect(await first.leftovers()).toEqual(NOTHING);
});
