import type { LinkReport, PreflightReport, Probe } from "../../schema/preflight";
import type { Problem } from "../../validation/problem";
import { grouped, namesOf } from "./groups";
import type { Judgement } from "./judgement";
import { describeMs } from "./units";

/** Nodes further apart than machines of one data centre are: raft waits for a majority at every write. */
const FAR_MS = 10;
/** What VXLAN adds to every packet of an overlay network. */
const VXLAN_BYTES = 50;

const USE: Readonly<Record<string, string>> = {
  "2377/tcp": "Managers need it from every node",
  "7946/tcp": "Nodes need it from every other node",
  "7946/udp": "Nodes need it from every other node",
};

/** What is wrong between the machines. */
export function judgeLinks({ hosts, links }: PreflightReport): Judgement {
  return {
    problems: blocked(hosts.flatMap(({ name }) => links.filter(({ to }) => to === name))),
    warnings: [...far(links), ...narrow(links), ...mixedMtus(links)],
  };
}

interface Failed extends Probe {
  from: string;
  to: string;
}

function probesOf(links: readonly LinkReport[], state: Probe["state"]): Failed[] {
  return links.flatMap(({ from, to, probes }) =>
    probes.filter((probe) => probe.state === state).map((probe) => ({ ...probe, from, to })),
  );
}

/** One problem per port of a machine and reason: its firewall is what has to change, for all that are shut out. */
function blocked(links: readonly LinkReport[]): Problem[] {
  const failed = probesOf(links, "blocked");
  return [...grouped(failed, ({ to, port, reason }) => `${to} ${port} ${reason}`).values()].map((same) => {
    const [{ to, port, reason }] = same;
    const others = links.filter((link) => link.to === to).length;
    const from =
      same.length === others && others > 1 ? "every other node" : namesOf(same.map((one) => one.from));
    return {
      where: to,
      text:
        `${port} from ${from}: ${reason}. ${USE[port] ?? "Overlay networks need it from every other node"}; ` +
        remedyFor(to, reason),
    };
  });
}

function remedyFor(to: string, reason = ""): string {
  if (reason.endsWith("answers at that address")) return `give ${to} the address that is its own.`;
  return `open it in the firewall of ${to}, and in what lies between (security groups).`;
}

function far(links: readonly LinkReport[]): Problem[] {
  const pairs = links.filter(({ rttMs }) => rttMs !== undefined && rttMs > FAR_MS);
  if (pairs.length === 0) return [];
  const [worst] = [...pairs].sort((a, b) => (b.rttMs ?? 0) - (a.rttMs ?? 0));
  return [
    {
      where: "round trip",
      text:
        `${pairs.length} of ${links.length} links take longer than ${FAR_MS} ms, the longest ${worst.from} → ${worst.to} ` +
        `with ${describeMs(worst.rttMs ?? 0)}. Use one cluster per data centre.`,
    },
  ];
}

function narrow(links: readonly LinkReport[]): Problem[] {
  const found = links.filter(
    ({ pathMtu, interfaceMtu }) =>
      pathMtu !== undefined && interfaceMtu !== undefined && pathMtu < interfaceMtu,
  );
  const groups = grouped(found, ({ from, pathMtu, interfaceMtu }) => `${from} ${pathMtu} ${interfaceMtu}`);
  return [...groups.values()].map((same) => {
    const [{ from, pathMtu = 0, interfaceMtu = 0 }] = same;
    return {
      where: from,
      text:
        `packets of ${interfaceMtu} bytes, its interface's MTU, do not arrive at ${namesOf(same.map(({ to }) => to))}; ` +
        `${pathMtu} do. Lower the interface's MTU to ${pathMtu}, or give overlay networks an MTU of ` +
        `${pathMtu - VXLAN_BYTES} (com.docker.network.driver.mtu): VXLAN adds ${VXLAN_BYTES} bytes.`,
    };
  });
}

function mixedMtus(links: readonly LinkReport[]): Problem[] {
  const known = links.filter(({ interfaceMtu }) => interfaceMtu !== undefined);
  const mtus = [...grouped(known, ({ interfaceMtu }) => String(interfaceMtu))];
  if (mtus.length < 2) return [];
  const least = Math.min(...mtus.map(([mtu]) => Number(mtu)));
  return [
    {
      where: "MTU",
      text:
        `${mtus.map(([mtu, same]) => `${mtu} on ${namesOf(same.map(({ from }) => from))}`).join("; ")}. ` +
        `Give all the same, or overlay networks the least less ${VXLAN_BYTES} bytes for VXLAN: ${least - VXLAN_BYTES}.`,
    },
  ];
}
