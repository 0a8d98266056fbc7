import { overlaps, parseCidr, type Cidr } from "./cidr";
import { show, type Problem } from "./problem";

interface Pools {
  defaultAddrPool?: string[];
  subnetSize?: number;
}

const DEFAULT_SUBNET_SIZE = 24;
/** A larger prefix leaves no room for the addresses that every overlay network needs for itself. */
const LONGEST_SUBNET = 29;

/**
 * Overlay networks are cut from the pools, so a pool may overlap nothing that the nodes have to reach:
 * not another pool, not the network between the nodes, not a route of the host.
 */
export function checkAddressPools(pools: Pools, nodeNetwork: string | undefined, hostRoutes: string[]): Problem[] {
  const problems: Problem[] = [];
  const report = (where: string, text: string) => problems.push({ where, text });
  const ranges: { where: string; cidr: Cidr }[] = [];

  (pools.defaultAddrPool ?? []).forEach((pool, index) => {
    const where = `defaultAddrPool[${index}]`;
    const cidr = parseCidr(pool);
    if (cidr) ranges.push({ where, cidr });
    else report(where, `${show(pool)} is not an IPv4 range in CIDR form with host bits zero. Write it like "10.20.0.0/16".`);
  });

  if (pools.subnetSize !== undefined && !isSubnetSize(pools.subnetSize)) {
    report("subnetSize", `${show(pools.subnetSize)} is not a prefix length from 1 to ${LONGEST_SUBNET}. The default is 24.`);
  }
  ranges.forEach(({ where, cidr }, index) => {
    const size = pools.subnetSize ?? DEFAULT_SUBNET_SIZE;
    if (size < cidr.prefix) {
      report(where, `${cidr.text} is smaller than one network of subnetSize ${size} (/${size}). Use a larger pool or a larger subnetSize.`);
    }
    for (const other of ranges.slice(0, index)) {
      if (overlaps(cidr, other.cidr)) report(where, `${cidr.text} overlaps ${other.where} ${other.cidr.text}. Use separate ranges.`);
    }
    const node = nodeNetwork ? parseCidr(nodeNetwork) : undefined;
    if (node && overlaps(cidr, node)) {
      report(where, `${cidr.text} overlaps the nodes' own network ${node.text}. Move the pool, or give the node network another \`subnet\`.`);
    }
    for (const route of hostRoutes.map(parseCidr)) {
      if (route && overlaps(cidr, route)) {
        report(where, `${cidr.text} overlaps the host's route to ${route.text}, which would be cut off. Use another range.`);
      }
    }
  });
  return problems;
}

function isSubnetSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= LONGEST_SUBNET;
}
