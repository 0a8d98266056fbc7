import { existsSync } from "node:fs";
import path from "node:path";
import { docker } from "../harness/docker";
import { NOTHING } from "../harness/leftovers";
import { UP_MS, type Outputs, type Shared } from "./shared";

/** What `destroy` takes and what it leaves. */
export function lastDestroy(shared: Shared): void {
  test(
    "`destroy` leaves nothing of the cluster, and everything that is not ours, whatever its name",
    async () => {
      const { workspace } = shared;
      const foreign = `${workspace.cluster}-of-others`;
      await docker("volume", "create", foreign);
      await docker("network", "create", "--label", "pulumi-swarm.cluster-like=yes", foreign);
      const { dockerHost } = await workspace.outputs<Outputs>();
      await workspace.destroy();
      expect(existsSync(path.dirname(dockerHost.slice("unix://".length)))).toBe(false);
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
