import type { Balancer, Entries, NodeLook, Path } from "./network-facts";

type Section = [head: string[], body: string];

/** Reads what the script of a node printed. Endpoints come from the engine and are not in it. */
export function readAnswer(printed: string): Pick<NodeLook, "lacks" | "addresses" | "paths"> & {
  entries: Record<string, Entries>;
  names: Record<string, Record<string, string[]>>;
  balancers: Record<string, Balancer>;
} {
  const sections = printed
    .split(/^== /m)
    .slice(1)
    .map((section): Section => {
      const end = section.indexOf("\n");
      return [section.slice(0, end).trim().split(/\s+/), section.slice(end + 1)];
    });
  const of = (kind: string) => sections.filter(([[found]]) => found === kind);
  const mtus = new Map(of("device").map(([[, device, mtu]]) => [device, Number(mtu)]));
  return {
    lacks: of("lacks").map(([[, tool]]) => tool),
    addresses: of("addresses").flatMap(([, body]) =>
      [...body.matchAll(/ inet ([\d.]+)/g)].map(([, ip]) => ip),
    ),
    paths: of("path").flatMap(([head]) => pathOf(head, mtus) ?? []),
    // The namespace of a network that was here before may be there still, without its device; the newest is the last.
    entries: byNetwork(of("entries"), ([, , namespace], body) => entriesOf(namespace, body)),
    names: byNetwork(of("names"), (_head, body) => namesOf(body)),
    balancers: byNetwork(of("balancer"), (_head, body) => balancerOf(body)),
  };
}

function byNetwork<T>(
  sections: readonly Section[],
  read: (head: string[], body: string) => T | undefined,
): Record<string, T> {
  const found = sections.flatMap(([head, body]) => {
    const value = read(head, body);
    return value === undefined ? [] : [[head[1], value] as const];
  });
  return Object.fromEntries(found);
}

/** `ip route get`: "10.1.0.3 dev eth0 src 10.1.0.2 uid 0 \ cache expires 500sec mtu 1400". */
function pathOf([, to, ...words]: string[], mtus: ReadonlyMap<string, number>): Path | undefined {
  const device = words[words.indexOf("dev") + 1];
  const known = Number(words[words.indexOf("mtu") + 1]);
  const own = words.includes("dev") ? mtus.get(device) : undefined;
  if (own === undefined) return undefined;
  return { to, device, mtu: words.includes("mtu") && known > 0 ? Math.min(own, known) : own };
}

function entriesOf(namespace: string, body: string): Entries | undefined {
  const [links, neighbours = "", forwarding = ""] = body.split(/^-- \w+\n/m);
  const device = /^\d+: ([^:@\s]+)/m.exec(links)?.[1];
  if (device === undefined) return undefined;
  return {
    namespace,
    device,
    neighbours: [...neighbours.matchAll(/^([\d.]+) dev \S+ lladdr (\S+)/gm)].map(([, ip, mac]) => ({
      ip,
      mac,
    })),
    forwarding: [...forwarding.matchAll(/^(\S+) dev \S+ dst ([\d.]+)/gm)].map(([, mac, to]) => ({ mac, to })),
  };
}

/** `getent ahostsv4`: three lines per address, the name in the first line of each name. 2: some name was not found. */
function namesOf(body: string): Record<string, string[]> | undefined {
  const end = /^-- end (\d+)$/m.exec(body)?.[1];
  if (end !== "0" && end !== "2") return undefined;
  const found: Record<string, string[]> = {};
  let name = "";
  for (const [, ip, named] of body.matchAll(/^([\d.]+)\s+STREAM\s*(\S*)$/gm)) {
    if (named) name = named.replace(/\.$/, "");
    (found[name] ??= []).push(ip);
  }
  return found;
}

/** `/proc/net/ip_vs` has addresses and ports in hexadecimal; only the balancers' own rules have a mark. */
function balancerOf(body: string): Balancer {
  const [table, rules = ""] = body.split(/^-- \w+\n/m);
  const balancer: Balancer = { isThere: table.trim() !== "none", marks: {}, destinations: {} };
  let mark = "";
  for (const line of table.split("\n")) {
    const [first, second, , weight] = line.trim().split(/\s+/);
    if (first === "FWM") {
      mark = String(parseInt(second, 16));
      balancer.destinations[mark] = [];
    } else if (first === "->" && mark !== "" && /^[0-9A-F]{8}:/.test(second ?? "")) {
      balancer.destinations[mark].push({ ip: addressOf(second), weight: Number(weight) });
    } else mark = "";
  }
  for (const [, ip, hex] of rules.matchAll(/ -d ([\d.]+)\/32 .*--set-x?mark 0x([0-9a-f]+)/g)) {
    balancer.marks[ip] = String(parseInt(hex, 16));
  }
  return balancer;
}

function addressOf(text: string): string {
  return [0, 2, 4, 6].map((at) => parseInt(text.slice(at, at + 2), 16)).join(".");
}
