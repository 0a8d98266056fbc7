import type { NetworkRecord, NodeRecord, Records, TaskRecord } from "./network-facts";
import type { NetworkQuestions, Questions } from "./node-script";

/** More names in one network are not asked: the look has to end. */
export const MOST_NAMES = 200;

/** What a node is asked for: the networks that its tasks are in, and ingress, which is everywhere. */
export function questionsFor(node: NodeRecord, records: Records): Questions {
  const own = records.tasks.filter(({ nodeId }) => nodeId === node.id);
  return {
    networks: networksOf(own, records).map((network): NetworkQuestions => {
      const asker = network.isIngress ? undefined : askerIn(network, own);
      return {
        id: network.id,
        isIngress: network.isIngress,
        ...(asker && { asker: { ...asker, names: namesIn(network, records) } }),
      };
    }),
    peers: records.nodes.filter(({ id }) => id !== node.id).map(({ address }) => address),
  };
}

/** The networks that a node takes part in, as far as the managers know. */
export function networksOf(own: readonly TaskRecord[], { networks }: Records): NetworkRecord[] {
  return networks.filter(({ id, isIngress }) => isIngress || own.some(({ addresses }) => id in addresses));
}

/** The name of a service leads to its virtual address or to its tasks, that with "tasks." in front always to these. */
export function namesIn(network: NetworkRecord, records: Records): string[] {
  return servicesIn(network.id, records)
    .flatMap(({ name }) => [name, `tasks.${name}`])
    .slice(0, MOST_NAMES);
}

/** Services that have a virtual address or a task in a network. */
export function servicesIn(networkId: string, { services, tasks }: Records): Records["services"] {
  const ids = new Set(
    tasks.filter(({ addresses }) => networkId in addresses).map(({ serviceId }) => serviceId),
  );
  return services.filter(({ id, vips }) => networkId in vips || ids.has(id));
}

/** The task that is in the fewest networks: what it is told of a name can come from the fewest. */
function askerIn(
  { id }: NetworkRecord,
  own: readonly TaskRecord[],
): { name: string; pid: number } | undefined {
  const [asker] = own
    .filter(({ addresses, pid }) => id in addresses && pid)
    .sort((a, b) => Object.keys(a.addresses).length - Object.keys(b.addresses).length);
  return asker?.pid ? { name: asker.name, pid: asker.pid } : undefined;
}
