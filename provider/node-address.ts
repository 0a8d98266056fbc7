import { ADDRESS_LABEL } from "../contract/owner";
import { addressAt, firstHosts } from "../validation/cidr";
import { onOuterEngine } from "./outer";

/** Addresses given out by this process whose containers the engine may not list yet. */
const given = new Map<string, Set<string>>();
let turn: Promise<unknown> = Promise.resolve();

/**
 * Picks a free address of the node network for a new container. Containers keep their address in a label,
 * so stopped ones count as well; creations of one process take turns.
 */
export function reserveAddress(dockerHost: string | undefined, network: string): Promise<string> {
  const next = turn.then(
    () => pick(dockerHost, network),
    () => pick(dockerHost, network),
  );
  turn = next;
  return next;
}

async function pick(dockerHost: string | undefined, network: string): Promise<string> {
  const { id, range, gateway, used } = await onOuterEngine(dockerHost, `list addresses of ${network}`, async (docker) => {
    const found = await docker.getNetwork(network).inspect();
    const containers = await docker.listContainers({ all: true, filters: { label: [ADDRESS_LABEL], network: [found.Id] } });
    const config = found.IPAM?.Config?.[0];
    return {
      id: found.Id,
      range: config?.Subnet ?? "",
      gateway: config?.Gateway,
      used: containers.map(({ Labels }) => Labels[ADDRESS_LABEL]),
    };
  });
  const reserved = given.get(id) ?? new Set<string>();
  given.set(id, reserved);
  const taken = new Set([...used, ...reserved, gateway ?? addressAt(range, 1)]);
  const free = firstHosts(range).find((address) => !taken.has(address));
  if (!free) {
    throw new Error(`The node network ${network} (${range}) has no free address left. Configure a larger \`subnet\`.`);
  }
  reserved.add(free);
  return free;
}
