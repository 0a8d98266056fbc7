import { givenName, nodeName } from "../../swarm/nodes/node-name";
import { describeQuorum, quorumOf } from "../../swarm/nodes/quorum";
import type { SwarmNodeInspect } from "../../docker/api/node";
import { CIS } from "./cis";
import { count, fail, machineRule, pass, swarmRule, warn, type Rule } from "./finding";
import { isDead, removalOf } from "./dead-nodes";
import { tooManyTogether, zoneOf } from "./manager-places";
import { SWARM_COMMAND, upCommand } from "../../foundation/command-lines";

/** Docker's manual: more than seven managers slow down every change and survive hardly more. */
const MOST_MANAGERS = 7;

const BRING_BACK = `Bring back the managers that are away: ${SWARM_COMMAND} unlock, where they are locked; else ${upCommand("--refresh")}`;

export const managerRules: Rule[] = [
  machineRule("locked managers", ({ machines }) => {
    if (machines.every(({ swarmState }) => swarmState === undefined)) return undefined;
    const locked = machines.filter(({ swarmState }) => swarmState === "locked");
    if (locked.length === 0) return pass("none");
    return fail(
      `${namesOf(locked)}: locked by autolock since the engine started`,
      `Unlock: ${SWARM_COMMAND} unlock`,
    );
  }),

  swarmRule("quorum", ({ nodes }) => {
    const quorum = quorumOf(nodes);
    const found = describeQuorum(quorum);
    if (quorum.margin < 0) return fail(found, BRING_BACK);
    if (quorum.margin > 0) return pass(found);
    if (quorum.reachable < quorum.managers)
      return fail(`${found}: the next one that fails stops every change`, BRING_BACK);
    return warn(
      found,
      "Use 3 managers where the cluster is to survive the loss of one: `managers: 3` in the configuration, `managers: { count: 3 }` in a program",
    );
  }),

  swarmRule(
    "number of managers",
    ({ nodes }) => {
      const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus).length;
      const found = count(managers, "manager");
      if (managers > MOST_MANAGERS) {
        return warn(
          `${found}: every change is written by more than half of them`,
          `Use ${MOST_MANAGERS} or fewer.`,
        );
      }
      if (managers % 2 === 1) return pass(found);
      return warn(
        `${found}, an even number: it survives no more losses than ${managers - 1} would`,
        `Use ${managers - 1} or ${managers + 1}: \`managers: ${managers + 1}\` in the configuration, \`managers: { count: ${managers + 1} }\` in a program`,
      );
    },
    CIS.managers,
  ),

  swarmRule("raft members", ({ nodes }, { machines }) => {
    const away = nodes.filter(
      ({ ManagerStatus, Status }) =>
        ManagerStatus && (ManagerStatus.Reachability !== "reachable" || Status.State !== "ready"),
    );
    if (away.length === 0) return pass("all reachable");
    const dead = away.filter((node) => isDead(node, nodes, machines));
    const rest = away.filter((node) => !dead.includes(node));
    const found = [
      ...dead.map(
        (node) => `${describe(node)} will not come back: its machine is another node, or none, by now`,
      ),
      ...rest.map((node) => `${describe(node)} is ${node.Status.State} and ${reachabilityOf(node)}`),
    ].join("; ");
    const remedies = [...(rest.length > 0 ? [BRING_BACK] : []), ...dead.map(removalOf)];
    return fail(`${found}; each counts for the quorum`, remedies.join("; "));
  }),

  swarmRule("managers apart", ({ nodes }, { machines }) => {
    const members = nodes.filter(({ ManagerStatus }) => ManagerStatus);
    if (members.length < 3) return pass("too few managers for any place to matter");
    const machineOf = (node: SwarmNodeInspect) => machines.find(({ name }) => name === givenName(node));
    const hosts = tooManyTogether(members, (node) => machineOf(node)?.host || undefined);
    if (hosts) {
      const containers = members.every((node) => machineOf(node)?.isContainer);
      return warn(
        `${hosts.number} of ${members.length} managers run on ${hosts.place}: it takes the quorum along`,
        containers
          ? "Containers of one host are for laptops and CI; for more, give each manager a machine of its own."
          : "Give each manager a machine of its own.",
      );
    }
    const zones = tooManyTogether(members, zoneOf);
    if (!zones) return pass(members.some(zoneOf) ? "no host or zone holds the quorum" : "no host holds it");
    return warn(
      `${zones.number} of ${members.length} managers are in zone ${zones.place}: it takes the quorum along`,
      "Spread them over three zones: 1-1-1, 2-2-1 or 3-2-2.",
    );
  }),
];

function describe(node: SwarmNodeInspect): string {
  return `${nodeName(node)} (${node.ID})`;
}

function reachabilityOf({ ManagerStatus }: SwarmNodeInspect): string {
  return ManagerStatus?.Reachability ?? "no manager";
}

function namesOf(machines: readonly { name: string }[]): string {
  return machines.map(({ name }) => name).join(", ");
}
