import type { ComposeNode } from "./compose-node";
import type { Problem } from "./problem";

interface Published {
  service: string;
  /** `8080/tcp`. */
  port: string;
  mode: "ingress" | "host";
  node: ComposeNode;
}

/** More ports of one range than this are not looked at one by one. */
const LONGEST_RANGE = 1000;

/**
 * Rules of the swarm's port allocator: in the routing mesh a published port belongs to one service of the whole
 * cluster. Two services may share a port in host mode, if their tasks run on different nodes.
 */
export function checkPorts(services: Map<string, ComposeNode[]>): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, Published[]>();
  for (const [service, parts] of services) {
    const ports = parts.map((part) =>
      (part.child("ports")?.items ?? []).flatMap((node) => publishedBy(service, node)),
    );
    problems.push(...ports.flatMap(checkTwiceInService));
    // A later file's port takes the place of the same one in an earlier file.
    const merged = new Map(ports.flat().map((port) => [port.port, port]));
    problems.push(...checkEndpointMode(service, parts, [...merged.values()]));
    for (const port of merged.values()) {
      const others = taken.get(port.port) ?? [];
      const other = others.find(({ mode }) => mode === "ingress" || port.mode === "ingress");
      if (other) problems.push(conflict(port, other));
      taken.set(port.port, [...others, port]);
    }
  }
  return problems;
}

function checkTwiceInService(ports: Published[]): Problem[] {
  return ports.flatMap((port, index) => {
    const first = ports.slice(0, index).find((other) => other.port === port.port);
    return first
      ? [
          {
            where: port.node.where,
            text: `the port ${port.port} is published twice by this service. Remove one.`,
          },
        ]
      : [];
  });
}

function conflict(port: Published, other: Published): Problem {
  return {
    where: port.node.where,
    text:
      `the port ${port.port} is published by the service ${other.service} already (${other.node.where}, ${other.mode} mode); ` +
      `in ingress mode a port belongs to one service of the cluster. Publish another port.`,
  };
}

function checkEndpointMode(service: string, parts: ComposeNode[], ports: Published[]): Problem[] {
  const mode = parts
    .map((part) => part.child("deploy")?.child("endpoint_mode"))
    .findLast((node) => node !== undefined);
  const meshed = ports.find((port) => port.mode === "ingress");
  if (mode?.text !== "dnsrr" || !meshed) return [];
  return [
    {
      where: meshed.node.where,
      text:
        `the service ${service} publishes ${meshed.port} in ingress mode, which endpoint_mode dnsrr rules out. ` +
        "Write the port in long form with `mode: host`, or remove endpoint_mode.",
    },
  ];
}

function publishedBy(service: string, node: ComposeNode): Published[] {
  const [range, protocol, mode] = node.isMap ? longForm(node) : shortForm(node.text ?? "");
  return portsOf(range).map((port) => ({ service, port: `${port}/${protocol}`, mode, node }));
}

type Form = [range: string, protocol: string, mode: "ingress" | "host"];

function longForm(node: ComposeNode): Form {
  const mode = node.child("mode")?.text === "host" ? "host" : "ingress";
  return [node.child("published")?.text ?? "", node.child("protocol")?.text?.toLowerCase() ?? "tcp", mode];
}

/** `[address:]published:target[/protocol]`; a target alone gets a free port. */
function shortForm(text: string): Form {
  const [address, protocol = "tcp"] = text.split("/");
  const parts = address.split(":");
  return [parts.length > 1 ? parts[parts.length - 2] : "", protocol.toLowerCase(), "ingress"];
}

/** The ports of `8080` or `8080-8082`; none for what is no port, such as 0 or a ${VARIABLE}. */
function portsOf(range: string): number[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range);
  if (!match) return [];
  const first = Number(match[1]);
  const count = Math.min(Number(match[2] ?? first) - first + 1, LONGEST_RANGE);
  if (first === 0 || count < 1) return [];
  return Array.from({ length: count }, (_, index) => first + index);
}
