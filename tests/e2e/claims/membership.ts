import { testInAll } from "../harness/cases";
import { leftovers } from "../harness/leftovers";
import { NODES, SETTINGS, UP_MS, type Shared } from "./shared";

const [pool] = SETTINGS.workers;

/** Nodes that change, come and go. */
export function membership(shared: Shared): void {
  test(
    "a label of one node is changed in place on that node alone; labels set by hand stay",
    async () => {
      const { workspace, witness } = shared;
      await witness.docker("node", "update", "--label-add", "by-hand=yes", "app-1");
      const before = await witness.nodes();

      workspace.configure({
        workers: [{ ...pool, nodeLabels: { "app-1": { storage: "nvme", rack: "7" } } }],
      });
      expect((await workspace.up()).changes).toEqual({ [`NodeSpecs ${workspace.cluster}`]: "update" });
      const labels = { zone: "b", storage: "nvme", rack: "7", "by-hand": "yes" };
      expect(await witness.nodes()).toEqual(
        before.map((node) => {
          if (node.Description.Hostname !== "app-1") return node;
          const changed = { ID: node.ID, Spec: { ...node.Spec, Labels: labels } };
          return expect.objectContaining(changed) as typeof node;
        }),
      );

      workspace.configure(SETTINGS);
      expect((await workspace.up()).changes).toEqual({ [`NodeSpecs ${workspace.cluster}`]: "update" });
      expect((await witness.node("app-1")).Spec.Labels).toEqual({ ...pool.labels, "by-hand": "yes" });
      await witness.docker("node", "update", "--label-rm", "by-hand", "app-1");
    },
    UP_MS,
  );

  testInAll(
    "one worker more joins, with its labels, and leaves the others alone",
    async () => {
      const { workspace, witness } = shared;
      const ids = (await witness.nodes()).map(({ ID }) => ID);
      workspace.configure({ workers: [{ ...pool, count: 3 }] });
      const { changes } = await workspace.up();
      expect(changes).toMatchObject({ "LocalNode app-3": "create", "SwarmNode app-3": "create" });
      // The images go into the new machine, and the gateway is a task more.
      const others = Object.keys(changes).filter((name) => !name.endsWith("app-3"));
      expect(others.sort()).toEqual([`LoadedImages ${workspace.cluster}`, `NodeSpecs ${workspace.cluster}`]);
      const nodes = await witness.nodes();
      expect(nodes.filter(({ ID }) => !ids.includes(ID))).toEqual([await witness.node("app-3")]);
      expect(nodes).toHaveLength(ids.length + 1);
      const added = await witness.node("app-3");
      expect(added).toMatchObject({
        Status: { State: "ready" },
        Spec: { Role: "worker", Availability: "active" },
      });
      expect(added.Spec.Labels).toEqual(pool.labels);
    },
    UP_MS,
  );

  testInAll(
    "one worker less is gone from the node list, and so are its container and volume",
    async () => {
      const { workspace, witness } = shared;
      const container = witness.containerOf("app-3");
      expect((await leftovers(workspace.cluster)).volumes).toContain(container);
      workspace.configure(SETTINGS);
      const { changes } = await workspace.up();
      expect(changes).toMatchObject({ "LocalNode app-3": "delete", "SwarmNode app-3": "delete" });
      const nodes = await witness.nodes();
      expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual(
        NODES.map((name) => `${name} ready`),
      );
      const left = await leftovers(workspace.cluster);
      expect(left.containers).toEqual(NODES.map((name) => witness.containerOf(name)));
      expect(left.volumes).toEqual(left.containers);
    },
    UP_MS,
  );

  testInAll(
    "a drained pool loses its tasks and gets them back when it is active again",
    async () => {
      const { workspace, witness } = shared;
      workspace.configure({ workers: [{ ...pool, availability: "drain" }] });
      const changed = { [`NodeSpecs ${workspace.cluster}`]: "update" };
      expect((await workspace.up()).changes).toEqual(changed);
      expect((await witness.node("app-1")).Spec.Availability).toBe("drain");
      await Promise.all([witness.untilTasks("app-1", 0), witness.untilTasks("app-2", 0)]);

      workspace.configure(SETTINGS);
      expect((await workspace.up()).changes).toEqual(changed);
      expect((await witness.node("app-1")).Spec.Availability).toBe("active");
      // The global gateway returns; replicas move only when something else makes them.
      await Promise.all([witness.untilTasks("app-1", 1), witness.untilTasks("app-2", 1)]);
    },
    UP_MS,
  );
}
