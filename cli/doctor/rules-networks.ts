import { overlaps, parseCidr, type Cidr } from "../../validation/cidr";
import type { DoctorFacts } from "./doctor-facts";
import { fail, pass, swarmRule, warn, type Rule } from "./finding";

/** What the engine cuts overlay networks from where the swarm names no pools. */
const DEFAULT_POOL = "10.0.0.0/8";

export const networkRules: Rule[] = [
  swarmRule("address ranges", (swarm, { machines }) => {
    const networks = rangesOf(
      swarm.overlays.flatMap(({ Name, IPAM }) =>
        (IPAM.Config ?? []).map(({ Subnet }) => ({ name: `overlay network ${Name}`, text: Subnet })),
      ),
    );
    const routes = routesOf(machines);
    const cut = [...overlapsWithin(networks), ...overlapsBetween(networks, routes)];
    if (cut.length > 0) {
      return fail(
        cut.join("; "),
        "Tasks cannot reach the other range: give the network another `subnet`, or the swarm other `addressPools`.",
      );
    }
    const pools = rangesOf(
      (swarm.inspect.DefaultAddrPool ?? [DEFAULT_POOL]).map((text) => ({ name: "address pool", text })),
    );
    const may = [...overlapsWithin(pools), ...overlapsBetween(pools, routes)];
    if (may.length === 0) return pass(pools.map(({ cidr }) => cidr.text).join(", "));
    return warn(
      may.join("; "),
      "A network that is cut from there hides those machines from its tasks. Choose other `addressPools`; they are fixed " +
        "at init, so the swarm is made anew. Or give each network a `subnet` of its own.",
    );
  }),
];

interface Range {
  name: string;
  cidr: Cidr;
}

function rangesOf(ranges: readonly { name: string; text?: string }[]): Range[] {
  return ranges.flatMap(({ name, text }) => {
    const cidr = text === undefined ? undefined : parseCidr(text);
    return cidr ? [{ name, cidr }] : []; // IPv6 is nobody's pool.
  });
}

/** Every range that some machine reaches, once. */
function routesOf(machines: DoctorFacts["machines"]): Range[] {
  const names = new Map<string, string>();
  for (const { name, routes } of machines) {
    for (const { device, range } of routes) {
      if (!names.has(range)) names.set(range, `what ${name} reaches through ${device}`);
    }
  }
  return rangesOf([...names].map(([text, name]) => ({ name, text })));
}

function overlapsWithin(ranges: readonly Range[]): string[] {
  return ranges.flatMap((a, index) => overlapsBetween([a], ranges.slice(index + 1)));
}

function overlapsBetween(ranges: readonly Range[], others: readonly Range[]): string[] {
  return ranges.flatMap((a) =>
    others
      .filter((b) => overlaps(a.cidr, b.cidr))
      .map((b) => `${a.name} ${a.cidr.text} overlaps ${b.name} ${b.cidr.text}`),
  );
}
