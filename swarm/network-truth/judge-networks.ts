import { judgeBalancers } from "./judge-balancers";
import { judgeEntries, shortName } from "./judge-entries";
import { judgeNames } from "./judge-names";
import type { NetworkLook } from "./look";
import type { Wrong } from "./wrong";

/** Everything that a node has otherwise than the managers and the other nodes say. */
export function judgeNetworks(look: NetworkLook): Wrong[] {
  return [...judgeAddresses(look), ...judgeEntries(look), ...judgeNames(look), ...judgeBalancers(look)];
}

/** One address that two containers have. */
function judgeAddresses({ records, nodes }: NetworkLook): Wrong[] {
  return records.networks.flatMap((network) => {
    const owners = new Map<string, { node: string; name: string }[]>();
    for (const { node, networks } of nodes) {
      for (const { ip, name } of networks[network.id]?.endpoints ?? []) {
        owners.set(ip, [...(owners.get(ip) ?? []), { node, name }]);
      }
    }
    return [...owners].flatMap(([ip, [first, second]]): Wrong[] => {
      if (second === undefined) return [];
      const both = [first, second].map(({ name, node }) => `${shortName(name)} on ${node}`).join(" and ");
      const task =
        [first, second].map(({ name }) => shortName(name)).find((name) => name.includes(".")) ?? "";
      const service = records.services.find(({ name }) => task.startsWith(`${name}.`));
      return [
        {
          key: [network.id, "addresses", ip].join(" "),
          node: second.node,
          network: { id: network.id, name: network.name },
          table: "addresses",
          isHarmless: false,
          text: `${network.name}: ${both} have the same address, ${ip}`,
          remedy: service
            ? { do: "refresh", service: service.name }
            : { do: "nothing", advice: "Replace one of the two: stop its container." },
        },
      ];
    });
  });
}

/** What of a look is missing, so that nothing can be said of it. */
export function notLookedAt({ records, nodes }: NetworkLook): string[] {
  return nodes.flatMap(({ node, failure, lacks, networks }) => {
    if (failure !== undefined) return [`${node}: ${failure}`];
    const lost = new Set<string>();
    for (const [id, { entries, answers }] of Object.entries(networks)) {
      const network = records.networks.find((one) => one.id === id);
      if (!entries) lost.add(`entries of ${network?.name ?? id}`);
      const nodeId = records.nodes.find(({ name }) => name === node)?.id;
      const hasTask = records.tasks.some(
        (task) => task.nodeId === nodeId && id in task.addresses && task.pid,
      );
      if (!answers && hasTask && !network?.isIngress) lost.add(`names in ${network?.name ?? id}`);
    }
    if (lost.size === 0) return [];
    const why = lacks.length > 0 ? ` (it lacks ${lacks.join(", ")})` : "";
    return [`${node}: ${[...lost].join(", ")}${why}`];
  });
}
