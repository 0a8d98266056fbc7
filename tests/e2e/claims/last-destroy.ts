import { docker } from "../harness/docker";
import { NOTHING } from "../harness/leftovers";
import { UP_MS, type Shared } from "./shared";

/** What `destroy` takes and what it leaves. */
export function lastDestroy(shared: Shared): void {
  test(
    "`destroy` leaves nothing of the cluster, and everything that is not ours, whatever its name",
    async () => {
      const { workspace } = shared;
      const foreign = `${workspace.cluster}-of-others`;
      await docker("volume", "create", foreign);
      await docker("network", "create", "--label", "pulumi-swarm.cluster-like=yes", foreign);
      await workspace.destroy();
      expect(await workspace.leftovers()).toEqual({ ...NOTHING, volumes: [foreign], networks: [foreign] });
      await docker("volume", "rm", foreign);
      await docker("network", "rm", foreign);
      expect((await workspace.exported()).resources).toEqual([]);
    },
    UP_MS,
  );

  test("a second `destroy` has nothing to do", async () => {
    expect((await shared.workspace.destroy()).changes).toEqual({});
    expect(await shared.workspace.leftovers()).toEqual(NOTHING);
  });
}
