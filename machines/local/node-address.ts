import { ADDRESS_LABEL } from "../../schema/owner";
import { firstHosts, parseAddress, parseCidr } from "../../validation/cidr";
import { listContainers } from "../../docker/containers";
import { inspectEngineNetwork } from "../../docker/networks";
import { outerEngine } from "../../docker/outer";
import { inspectVolume } from "../../docker/volumes";
import { slot, type InSession } from "../../foundation/session";

/** Fourth bytes of the nodes' addresses in a range that has them; the lower ones stay Docker's to give to others. */
const FIRST_NODE = 16;
const LAST_NODE = 254;

interface Pool {
  range: string;
  free: string[];
}

const known = slot(() => new Map<string, Promise<Pool>>());

export interface NodeAddress {
  address: string;
  /** The addresses that the other nodes have, as `start-engine` takes them: `172.18.0 16 254`. */
  neighbours?: string;
}

/**
 * Takes a free address of the node network for a new container. Containers keep their address in a label, so stopped
 * ones count as well; the engine is asked once, as only one run at a time changes a Pulumi stack.
 */
export async function takeAddress(
  dockerHost: string | undefined,
  network: string,
  volume: string,
  context: InSession,
): Promise<NodeAddress> {
  const pools = context.session.get(known);
  const pool = pools.get(network) ?? readPool(dockerHost, network, context);
  pools.set(network, pool);
  const former = await formerAddress(dockerHost, volume, context);
  const { range, free } = await pool;
  const [address] =
    former && free.includes(former) ? free.splice(free.indexOf(former), 1) : free.splice(0, 1);
  if (address === undefined) {
    throw new Error(
      `The node network ${network} (${range}) has no free address left. Configure a larger \`subnet\`.`,
    );
  }
  return { address, neighbours: neighboursOf(address, range) };
}

/** The address of a container that was removed without its volume: as a manager it is known by that one. */
async function formerAddress(
  dockerHost: string | undefined,
  name: string,
  context: InSession,
): Promise<string | undefined> {
  const volume = await inspectVolume(outerEngine(dockerHost, context), name);
  return volume?.Labels?.[ADDRESS_LABEL];
}

async function readPool(dockerHost: string | undefined, network: string, context: InSession): Promise<Pool> {
  const engine = outerEngine(dockerHost, context);
  const found = await inspectEngineNetwork(engine, network);
  if (!found)
    throw new Error(`The node network ${network} is gone. Run \`pulumi up --refresh\` to make it again.`);
  const containers = await listContainers(engine, { label: [ADDRESS_LABEL] });
  const { Subnet: range = "", Gateway: gateway } = found.IPAM.Config?.[0] ?? {};
  const [bridge, ...hosts] = firstHosts(range);
  const taken = new Set([...containers.map(({ Labels }) => Labels[ADDRESS_LABEL]), gateway ?? bridge]);
  const free = hosts.filter((address) => !taken.has(address));
  return { range, free: [...free.filter(isNodes), ...free.filter((address) => !isNodes(address))] };
}

function isNodes(address: string): boolean {
  const fourth = (parseAddress(address) ?? 0) % 256;
  return fourth >= FIRST_NODE && fourth <= LAST_NODE;
}

/** Only where the whole of the address's first three bytes is ours: in smaller ranges the gateway may be among them. */
function neighboursOf(address: string, range: string): string | undefined {
  if ((parseCidr(range)?.prefix ?? 32) > 24 || !isNodes(address)) return undefined;
  return `${address.split(".").slice(0, 3).join(".")} ${FIRST_NODE} ${LAST_NODE}`;
}
