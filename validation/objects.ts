import type { NetworkInputs } from "../schema/objects";
import { contains, includesAddress, parseAddress, parseCidr, type Cidr } from "./cidr";
import { checkLabels } from "./node";
import { show, type Problem } from "./problem";

/** The engine refuses a payload of exactly this many bytes, too. */
const SIZE_LIMIT = { secret: 500 * 1024, config: 1000 * 1024 };

/** What the swarm takes as the name of a config or secret; a hyphen and ten digits of the hash are appended to ours. */
const OBJECT_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/;
const LONGEST_OBJECT_NAME = 53;

/** More is a store of old contents, in every manager's raft log. */
const MOST_KEPT = 100;

/** A network's name is part of DNS names, so dots are not for it. */
const NETWORK_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;
const LONGEST_NETWORK_NAME = 63;
const RESERVED_NETWORKS = ["bridge", "host", "none", "default", "ingress", "docker_gwbridge"];

/** Longer prefixes leave no address for a task after the network's own. */
const LONGEST_SUBNET = 29;

/** Rules for a config or a secret. A message tells the size of the data, never the data. */
export function checkVersioned(
  kind: "secret" | "config",
  inputs: { name?: string; data?: string; keep?: number },
): Problem[] {
  const problems: Problem[] = [];
  const { name, data, keep } = inputs;
  if (name !== undefined && !OBJECT_NAME.test(name)) {
    const rule = "letters, digits, dots, hyphens and underscores, first and last a letter or digit";
    problems.push({ where: "name", text: `${show(name)} is not a name of a ${kind}: ${rule}. Rename it.` });
  } else if (name !== undefined && name.length > LONGEST_OBJECT_NAME) {
    problems.push({
      where: "name",
      text:
        `${show(name)} has ${name.length} characters; at most ${LONGEST_OBJECT_NAME} are left beside the hash of the content ` +
        `(64 in all). Use a shorter name.`,
    });
  }
  if (keep !== undefined && !(Number.isInteger(keep) && keep >= 1 && keep <= MOST_KEPT)) {
    const rule = `how many versions stay is a whole number from 1, the current one alone, to ${MOST_KEPT}`;
    problems.push({
      where: "keep",
      text: `${show(keep)} is none: ${rule}. Use 2 to keep the one before it.`,
    });
  }
  if (data !== undefined) problems.push(...checkData(kind, data));
  return problems;
}

function checkData(kind: "secret" | "config", data: unknown): Problem[] {
  const text =
    typeof data === "string"
      ? objectionToSize(kind, Buffer.byteLength(data))
      : `is not a text but a ${typeof data}. Convert it to a string.`;
  return text === undefined ? [] : [{ where: "data", text }];
}

/** Where a secret's content comes from: said by the program, or made at random. Only what is there counts, so outputs will do. */
export function checkSource(source: {
  data?: unknown;
  generate?: unknown;
  rotate?: unknown;
  rotateEvery?: unknown;
  adopt?: boolean;
}): Problem[] {
  const { data, generate, adopt } = source;
  const problems: Problem[] = [];
  if (data === undefined && generate === undefined)
    problems.push({
      where: "data",
      text: "is missing. Give the content, or `generate: {}` to have it made.",
    });
  if (generate === undefined) {
    const idle = (["rotate", "rotateEvery"] as const).filter((name) => source[name] !== undefined);
    const text = "is for generated content. Give other `data`, or `generate` in its place.";
    return [...problems, ...idle.map((where) => ({ where, text }))];
  }
  if (data !== undefined)
    problems.push({ where: "generate", text: "stands beside `data`. Give one of the two." });
  if (adopt)
    problems.push({
      where: "adopt",
      text: "cannot go with `generate`: what somebody else has made holds something else. Give that as `data`.",
    });
  return problems;
}

/**
 * Placeholders of a templated config or secret that stay empty: moby's executor knows its node's description and does not hand it to
 * these templates (daemon/cluster/executor/container/executor.go), unlike to a service's environment.
 */
export function emptyPlaceholders(data: unknown): string[] {
  if (typeof data !== "string") return [];
  const names = data
    .match(/\{\{[^{}]*\}\}/g)
    ?.flatMap((action) => action.match(/\.Node\.(Hostname|Platform)\b/g) ?? []);
  return [...new Set(names)].map((name) => `{{${name}}}`);
}

