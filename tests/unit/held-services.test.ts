import type { SwarmNodeInspect } from "../../docker/api/node";
import type { Service } from "../../docker/api/service";
import type { Task } from "../../docker/api/task";
import type { Waiting } from "../../foundation/context";
import { Session } from "../../foundation/session";
import { heldServices } from "../../swarm/rollout/held-services";
import { leavesFirst, noteDisks, noteDisksOfMember, volumesThatStay } from "../../swarm/volumes/kept-disks";

const node = (ID: string, labels: Record<string, string> = {}) =>
  ({
    ID,
    Spec: { Availability: "active", Role: "worker", Labels: labels },
    Status: { State: "ready" },
    Description: { Hostname: ID, Platform: {}, Resources: {}, Engine: {} },
  }) as unknown as SwarmNodeInspect;
const service = (ID: string, volume?: string, constraint?: string) =>
  ({
    ID,
    Spec: {
      Name: ID,
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ContainerSpec: { Mounts: volume ? [{ Type: "volume", Source: volume, Target: "/data" }] : [] },
        Placement: { Constraints: constraint ? [constraint] : [] },
      },
    },
  }) as unknown as Service;

const services = [
  service("db", "pgdata", "node.labels.disk==yes"),
  service("loose", "pgdata"),
  service("exporter", undefined, "node.labels.disk==yes"),
  service("web"),
  service("elsewhere", "pgdata"),
];
const tasks = services.map(
  ({ ID }) =>
    ({
      ServiceID: ID,
      NodeID: ID === "elsewhere" ? "other" : "leaving",
      Status: { State: "running" },
      Spec: {},
    }) as unknown as Task,
);
const nodes = [node("leaving", { disk: "yes" }), node("other")];

jest.mock("../../swarm/managers", () => ({
  onManager: (_managers: unknown, _waiting: unknown, work: (engine: unknown) => unknown) =>
    work({
      get: (_action: string, at: string) =>
        Promise.resolve({ "/nodes": nodes, "/services": services, "/tasks": tasks }[at]),
    }),
}));

const session = new Session();
const waiting: Waiting = { session, signal: new AbortController().signal, progress: () => undefined };
const member = { name: "leaving", nodeId: "leaving", managers: [] };

test("services whose files stay, or that have no other place, wait for the next machine of their node", async () => {
  const { ids, astray } = await heldServices(member, ["pgdata"], waiting);
  expect([...ids].sort()).toEqual(["db", "exporter", "loose"]);
  expect(astray).toEqual(["loose"]);
});

test("without volumes that stay nothing waits", async () => {
  expect((await heldServices(member, [], waiting)).ids.size).toBe(0);
});

test("a volume stays where the node of the program has the same disk, and not another host's or none", () => {
  const disks = { pgdata: "192.0.2.1:/srv/pgdata", wal: "192.0.2.1:/srv/wal" };
  const at = { clusterId: "c1", name: "db-1" };
  noteDisksOfMember({ nodeId: "n1", disks }, { session });
  expect(volumesThatStay({ ...at, nodeId: "n1" }, { session })).toEqual([]);
  expect(leavesFirst(at, { session })).toBe(false);
  noteDisks({ ...at, disks: { ...disks, wal: "192.0.2.9:/srv/wal" } }, { session });
  expect(volumesThatStay({ ...at, nodeId: "n1" }, { session })).toEqual(["pgdata"]);
  expect(volumesThatStay({ ...at, name: "db-2", nodeId: "n1" }, { session })).toEqual([]);
  expect(leavesFirst(at, { session })).toBe(true);
});
