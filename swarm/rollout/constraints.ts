import { BlockList, isIP } from "node:net";
import type { SwarmNodeInspect } from "../../docker/api/node";

const NODE_LABELS = "node.labels.";
const ENGINE_LABELS = "engine.labels.";

/** Whether a node is one that placement constraints allow, as swarmkit judges it (manager/constraint/constraint.go). */
export function meetsConstraints(constraints: readonly string[], node: SwarmNodeInspect): boolean {
  return constraints.every((constraint) => meets(constraint, node));
}

/** A label of a node or its engine by its whole name, "" where the node has none of it; nothing for what names no label. */
export function labelOf(name: string, { Spec, Description }: SwarmNodeInspect): string | undefined {
  if (startsWith(name, NODE_LABELS)) return Spec.Labels?.[name.slice(NODE_LABELS.length)] ?? "";
  if (startsWith(name, ENGINE_LABELS))
    return Description.Engine?.Labels?.[name.slice(ENGINE_LABELS.length)] ?? "";
  return undefined;
}

function meets(constraint: string, node: SwarmNodeInspect): boolean {
  // The engine looks for "==" first, wherever it is.
  const operator = constraint.includes("==") ? "==" : "!=";
  const at = constraint.indexOf(operator);
  if (at < 0) return false;
  const key = constraint.slice(0, at).trim();
  const wanted = constraint.slice(at + operator.length).trim();
  const isSame = key.toLowerCase() === "node.ip" ? isInside(node.Status.Addr, wanted) : is(key, wanted, node);
  return isSame !== undefined && isSame === (operator === "==");
}

/** Nothing for a key that there is not, which no node meets, whatever the operator. */
function is(key: string, wanted: string, node: SwarmNodeInspect): boolean | undefined {
  const { Hostname = "", Platform } = node.Description;
  const values: Record<string, string | undefined> = {
    "node.id": node.ID,
    "node.hostname": Hostname,
    "node.role": node.Spec.Role,
    "node.platform.os": Platform?.OS ?? "",
    "node.platform.arch": Platform?.Architecture ?? "",
  };
  const value = values[key.toLowerCase()] ?? labelOf(key, node);
  return value === undefined ? undefined : value.toLowerCase() === wanted.toLowerCase();
}

function isInside(address = "", wanted: string): boolean | undefined {
  const [network, prefix] = wanted.split("/");
  const version = isIP(network);
  if (version === 0) return undefined;
  const family = version === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(network, prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix), family);
  return isIP(address) === version && range.check(address, family);
}

function startsWith(name: string, prefix: string): boolean {
  return name.length > prefix.length && name.slice(0, prefix.length).toLowerCase() === prefix;
}
