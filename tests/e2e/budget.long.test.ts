import { diagnostics } from "./fixtures/reading";
import { onlyInAll } from "./harness/cases";
import { docker } from "./harness/docker";
import { otherNodeImage } from "./harness/node-image";
import { looksDuring, type Look } from "./harness/node-watch";
import { Witness } from "./harness/witness";
import { Workspace } from "./harness/workspace";

const UP_MS = 300_000;
jest.setTimeout(UP_MS);

/** Two pools: the budget is the cluster's. */
const WORKERS = ["app-1", "app-2", "batch-1", "batch-2"];
const SERVICE = "slow";

/** One cluster of 1 manager and 4 workers; the tests run in this order. */
let workspace: Workspace;
let witness: Witness;
let nodeImage: string;

beforeAll(async () => {
  workspace = await Workspace.create({ managers: 1, disruption: { maxUnavailable: 2 } });
  witness = new Witness(workspace.cluster);
  const image = `pulumi-swarm-slow:${workspace.cluster}`;
  configurePools();
  workspace.configure({ images: [{ name: image, build: "demo/web" }] });
  await workspace.up();
  // Its tasks do not mind SIGTERM, so each drain lasts long enough to be seen.
  const stop = ["--stop-grace-period", "5s", "--entrypoint", "sleep 100000"];
  const place = ["--replicas", "8", "--constraint", "node.labels.kind==worker", "--no-resolve-image"];
  await witness.docker("service", "create", "--quiet", "--name", SERVICE, ...place, ...stop, image);
});
afterAll(async () => {
  await workspace?.remove();
  if (nodeImage) await docker("image", "rm", "--force", nodeImage);
});

function configurePools(nodeAvailability: Record<string, string> = {}): void {
  const pools = ["app", "batch"].map((name) => {
    const own = Object.entries(nodeAvailability).filter(([node]) => node.startsWith(name));
    return { name, count: 2, labels: { kind: "worker" }, nodeAvailability: Object.fromEntries(own) };
  });
  workspace.configure({ workers: pools });
}

/** What was seen of the workers while a command ran. */
function workersDuring(command: () => Promise<unknown>): Promise<Look[]> {
  const manager = witness.containerOf("manager-1");
  const where = { managers: [manager, `${manager}.2`], label: "kind=worker", service: SERVICE };
  return looksDuring(where, command);
}

function most(looks: Look[], count: (look: Look) => unknown[]): number {
  return Math.max(...looks.map((look) => new Set(count(look)).size));
}

function outOfService({ draining, absent }: Look): string[] {
  return [...new Set([...draining, ...absent])];
}

test("all workers are replaced in one up: two at a time are out of service, and never three", async () => {
  nodeImage = await otherNodeImage(workspace.cluster);
  const before = await witness.nodeIds();
  workspace.configure({ nodeImage });
  const looks = await workersDuring(() => workspace.up());
  witness = await Witness.of(workspace);
  const after = await witness.nodes();
  expect(after.map(({ Description }) => Description.Hostname)).toEqual([...WORKERS, "manager-1"]);
  expect(after.filter(({ ID }) => before.includes(ID))).toEqual([]);
  expect(looks.filter((look) => outOfService(look).length > 2)).toEqual([]);
  expect(most(looks, ({ draining }) => draining)).toBe(2);
  await witness.untilReplicas(SERVICE, "8/8");
});

onlyInAll(() =>
  describe("a worker that was stopped by hand counts as well", () => {
    beforeAll(async () => {
      await docker("stop", "--time", "1", witness.containerOf("app-1"));
      await witness.untilState("app-1", "down");
    });

    test("no other one goes beside it where one may be away: the error names it and the ways out", async () => {
      workspace.configure({ disruption: { maxUnavailable: 1 } });
      configurePools({ "app-2": "drain" });
      const up = await workspace.tryUp();
      expect(up.code).not.toBe(0);
      expect(diagnostics(up)).toMatch(
        /app-2: waited \d+ s until fewer than 1 other workers are down; last seen: app-1 is down\. Bring them back, .* or raise `disruption\.maxUnavailable`/,
      );
      expect((await witness.node("app-2")).Spec.Availability).toBe("active");
    });

    test("where two may be away it goes on, with one at a time beside it", async () => {
      workspace.configure({ disruption: { maxUnavailable: 2 } });
      configurePools({ "app-2": "drain", "batch-1": "drain" });
      const looks = await workersDuring(() => workspace.up());
      const states = (await witness.nodes()).map(({ Spec }) => Spec.Availability);
      expect(states).toEqual(["active", "drain", "drain", "active", "active"]);
      expect(most(looks, ({ draining }) => draining)).toBe(1);
    });
  }),
);
