import type { Endpoint, Entries, NetworkRecord } from "./network-facts";
import type { NetworkLook } from "./look";
import { tunnelsOf } from "./tunnels";
import type { KernelEntry, Wrong } from "./wrong";

interface Owned extends Endpoint {
  node: string;
}

/** One node's tables of one network, and all that the other nodes have in it. */
interface Table {
  network: NetworkRecord;
  node: string;
  entries: Entries;
  foreign: Owned[];
}

/** Neighbour and forwarding entries of every node against what the other nodes have. */
export function judgeEntries(look: NetworkLook): Wrong[] {
  const tunnels = tunnelsOf(look);
  // Only where everybody was asked does an entry without an owner lead to nobody.
  const isWhole = look.nodes.every(({ failure }) => failure === undefined);
  return tablesOf(look).flatMap((table) => [
    ...table.foreign.flatMap((endpoint) => neighbourOf(endpoint, table)),
    ...table.foreign.flatMap((endpoint) => forwardingOf(endpoint, tunnels.get(endpoint.node), table)),
    ...(isWhole ? leftOver(table) : []),
  ]);
}

function tablesOf({ records, nodes }: NetworkLook): Table[] {
  return records.networks.flatMap((network) => {
    const owned = nodes.flatMap(({ node, networks }) =>
      (networks[network.id]?.endpoints ?? []).map((endpoint): Owned => ({ ...endpoint, node })),
    );
    return nodes.flatMap(({ node, networks }) => {
      const entries = networks[network.id]?.entries;
      return entries
        ? [{ network, node, entries, foreign: owned.filter((endpoint) => endpoint.node !== node) }]
        : [];
    });
  });
}

function neighbourOf({ ip, mac, name, node }: Owned, table: Table): Wrong[] {
  const found = table.entries.neighbours.find((entry) => entry.ip === ip);
  if (found?.mac === mac) return [];
  const state = found ? `has ${found.mac} instead of ${mac}` : "is missing";
  const text = `the neighbour entry of ${ip}, ${shortName(name)} on ${node}, ${state}`;
  return [wrongEntry(table, { kind: "neighbour", ip, mac }, text)];
}

function forwardingOf({ ip, mac, name, node }: Owned, to: string | undefined, table: Table): Wrong[] {
  const found = table.entries.forwarding.filter((entry) => entry.mac === mac);
  if (to === undefined || found.some((entry) => entry.to === to)) return [];
  const state =
    found.length > 0
      ? `leads to ${found.map((entry) => entry.to).join(", ")} instead of ${to}`
      : "is missing";
  const text = `the forwarding entry of ${ip} (${mac}), ${shortName(name)} on ${node}, ${state}`;
  return [wrongEntry(table, { kind: "forwarding", mac, to, isGone: false }, text)];
}

/** Harmless until its address is given again: the engine may then fail to write its own entry. */
function leftOver(table: Table): Wrong[] {
  const { entries, foreign } = table;
  const left = "is left, and no other node has it";
  return [
    ...entries.neighbours
      .filter(({ ip }) => !foreign.some((endpoint) => endpoint.ip === ip))
      .map(({ ip, mac }) =>
        wrongEntry(table, { kind: "neighbour", ip }, `the neighbour entry of ${ip} (${mac}) ${left}`),
      ),
    ...entries.forwarding
      .filter(({ mac }) => !foreign.some((endpoint) => endpoint.mac === mac))
      .map(({ mac, to }) =>
        wrongEntry(
          table,
          { kind: "forwarding", mac, to, isGone: true },
          `the forwarding entry of ${mac} to ${to} ${left}`,
        ),
      ),
  ];
}

type Subject = KernelEntry extends infer E ? (E extends E ? Omit<E, "namespace" | "device"> : never) : never;

function wrongEntry({ network: { id, name }, node, entries }: Table, subject: Subject, text: string): Wrong {
  const { namespace, device } = entries;
  const isNeighbour = subject.kind === "neighbour";
  const table = isNeighbour ? "neighbours" : "forwarding";
  return {
    key: [node, id, table, isNeighbour ? subject.ip : `${subject.mac} ${subject.to}`].join(" "),
    node,
    network: { id, name },
    table,
    isHarmless: isNeighbour ? subject.mac === undefined : subject.isGone,
    text: `${name} on ${node}: ${text}`,
    remedy: { do: "write", entry: { namespace, device, ...subject } as KernelEntry },
  };
}

/** "web.1" of "web.1.<task ID>". */
export function shortName(name: string): string {
  return name.replace(/\.[0-9a-z]{25}$/, "");
}
