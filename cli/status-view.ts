import { describeQuorum } from "../swarm/nodes/quorum";
import type { ClusterState, NodeRow } from "./cluster-state";
import { table } from "../validation/table";
import { upCommand } from "../foundation/command-lines";

/** The state of a cluster as a person reads it. */
export function renderStatus(state: ClusterState): string {
  const parts = [
    `Cluster ${state.cluster}, swarm ${state.clusterId}: ${describeQuorum(state.quorum)}`,
    nodeTable(state.nodes),
    serviceTable(state),
    driftList(state),
  ];
  return parts.join("\n\n");
}

function nodeTable(nodes: readonly NodeRow[]): string {
  // `docker node ls` knows machines that were there before by their own names.
  const ownNames = nodes.some(({ name, hostname }) => name !== hostname);
  return table(
    [
      "NODE",
      ...(ownNames ? ["HOST"] : []),
      "ID",
      "ROLE",
      "STATUS",
      "AVAILABILITY",
      "ADDRESS",
      "LABELS",
      "ENGINE",
    ],
    nodes.map((node) => [
      node.name,
      ...(ownNames ? [node.hostname] : []),
      node.id,
      node.reachability ? `${node.role} (${node.reachability})` : node.role,
      node.status,
      node.availability,
      node.address,
      Object.entries(node.labels)
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join(" "),
      node.engine,
    ]),
  );
}

function serviceTable({ services }: ClusterState): string {
  if (services.length === 0) return "No services.";
  return table(
    ["SERVICE", "MODE", "REPLICAS", "IMAGE", "PORTS", "ADDRESSES"],
    services.map(({ name, mode, running, desired, completed, image, ports, addresses }) => [
      name,
      mode,
      completed === undefined ? `${running}/${desired}` : `${running} run, ${completed} completed`,
      image,
      ports.join(", "),
      shortened(addresses),
    ]),
  );
}

/** A service may answer at every node of a large cluster; `--json` has them all. */
const SHOWN_ADDRESSES = 2;

function shortened(addresses: readonly string[]): string {
  const more = addresses.length - SHOWN_ADDRESSES;
  return addresses.slice(0, SHOWN_ADDRESSES).join(" ") + (more > 0 ? ` and ${more} more` : "");
}

function driftList({ drift }: ClusterState): string {
  if (drift.length === 0) return "No drift: everything is as the program asks for.";
  const rows = table(
    ["DRIFT", "WANTED", "ACTUAL"],
    drift.map(({ where, wanted, actual }) => [where, wanted, actual]),
  );
  const remedies = drift.map(({ remedy }) => remedy ?? `Repair it: ${upCommand("--refresh")}`);
  return [rows, ...new Set(remedies)].join("\n");
}
