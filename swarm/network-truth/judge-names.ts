import type { NodeLook, Records, ServiceRecord } from "./network-facts";
import type { NetworkLook } from "./look";
import { servicesIn } from "./questions";
import type { Wrong } from "./wrong";

/** Addresses that a name has to lead to, and those that it may lead to besides: of tasks that come and go. */
interface Wanted {
  needed: string[];
  allowed: Set<string>;
}

/** What every node's DNS server answers against the tasks and virtual addresses that the managers know. */
export function judgeNames(look: NetworkLook): Wrong[] {
  return look.nodes.flatMap((node) =>
    Object.entries(node.networks).flatMap(([networkId, { answers }]) =>
      answers
        ? servicesIn(networkId, look.records).flatMap((service) =>
            [service.name, `tasks.${service.name}`]
              .filter((name) => name in answers.byName)
              .flatMap((name) => judgeName(name, service, networkId, answers.byName[name], node, look)),
          )
        : [],
    ),
  );
}

/**
 * Tasks that their own node does not lead to, which needs no gossip. An engine keeps only in memory what service a container
 * is of (moby, executor/container/adapter.go, UpdateContainerServiceConfig): one that dies after it made a task's container
 * and before it started it, starts it when it is back, and announces it without a service. It runs, it is healthy, and nobody
 * finds it until it is replaced.
 */
export function judgeAnnounced(look: NetworkLook): Wrong[] {
  return judgeNames(look).filter(({ node, network, lacks }) =>
    look.nodes.some(
      (own) => own.node === node && own.networks[network.id].endpoints.some(({ ip }) => ip === lacks),
    ),
  );
}

function judgeName(
  name: string,
  service: ServiceRecord,
  networkId: string,
  answer: readonly string[],
  { node, networks }: NodeLook,
  look: NetworkLook,
): Wrong[] {
  // A task in several networks may be told of the service in another one of them.
  const others = Object.keys(networks).filter(
    (id) => id !== networkId && isFit(answer, wantedOf(name, service, id, look)),
  );
  if (others.length > 0) return [];
  const { needed, allowed } = wantedOf(name, service, networkId, look);
  const network = look.records.networks.find(({ id }) => id === networkId) ?? {
    id: networkId,
    name: networkId,
  };
  const finding = (fault: string, address: string, text: string, remedy: Wrong["remedy"]): Wrong => ({
    key: [node, networkId, "names", name, fault, address].join(" "),
    node,
    network: { id: network.id, name: network.name },
    table: "names",
    isHarmless: false,
    text: `${network.name} on ${node}: ${text}`,
    remedy,
  });
  const lacking = needed.filter((address) => !answer.includes(address));
  return [
    ...lacking.map((address) => ({
      ...finding("lacks", address, `the name ${name} does not lead to ${address}`, {
        do: "refresh",
        service: service.name,
      }),
      lacks: address,
    })),
    ...answer
      .filter((address) => !allowed.has(address))
      .map((address) =>
        finding("stale", address, `the name ${name} leads to ${address}, which none of its tasks has`, {
          do: "forget",
          address,
          service: service.name,
        }),
      ),
  ];
}

function isFit(answer: readonly string[], { needed, allowed }: Wanted): boolean {
  return (
    needed.length > 0 && needed.every((ip) => answer.includes(ip)) && answer.every((ip) => allowed.has(ip))
  );
}

function wantedOf(name: string, service: ServiceRecord, networkId: string, look: NetworkLook): Wanted {
  const vip = service.vips[networkId];
  const own = tasksOf(service, networkId, look.records);
  if (vip === undefined || name !== service.name) {
    return {
      needed: own.filter(({ isServing }) => isServing).map(({ address }) => address),
      allowed: new Set([...own.map(({ address }) => address), ...presentOf(service, networkId, look)]),
    };
  }
  // The name of a service without tasks is not known to anybody.
  return { needed: own.some(({ isServing }) => isServing) ? [vip] : [], allowed: new Set([vip]) };
}

export function tasksOf(
  { id }: ServiceRecord,
  networkId: string,
  { tasks }: Records,
): { address: string; isServing: boolean }[] {
  return tasks.flatMap(({ serviceId, addresses, isServing }) =>
    serviceId === id && networkId in addresses ? [{ address: addresses[networkId], isServing }] : [],
  );
}

/** Addresses that containers of the service have, whatever the managers say of their tasks. */
export function presentOf({ name }: ServiceRecord, networkId: string, { nodes }: NetworkLook): string[] {
  return nodes.flatMap(({ networks }) =>
    (networks[networkId]?.endpoints ?? [])
      .filter((endpoint) => endpoint.name.startsWith(`${name}.`))
      .map(({ ip }) => ip),
  );
}
