import { claims } from "./fixtures/doctor-claims";
import {
  down,
  machine,
  node,
  service,
  SWARM,
  withMachines,
  withNodes,
  withSwarm,
} from "./fixtures/doctor-facts";

/** Of a member that no program gave a name. */
const UNNAMED = { Labels: {}, Role: "worker", Availability: "active" } as const;

const GIB = 2 ** 20;
const disk = (freeKiB: number) =>
  withMachines(machine("app-1", { disk: { folder: "/var/lib/docker", sizeKiB: 100 * GIB, freeKiB } }));
const engine = (EngineVersion: string) => ({ Description: { Hostname: "app-1", Engine: { EngineVersion } } });
const services = (...found: ReturnType<typeof service>[]) => withSwarm({ services: found });

claims("machines answer", [
  [
    "one does not",
    withMachines(machine("app-1", { failure: "the container does not run." })),
    /^fail: app-1: the container does not run\. → .*--refresh$/,
  ],
]);

claims("nodes up", [
  ["one is Down", withNodes(node("app-1", down)), /^fail: app-1 is down → .*--refresh$/],
  [
    "one left the swarm by hand: a refresh alone would not help",
    { ...withNodes(node("app-1", down)), machines: [machine("app-1", { swarmState: "inactive" })] },
    /^fail: app-1 is down → npm run swarm -- docker node rm --force id-app-1, then npm run up -- --refresh$/,
  ],
  [
    "a new leader has not heard from one yet",
    {
      ...withNodes(node("app-1", { Status: { State: "unknown", Addr: "" } })),
      machines: [machine("app-1", { swarmState: "inactive" })],
    },
    /^fail: app-1 is unknown → Bring back .*--refresh$/,
  ],
  ["one is no member", withSwarm({ nodes: SWARM.nodes.slice(0, 3) }), /^fail: app-1 is no member → /],
  ["a dead twin beside it", withNodes(node("app-1", { ID: "dead", ...down })), /^pass: all 4/],
  [
    "a stranger has the host name of one that is Down: it is no successor",
    withNodes(node("app-1", down), { ...node("app-1"), ID: "x", CreatedAt: "2027", Spec: UNNAMED }),
    /^fail: app-1 is down → Bring back .*--refresh$/,
  ],
]);

claims("nodes of others", [
  [
    "one that is Down",
    withNodes(node("old-1", down)),
    /^warn: old-1 \(id-old-1\) is down → .*node rm --force ID$/,
  ],
  ["one that is Ready", withNodes(node("old-1")), /^warn: old-1 \(id-old-1\) is ready → /],
  ["a dead twin", withNodes(node("app-1", { ID: "dead", ...down })), /^warn: app-1 \(dead\) is down → /],
  [
    "one with the host name of another",
    withNodes({ ...node("app-1"), ID: "x", Spec: UNNAMED }),
    /^warn: app-1 \(x\) is ready → /,
  ],
]);

claims("availability", [
  [
    "one was drained by hand",
    withNodes(node("app-1", { Spec: { Availability: "drain" } })),
    /^warn: app-1 is drain, the program says active → .*--refresh$/,
  ],
]);

claims("engine versions", [
  [
    "two of them",
    withNodes(node("app-1", engine("28.2.2"))),
    /^warn: 26\.1\.5 on manager-1, manager-2, manager-3; 28\.2\.2 on app-1 → Finish the upgrade/,
  ],
  [
    "one is too old",
    withNodes(node("app-1", engine("20.10.24"))),
    /^fail: .*20\.10\.24 on app-1 → .*than Engine 25/,
  ],
  [
    "that of a node Down does not count",
    withNodes(node("app-1", { ...engine("20.10.24"), ...down })),
    /^pass: 26\.1\.5/,
  ],
]);

claims("disk space", [
  ["enough", disk(15 * GIB), /^pass: least is free on app-1 15\.0 GiB \(15 %\)/],
  ["little", disk(14 * GIB), /^warn: little is free: app-1 14\.0 GiB \(14 %\) → .*docker system prune/],
  ["hardly any", disk(4 * GIB), /^fail: little is free: app-1 4\.0 GiB \(4 %\) → /],
]);

const web = service("web", 0);
const failed = {
  ID: "t1",
  Version: { Index: 1 },
  CreatedAt: "",
  ServiceID: web.ID,
  NodeID: "n1",
  Slot: 1,
  DesiredState: "shutdown",
  Status: { State: "rejected", Err: "No such image: web:1", Timestamp: "2026-11-30T00:00:00Z" },
  Spec: {},
};

claims("services", [
  [
    "short of replicas, with the newest task's error",
    withSwarm({ services: [web], tasks: [failed] }),
    /^fail: web 0\/2; task web\.1 is rejected: No such image: web:1 → .*docker service ps/,
  ],
  [
    "in an update",
    services(service("web", 1, { UpdateStatus: { State: "updating" } })),
    /^warn: web is being updated → /,
  ],
  [
    "rolled back",
    services(service("web", 2, { UpdateStatus: { State: "rollback_completed", Message: "why" } })),
    /^fail: service web: its update ended as rollback_completed: why/,
  ],
]);
