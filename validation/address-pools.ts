import { overlaps, parseCidr, type Cidr } from "./cidr";
import { show, type Problem } from "./problem";

interface Pools {
  defaultAddrPool?: string[];
  subnetSize?: number;
}

const DEFAULT_SUBNET_SIZE = 24;
/** Of 10.0.0.0/8, which the engine cuts networks from where no pools are given. */
const DEFAULT_POOL_PREFIX = 8;
/** A larger prefix leaves no room for the addresses that every overlay network needs for itself. */
const LONGEST_SUBNET = 29;

/**
 * Overlay networks are cut from the pools, so a pool may overlap nothing that the nodes have to reach:
 * not another pool, not the network between the nodes, not a route of the host.
 */
export function checkAddressPools(
  pools: Pools,
  nodeNetwork: string | undefined,
  hostRoutes: string[],
): Problem[] {
  const problems: Problem[] = [];
  const report = (where: string, text: string) => problems.push({ where, text });
  const ranges: { where: string; cidr: Cidr }[] = [];

  (pools.defaultAddrPool ?? []).forEach((pool, index) => {
    const where = `defaultAddrPool[${index}]`;
    const cidr = parseCidr(pool);
    if (cidr) ranges.push({ where, cidr });
    else
      report(
        where,
        `${show(pool)} is not an IPv4 range in CIDR form with host bits zero. Write it like "10.20.0.0/16".`,
      );
  });

  if (pools.subnetSize !== undefined && !isSubnetSize(pools.subnetSize)) {
    report(
      "subnetSize",
      `${show(pools.subnetSize)} is not a prefix length from 1 to ${LONGEST_SUBNET}. The default is 24.`,
    );
  }
  const size = pools.subnetSize ?? DEFAULT_SUBNET_SIZE;
  if (ranges.length === 0 && isSubnetSize(size) && size < DEFAULT_POOL_PREFIX) {
    report(
      "subnetSize",
      `networks of /${size} do not fit into the engine's own pool 10.0.0.0/8. Use 8 or more, or give larger pools.`,
    );
  }
  ranges.forEach(({ where, cidr }, index) => {
    if (size < cidr.prefix) {
      report(
        where,
        `${cidr.text} is smaller than one network of subnetSize ${size} (/${size}). Use a larger pool or a larger subnetSize.`,
      );
    }
    for (const other of ranges.slice(0, index)) {
      if (overlaps(cidr, other.cidr))
        report(where, `${cidr.text} overlaps ${other.where} ${other.cidr.text}. Use separate ranges.`);
    }
  });
  return [...problems, ...checkPoolsClear(pools.defaultAddrPool, nodeNetwork, hostRoutes)];
}

/** Only what a platform knows of: whether a pool overlaps the network between the nodes or a route of the host. */
export function checkPoolsClear(
  pools: string[] = [],
  nodeNetwork: string | undefined,
  hostRoutes: string[],
): Problem[] {
  const node = nodeNetwork ? parseCidr(nodeNetwork) : undefined;
  const routes = hostRoutes.map(parseCidr).filter((route) => route !== undefined);
  return pools.flatMap((pool, index) => {
    const where = `defaultAddrPool[${index}]`;
    const cidr = parseCidr(pool);
    if (!cidr) return [];
    return [
      ...(node && overlaps(cidr, node)
        ? [
            {
              where,
              text: `${cidr.text} overlaps the nodes' own network ${node.text}. Move the pool, or give the node network another \`subnet\`.`,
            },
          ]
        : []),
      ...routes
        .filter((route) => overlaps(cidr, route))
        .map((route) => ({
          where,
          text: `${cidr.text} overlaps the host's route to ${route.text}, which would be cut off. Use another range.`,
        })),
    ];
  });
}

function isSubnetSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= LONGEST_SUBNET;
}
