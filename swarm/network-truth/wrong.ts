import { SWARM_COMMAND } from "../../foundation/command-lines";
/** An entry of a node that is not as the managers and the other nodes say. */
export interface Wrong {
  /** The same for the same fault in another look. */
  key: string;
  node: string;
  network: { id: string; name: string };
  /** Which table it is in. */
  table: "neighbours" | "forwarding" | "addresses" | "names" | "balancer";
  /** Nothing is lost by it yet: it leads to an address that nobody has. */
  isHarmless: boolean;
  /** What is wrong, with the values. */
  text: string;
  /** The address that a name should lead to, and does not. */
  lacks?: string;
  remedy: Remedy;
}

export type Remedy =
  /** A kernel entry is written, or taken away, where it is wrong. */
  | { do: "write"; entry: KernelEntry }
  /** The engines are told that an address is no longer there. */
  | { do: "forget"; address: string; service: string }
  /** The tasks of a service are replaced, one at a time: the engines announce the new ones. */
  | { do: "refresh"; service: string }
  /** The node's tasks go to other nodes once: with the last one its engine forgets the network, and makes it anew after. */
  | { do: "rejoin" }
  /** Nothing here could bring it. */
  | { do: "nothing"; advice: string };

/** A permanent entry in the namespace of a network; without what it leads to, it goes. */
export type KernelEntry = { namespace: string; device: string } & (
  | { kind: "neighbour"; ip: string; mac?: string }
  | { kind: "forwarding"; mac: string; to: string; isGone: boolean }
);

/** The remedy as a person reads it. */
export function describeRemedy({ node, network, remedy }: Wrong): string {
  switch (remedy.do) {
    case "write":
      return `on ${node}: ${commandOf(remedy.entry).join(" ")}`;
    case "forget":
      return `make the engines forget ${remedy.address} in ${network.name} (--repair-network does)`;
    case "refresh":
      return `${SWARM_COMMAND} docker service update --force ${remedy.service}`;
    case "rejoin":
      return `${SWARM_COMMAND} docker node update --availability drain ${node}, and active again`;
    case "nothing":
      return remedy.advice;
  }
}

/** What sets an entry right, on its node. */
export function commandOf(entry: KernelEntry): string[] {
  const inside = ["nsenter", `--net=${entry.namespace}`];
  if (entry.kind === "neighbour") {
    const { ip, mac, device } = entry;
    return mac === undefined
      ? [...inside, "ip", "neigh", "del", ip, "dev", device]
      : [...inside, "ip", "neigh", "replace", ip, "lladdr", mac, "dev", device, "nud", "permanent"];
  }
  const { mac, to, device, isGone } = entry;
  const action = isGone ? "del" : "replace";
  return [
    ...inside,
    "bridge",
    "fdb",
    action,
    mac,
    "dev",
    device,
    "dst",
    to,
    "self",
    ...(isGone ? [] : ["permanent"]),
  ];
}
