import type { Balancer, NodeLook, ServiceRecord } from "./network-facts";
import { presentOf, tasksOf } from "./judge-names";
import type { NetworkLook } from "./look";
import type { Wrong } from "./wrong";

const NO_IPVS =
  "Load it there: modprobe ip_vs. Where the kernel has none, use `endpoint_mode: dnsrr` and ports in host mode.";

const RESTART = "Drain that node, restart its Docker Engine, and make it active again.";

/** What every node's balancers do with virtual addresses against the tasks that are behind them. */
export function judgeBalancers(look: NetworkLook): Wrong[] {
  return look.nodes.flatMap((node) =>
    Object.entries(node.networks).flatMap(([networkId, { balancer }]) =>
      balancer ? judgeBalancer(balancer, networkId, node, look) : [],
    ),
  );
}

function judgeBalancer(
  balancer: Balancer,
  networkId: string,
  { node }: NodeLook,
  look: NetworkLook,
): Wrong[] {
  const network = look.records.networks.find(({ id }) => id === networkId);
  if (!network) return [];
  const served = look.records.services.filter(
    (service) =>
      networkId in service.vips &&
      tasksOf(service, networkId, look.records).some(({ isServing }) => isServing),
  );
  if (served.length === 0) return [];
  const finding = (fault: string, subject: string, text: string, remedy: Wrong["remedy"]): Wrong => ({
    key: [node, networkId, "balancer", fault, subject].join(" "),
    node,
    network: { id: network.id, name: network.name },
    table: "balancer",
    isHarmless: false,
    text: `${network.name} on ${node}: ${text}`,
    remedy,
  });
  if (!balancer.isThere) {
    const names = served.map(({ name }) => name).join(", ");
    const what = network.isIngress ? "published ports" : "virtual addresses";
    const text = `the kernel has no IPVS, so ${what} of ${names} pass no traffic`;
    return [finding("none", "", text, { do: "nothing", advice: NO_IPVS })];
  }
  return served.flatMap((service) => {
    const vip = service.vips[networkId];
    const refresh: Wrong["remedy"] = { do: "refresh", service: service.name };
    const mark = balancer.marks[vip] as string | undefined;
    if (mark === undefined || !(mark in balancer.destinations)) {
      // As long as one of its tasks is there the engine thinks that it has made it.
      const anew: Wrong["remedy"] = network.isIngress ? { do: "nothing", advice: RESTART } : { do: "rejoin" };
      return [finding("vip", vip, `the virtual address ${vip} of ${service.name} has no balancer`, anew)];
    }
    return judgeDestinations(balancer.destinations[mark], service, networkId, look).map(({ ip, isStale }) =>
      isStale
        ? finding(
            "stale",
            ip,
            `the balancer of ${service.name} sends to ${ip}, which none of its tasks has`,
            {
              do: "forget",
              address: ip,
              service: service.name,
            },
          )
        : finding("lacks", ip, `the balancer of ${service.name} does not send to ${ip}`, refresh),
    );
  });
}

function judgeDestinations(
  destinations: Balancer["destinations"][string],
  service: ServiceRecord,
  networkId: string,
  look: NetworkLook,
): { ip: string; isStale: boolean }[] {
  const own = tasksOf(service, networkId, look.records);
  const active = destinations.filter(({ weight }) => weight > 0).map(({ ip }) => ip);
  const allowed = new Set([...own.map(({ address }) => address), ...presentOf(service, networkId, look)]);
  return [
    ...own
      .filter(({ isServing, address }) => isServing && !active.includes(address))
      .map(({ address }) => ({ ip: address, isStale: false })),
    ...active.filter((ip) => !allowed.has(ip)).map((ip) => ({ ip, isStale: true })),
  ];
}
