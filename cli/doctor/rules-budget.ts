import { recordsOf } from "../../swarm/network-truth/records";
import type { NetworkRecord, Records } from "../../swarm/network-truth/network-facts";
import { parseCidr } from "../../validation/cidr";
import { count, fail, machineRule, pass, swarmRule, warn, type Rule } from "./finding";

/** An update that starts new tasks first needs room for them, and a node that joins for its load balancer. */
const NEARLY_FULL = 0.8;
const FULL = 0.95;

const LARGER =
  "Tasks without an address stay pending. Give the network a larger `subnet`, which makes it anew; `swarm.subnetSize` is " +
  "for networks to come.";

export const budgetRules: Rule[] = [
  swarmRule("address budget", ({ nodes, services, tasks, overlays }) => {
    const records = recordsOf(nodes, services, tasks, overlays);
    const budgets = records.networks
      .map((network) => budgetOf(network, records))
      .filter(({ room }) => room > 0)
      .sort((a, b) => b.part - a.part);
    if (budgets.length === 0) return pass("no overlay network");
    const tight = budgets.filter(({ part }) => part >= NEARLY_FULL);
    if (tight.length === 0) return pass(`fullest is ${budgets[0].text}`);
    const judge = tight[0].part >= FULL ? fail : warn;
    return judge(tight.map(({ text }) => text).join("; "), LARGER);
  }),

  machineRule("overlay MTU", ({ network }) => {
    if (!network) return undefined;
    const { records, nodes } = network.look;
    const paths = nodes.flatMap(({ node, paths: own }) => own.map((path) => ({ node, ...path })));
    if (paths.length === 0) return undefined;
    const narrow = paths.reduce((a, b) => (b.mtu < a.mtu ? b : a));
    const tooLarge = records.networks.filter(({ pathMtu }) => pathMtu > narrow.mtu);
    if (tooLarge.length === 0) return pass(`the paths between nodes carry ${narrow.mtu} bytes`);
    const names = tooLarge.map(({ name, pathMtu }) => `${name} (${pathMtu})`).join(", ");
    return warn(
      `${narrow.node} reaches ${narrow.to} through ${narrow.device} with ${narrow.mtu} bytes, and these networks are made ` +
        `for more: ${names}; what is larger is cut up, or lost on the way`,
      `\`driver_opts: { com.docker.network.driver.mtu: "${narrow.mtu}" }\`, which makes a new network that the services move to; ` +
        "ingress as well: " +
        "docker network rm ingress, docker network create --ingress --driver overlay --opt …",
    );
  }),
];

interface Budget {
  /** Addresses that can be given. */
  room: number;
  /** Part of them in use. */
  part: number;
  text: string;
}

/** Every service has a virtual address, every task one, and every node with a task one for its load balancer. */
function budgetOf(
  { id, name, subnets, isIngress }: NetworkRecord,
  { services, tasks, nodes }: Records,
): Budget {
  // The first and the last one of a range, and the gateway's.
  const room = subnets.reduce((sum, text) => sum + (sizeOf(text) > 3 ? sizeOf(text) - 3 : 0), 0);
  const own = tasks.filter(({ addresses }) => id in addresses);
  const virtual = services.filter(({ vips }) => id in vips).length;
  const balancers = isIngress ? nodes.length : new Set(own.map(({ nodeId }) => nodeId)).size;
  const used = virtual + own.length + balancers;
  const parts = [`${virtual} virtual`, count(own.length, "task"), count(balancers, "load balancer")];
  return {
    room,
    part: room > 0 ? used / room : 0,
    text: `${name}, ${used} of ${room} (${parts.join(", ")})`,
  };
}

function sizeOf(subnet: string): number {
  const cidr = parseCidr(subnet);
  return cidr ? 2 ** (32 - cidr.prefix) : 0; // IPv6 does not run out.
}
