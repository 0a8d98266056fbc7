import { testInAll } from "../harness/cases";
import { UP_MS, type Shared } from "./shared";

interface Status {
  clusterId: string;
  quorum: { managers: number; reachable: number; needed: number; margin: number };
  nodes: { name: string; status: string }[];
  services: { name: string; running: number; desired: number }[];
  drift: { where: string; wanted: string; actual: string }[];
}

/** What somebody changed by hand is seen and repaired. */
export function drift(shared: Shared): void {
  const status = async () => JSON.parse((await shared.workspace.swarm("status", "--json")).stdout) as Status;

  test("`npm run swarm -- status --json` tells quorum, nodes and services, and no drift", async () => {
    const { quorum, nodes, services, drift: found, clusterId } = await status();
    expect([clusterId]).toEqual(await shared.witness.clusterIds());
    expect(quorum).toEqual({ managers: 3, reachable: 3, needed: 2, margin: 1 });
    expect(nodes).toHaveLength(5);
    expect(services).toMatchObject([
      { name: "demo_gateway", running: 5, desired: 5 },
      { name: "demo_web", running: 4, desired: 4 },
    ]);
    expect(found).toEqual([]);
  });

  testInAll(
    "a node drained by hand shows there and in `refresh`, and `up --refresh` repairs exactly that",
    async () => {
      const { workspace, witness } = shared;
      await witness.docker("node", "update", "--availability", "drain", "app-1");
      await witness.untilTasks("app-1", 0);
      await witness.untilReplicas("demo_web", "4/4");
      expect((await status()).drift).toContainEqual({
        where: "node app-1",
        wanted: "active",
        actual: "drain",
      });

      const seen = await workspace.tryRefresh("--preview-only", "--expect-no-changes");
      expect(seen.code).not.toBe(0);
      expect(seen.changes).toEqual({ [`NodeSpecs ${workspace.cluster}`]: "update" });

      expect((await workspace.up("--refresh")).changes).toEqual(seen.changes);
      expect((await witness.node("app-1")).Spec.Availability).toBe("active");
      await witness.untilTasks("app-1", 1);
      expect((await status()).drift).toEqual([]);
    },
    UP_MS,
  );
}
