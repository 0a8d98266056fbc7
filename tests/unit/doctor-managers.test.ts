import type { DoctorFacts } from "../../cli/doctor/doctor-facts";
import { claims } from "./fixtures/doctor-claims";
import {
  down,
  machine,
  node,
  SOUND,
  unreachable,
  withMachines,
  withNodes,
  withSwarm,
} from "./fixtures/doctor-facts";

const away = (...names: string[]) => withNodes(...names.map((name) => node(name, unreachable)));
const more = (...numbers: number[]) => withNodes(...numbers.map((number) => node(`manager-${number}`)));
const dead = { ...unreachable, ...down };
const newer = { ID: "new", CreatedAt: "2026-11-25T12:00:00Z" };
const sameHost = (isContainer: boolean): DoctorFacts => ({
  ...SOUND,
  machines: SOUND.machines.map((one) => ({ ...one, host: "this host", isContainer })),
});
const zones = (...names: string[]) =>
  withNodes(...names.map((zone, index) => node(`manager-${index + 1}`, { Spec: { Labels: { zone } } })));

claims("locked managers", [
  [
    "a locked manager",
    withMachines(machine("manager-2", { swarmState: "locked" })),
    /^fail: manager-2: locked .* → Unlock: npm run swarm -- unlock$/,
  ],
]);

claims("quorum", [
  [
    "one is away",
    away("manager-2"),
    /^fail: 3 managers, 2 reachable, 0 may fail: the next one .* → .*--refresh$/,
  ],
  ["two are away", away("manager-2", "manager-3"), /^fail: .*QUORUM IS LOST → .*--refresh$/],
  [
    "one manager",
    withSwarm({ nodes: [node("manager-1"), node("app-1")] }),
    /^warn: 1 manager, 0 may fail → .*`managers: { count: 3 }` in a program$/,
  ],
]);

claims("number of managers", [
  [
    "four",
    more(4),
    /^warn: 4 managers, an even number.* than 3 would → Use 3 or 5: `managers: 5` in the configuration, .*$/,
  ],
  ["nine", more(4, 5, 6, 7, 8, 9), /^warn: 9 managers: .* → Use 7 or fewer/],
]);

claims("raft members", [
  [
    "one is away",
    withNodes(node("manager-2", dead)),
    /^fail: manager-2 \(id-manager-2\) is down and unreachable; each counts for the quorum → .*--refresh$/,
  ],
  [
    "one whose machine left the swarm",
    { ...withNodes(node("manager-2", dead)), machines: [machine("manager-2", { swarmState: "inactive" })] },
    /^fail: manager-2 \(id-manager-2\) will not come back: .* → npm run swarm -- docker node demote id-manager-2, /,
  ],
  [
    "a dead twin",
    withNodes(node("manager-2", dead), node("manager-2", newer)),
    /^fail: manager-2 \(id-manager-2\) will not come back: .*; .* → .*node demote id-manager-2, .* node rm --force id-manager-2, then .*--refresh$/,
  ],
]);

claims("managers apart", [
  ["containers of one host", sameHost(true), /^warn: 3 of 3 managers run on this host.* → .*laptops and CI/],
  ["machines with one address", sameHost(false), /^warn: 3 of 3 .* → Give each manager a machine of its own/],
  ["two of three in one zone", zones("a", "a", "b"), /^warn: 2 of 3 managers are in zone a.* → .*1-1-1/],
  ["three zones", zones("a", "b", "c"), /^pass: no host or zone holds the quorum/],
]);