/** Why a swarm does not take a content of so many bytes; nothing where it does. */
export function objectionToSize(kind: "secret" | "config", size: number): string | undefined {
  const limit = SIZE_LIMIT[kind];
  if (size === 0)
    return `has 0 bytes; a ${kind} holds at least 1. Give it content, or leave the ${kind} out.`;
  if (size < limit) return undefined;
  return (
    `has ${size} bytes; a ${kind} must be smaller than ${limit} (${limit / 1024} KiB). ` +
    `Split it, or put the content in a volume or an image.`
  );
}

/** Rules for an overlay network. */
export function checkNetwork(inputs: Partial<NetworkInputs>): Problem[] {
  const flags = (["attachable", "encrypted", "internal"] as const).flatMap((flag) => {
    const value: unknown = inputs[flag];
    if (value === undefined || typeof value === "boolean") return [];
    return [{ where: flag, text: `${show(value)} is neither true nor false. Write it without quotes.` }];
  });
  return [
    ...(inputs.name === undefined ? [] : checkNetworkName(inputs.name)),
    ...flags,
    ...checkRanges(inputs),
    ...(inputs.labels === undefined ? [] : checkLabels("labels", inputs.labels)),
  ];
}

function checkNetworkName(name: string): Problem[] {
  const problem = (text: string) => [{ where: "name", text: `${show(name)} ${text}` }];
  if (!NETWORK_NAME.test(name)) {
    return problem(
      "is not a name of a network: letters, digits, hyphens and underscores, first and last a letter or digit. Rename it.",
    );
  }
  if (name.length > LONGEST_NETWORK_NAME) {
    return problem(
      `has ${name.length} characters; at most ${LONGEST_NETWORK_NAME} are allowed. Use a shorter name.`,
    );
  }
  return RESERVED_NETWORKS.includes(name) ? problem("is a network of Docker's own. Use another name.") : [];
}

function checkRanges({ subnet, gateway, ipRange }: Partial<NetworkInputs>): Problem[] {
  const range = subnet === undefined ? undefined : parseCidr(subnet);
  const problems: Problem[] = [];
  const report = (where: string, text: string) => problems.push({ where, text });
  if (subnet !== undefined && !range) {
    report(
      "subnet",
      `${show(subnet)} is not an IPv4 range in CIDR form with host bits zero. Write it like "10.20.0.0/24".`,
    );
  } else if (range && range.prefix > LONGEST_SUBNET) {
    report(
      "subnet",
      `${range.text} has no address left for tasks. Use /${LONGEST_SUBNET} or larger, such as /24.`,
    );
  }
  if (gateway !== undefined) checkGateway(gateway, subnet, range, (text) => report("gateway", text));
  if (ipRange !== undefined) checkIpRange(ipRange, subnet, range, (text) => report("ipRange", text));
  return problems;
}

function checkGateway(
  gateway: string,
  subnet: string | undefined,
  range: Cidr | undefined,
  report: (text: string) => void,
) {
  const address = parseAddress(gateway);
  if (address === undefined)
    return report(`${show(gateway)} is not an IPv4 address. Write it like "10.20.0.1".`);
  if (subnet === undefined)
    return report(`${show(gateway)} needs a subnet. Add the \`subnet\` that it belongs to.`);
  if (!range) return;
  if (!includesAddress(range, address))
    report(`${gateway} is outside of the subnet ${range.text}. Use an address inside it.`);
  else if (address === range.base || address === lastAddress(range)) {
    report(
      `${gateway} is the first or last address of ${range.text}, which no machine can have. Use one between them.`,
    );
  }
}

function checkIpRange(
  ipRange: string,
  subnet: string | undefined,
  range: Cidr | undefined,
  report: (text: string) => void,
) {
  const inner = parseCidr(ipRange);
  if (!inner)
    return report(
      `${show(ipRange)} is not an IPv4 range in CIDR form with host bits zero. Write it like "10.20.0.128/25".`,
    );
  if (subnet === undefined)
    return report(`${show(ipRange)} needs a subnet. Add the \`subnet\` that it is a part of.`);
  if (range && !contains(range, inner))
    report(`${inner.text} is not inside the subnet ${range.text}. Use a part of it.`);
}

function lastAddress(range: Cidr): number {
  return range.base + 2 ** (32 - range.prefix) - 1;
}
